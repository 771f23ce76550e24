/// What a worker tells while it works.
package enum WorkerEvent: Sendable, Hashable {
    /// A launcher has started it, there.
    case started(host: String, process: Int)
    case progress(WorkerProgress)
    case rows(MapRows)
    /// A sentence that a user should know and that stops nothing.
    case warning(String)
}

package struct WorkerProgress: Sendable, Hashable {
    /// In a word, such as “segmenting”.
    package var stage: String
    package var done: Double
    package var total: Double
    /// What is counted, in the plural.
    package var unit: String
    /// Units a second, and seconds to the end of the stage; nil until there is anything to go by.
    package var rate: Double?
    package var secondsLeft: Double?

    package init(
        stage: String, done: Double, total: Double, unit: String, rate: Double? = nil,
        secondsLeft: Double? = nil
    ) {
        self.stage = stage
        self.done = done
        self.total = total
        self.unit = unit
        self.rate = rate
        self.secondsLeft = secondsLeft
    }
}

/// Rows of a small picture of a map, at most ``MapRows/longestSide`` pixels on its longer side.
package struct MapRows: Sendable, Hashable {
    package static let longestSide = 256

    /// Of the whole picture, in its pixels.
    package var width: Int
    package var height: Int
    /// The first of these rows, from 0 at the top.
    package var first: Int
    /// Class numbers, 255 for no data: whole rows, one after the other.
    package var labels: [UInt8]

    package init(width: Int, height: Int, first: Int, labels: [UInt8]) {
        self.width = width
        self.height = height
        self.first = first
        self.labels = labels
    }
}

/// How a worker has ended, as the daemon saw it.
package enum WorkerEnding: Sendable, Hashable {
    case done(JobResult)
    /// It ended by itself, with an exit code and a sentence.
    case failed(JobFailure)
    /// It ended by itself, and neither it nor the system said why: a library of it gave up, for want of
    /// memory for example.
    case broken(JobFailure)
    /// A signal that the daemon did not send, or the memory killer, has ended it.
    case crashed(signal: Int32)
    /// It took longer than it may, and was killed.
    case timedOut(Duration)
    /// The daemon wanted it to end.
    case stopped
}
