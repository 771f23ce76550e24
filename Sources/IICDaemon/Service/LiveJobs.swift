import Foundation
import IICInfer
import Synchronization

/// What is known of the scenes at work, and what the last hour was like: all that is shown and not
/// kept.
final class LiveJobs: Sendable {
    private struct State: Sendable {
        var jobs: [FileName: LiveJob] = [:]
        var processes: [FileName: Int32] = [:]
        var metrics = DaemonMetrics()
        var history: [DaemonSample] = []
        var last: (time: Date, pixels: Int)?
        var version = 0
    }

    private let state = Mutex(State())

    /// One sample every so often, for an hour.
    static let interval = Duration.seconds(10)
    private static let samples = 360

    var version: Int { state.withLock { $0.version } }
    var metrics: DaemonMetrics { state.withLock { $0.metrics } }
    var history: [DaemonSample] { state.withLock { $0.history } }

    var all: [LiveJob] {
        let (jobs, processes) = state.withLock { ($0.jobs, $0.processes) }
        return jobs.sorted { $0.key < $1.key }.map { name, job in
            var job = job
            job.memory = processes[name].flatMap { ResidentMemory.bytes(of: $0) } ?? 0
            return job
        }
    }

    func touch() { state.withLock { $0.version += 1 } }

    func begin(_ job: Job) {
        state.withLock { state in
            state.jobs[job.scene] = LiveJob(job: job, progress: nil, picture: nil, memory: 0)
            if job.attempts > 1 { state.metrics.retries += 1 }
            state.version += 1
        }
    }

    func note(_ name: FileName, process: Int32) {
        state.withLock { $0.processes[name] = process }
    }

    func note(_ name: FileName, _ event: WorkerEvent) {
        state.withLock { state in
            switch event {
            case .progress(let progress): state.jobs[name]?.progress = progress
            case .rows(let rows): state.jobs[name]?.add(rows)
            case .warning, .started: return
            }
            state.version += 1
        }
    }

    /// Of the map of a scene at work, as far as it has come.
    func picture(of name: FileName) -> MapRows? { state.withLock { $0.jobs[name]?.picture } }

    func end(_ name: FileName) {
        state.withLock { state in
            state.version += 1
            state.processes[name] = nil
            state.jobs[name] = nil
        }
    }

    func count(_ ending: WorkerEnding, bytes: Int) {
        state.withLock { state in
            switch ending {
            case .done(let result):
                state.metrics.done += 1
                guard !result.isUnchanged else { return }
                let pixels = result.width * result.height
                state.metrics.pixels += pixels
                state.metrics.bytesRead += bytes
                let seconds = result.seconds * 40_000 / Double(max(1, pixels))
                state.metrics.tileSeconds += seconds
                for (index, bound) in DaemonMetrics.bounds.enumerated() where seconds <= bound {
                    state.metrics.tileCounts[index] += 1
                }
            case .broken, .crashed, .timedOut: state.metrics.crashes += 1
            case .failed, .stopped: break
            }
        }
    }

    func countFailure() { state.withLock { $0.metrics.failed += 1 } }

    /// Takes one sample.
    func sample(at time: Date = .now) {
        let memory = all.reduce(ResidentMemory.bytes(of: getpid()) ?? 0) { $0 + $1.memory }
        state.withLock { state in
            // Scenes at work count as far as they are.
            let pixels = state.jobs.values.reduce(state.metrics.pixels) { $0 + $1.pixels }
            let seconds = state.last.map { time.timeIntervalSince($0.time) } ?? 0
            let mapped = max(0, pixels - (state.last?.pixels ?? pixels))
            state.last = (time, pixels)
            state.history.append(
                DaemonSample(
                    time: time, pixelsPerSecond: seconds > 0 ? Double(mapped) / seconds : 0,
                    memory: memory, running: state.jobs.count))
            if state.history.count > Self.samples { state.history.removeFirst() }
            state.version += 1
        }
    }
}

extension LiveJob {
    /// Pixels that are mapped, as far as tiles tell.
    fileprivate var pixels: Int {
        guard let progress, progress.unit == "tiles", progress.done.isFinite else { return 0 }
        return Int(max(0, min(progress.done, 1e12))) * 40_000
    }

    /// Adds rows below those that are there; others are lost.
    fileprivate mutating func add(_ rows: MapRows) {
        guard var picture, picture.width == rows.width, picture.height == rows.height else {
            if rows.first == 0 { picture = rows }
            return
        }
        guard rows.first * rows.width == picture.labels.count,
            picture.labels.count + rows.labels.count <= rows.width * rows.height
        else { return }
        picture.labels += rows.labels
        self.picture = picture
    }
}
