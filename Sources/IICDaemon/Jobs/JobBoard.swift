package import Foundation

/// What the page, the API and the metrics show of a running daemon, and what they may ask of it.
package protocol JobBoard: Sendable {
    /// What it is called, where scenes come from and maps go, and which model makes them.
    var description: DaemonDescription { get }
    /// Rises whenever anything that is shown changes.
    var version: Int { get }
    /// Whether scenes can be accepted now; if not, why, as a sentence.
    var obstacle: String? { get }
    /// Jobs in each state.
    func counts() throws -> [JobState: Int]
    /// The latest jobs, by the time of their last change, latest first.
    ///
    /// - Parameter last: the last job of the page before; nil for the first page.
    func jobs(in state: JobState?, limit: Int, after last: Int?) throws -> [Job]
    func job(_ id: Int) throws -> Job?
    /// Jobs at work.
    func live() -> [LiveJob]
    /// The last picture of a map that was made; nil if it is not kept (any more).
    func picture(of id: Int) throws -> MapRows?
    /// Tries a failed, waiting or cancelled scene (again) soon.
    ///
    /// - Returns: whether there is one in such a state.
    func retry(_ id: Int) throws -> Bool
    /// Takes a scene out of the queue, or ends its worker.
    func cancel(_ id: Int) throws -> Bool
    /// Of the last hour, oldest first.
    func history() -> [DaemonSample]
    func metrics() -> DaemonMetrics
}

package struct DaemonDescription: Sendable, Hashable {
    package struct Class: Sendable, Hashable {
        package var name: String
        /// Such as `#1f77b4`.
        package var colour: String

        package init(name: String, colour: String) {
            self.name = name
            self.colour = colour
        }
    }

    package var folder: String
    package var maps: String
    package var model: String
    package var modelHash: String
    package var classes: [Class]
    package var workers: Int
    package var version: String
    package var started: Date

    package init(
        folder: String, maps: String, model: String, modelHash: String, classes: [Class],
        workers: Int, version: String, started: Date
    ) {
        self.folder = folder
        self.maps = maps
        self.model = model
        self.modelHash = modelHash
        self.classes = classes
        self.workers = workers
        self.version = version
        self.started = started
    }
}

/// A job at work.
package struct LiveJob: Sendable, Hashable {
    package var job: Job
    package var progress: WorkerProgress?
    /// What of the map's picture is there, from its first row on.
    package var picture: MapRows?
    /// Resident bytes of the worker.
    package var memory: Int

    package init(job: Job, progress: WorkerProgress?, picture: MapRows?, memory: Int) {
        self.job = job
        self.progress = progress
        self.picture = picture
        self.memory = memory
    }
}

/// What the daemon and its workers did and took at one moment.
package struct DaemonSample: Sendable, Hashable {
    package var time: Date
    /// Mapped since the sample before, a second.
    package var pixelsPerSecond: Double
    /// Resident bytes of the daemon and its workers.
    package var memory: Int
    package var running: Int

    package init(time: Date, pixelsPerSecond: Double, memory: Int, running: Int) {
        self.time = time
        self.pixelsPerSecond = pixelsPerSecond
        self.memory = memory
        self.running = running
    }
}

/// Counters since the daemon's start.
package struct DaemonMetrics: Sendable, Hashable {
    package var done = 0
    package var failed = 0
    package var crashes = 0
    package var retries = 0
    package var pixels = 0
    package var bytesRead = 0
    /// Upper bounds of seconds a tile of 200 × 200 pixels, and how many scenes took at most so many.
    package var secondsPerTile: [(bound: Double, count: Int)] {
        zip(Self.bounds, tileCounts).map { ($0, $1) }
    }
    package static let bounds = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    /// One for each of ``bounds``; cumulative.
    package var tileCounts = [Int](repeating: 0, count: 10)
    /// Of all scenes: their number is ``done``.
    package var tileSeconds = 0.0

    package init() {}
}
