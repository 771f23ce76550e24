public import IICInfer

/// What a training reports while it runs.
package enum TrainingEvent: Sendable {
    /// Of `all` groups of a batch, `groups` run forward twice a step for want of memory.
    case recomputes(groups: Int, all: Int)
    /// Some or all of the data's bands have one value wherever they were looked at.
    case constantBands([ConstantBand], areAll: Bool)
    /// What had to be taken for granted of the truth, as a sentence.
    case note(String)
    /// A step was taken.
    case step(TrainingProgress)
    /// No step follows; models and report are written next.
    ///
    /// - Parameter steps: those that this run took; 0 if the training had ended before it.
    case ended(TrainingEnd, steps: Int)
    /// A class of the map has died, or is back.
    case classChanged(ClassWatch.Change)
    /// A checkpoint could not be written; the next one tries again.
    ///
    /// - Parameter last: the step of the checkpoint on the disk; nil without any.
    case checkpointFailed(AtomicFileError, last: Int?)
    case checkpointsWorkAgain
    /// A step could not be written to the logs.
    case logFailed(AtomicFileError)
    case logWorksAgain(path: String)
}

/// Where a training stands after a step.
public struct TrainingProgress: Sendable {
    /// Steps taken.
    public var step: Int
    /// The step at which it ends; nil if no number of steps decides.
    public var lastStep: Int?
    /// The step at which patience ends it if agreement grows no more; nil if it does not.
    public var patienceStep: Int?
    /// Seconds of training so far, those before a resumption included.
    public var seconds: Double
    /// Each head's last loss, the mean of its sub-heads.
    public var losses: [Head: Double]
    public var pairsPerSecond: Double
    /// Resident memory.
    public var memoryBytes: Int
}

/// How a training ended.
public struct TrainingResult: Sendable {
    /// A checkpoint whose model is on the disk.
    public struct Kept: Sendable {
        public let path: String
        public let rule: CheckpointRule
        public let step: Int
        public let score: Double
    }

    /// Steps taken.
    public let step: Int
    /// Each head's last loss; empty if this run took no step.
    public let losses: [Head: Double]
    /// The share of the steps' time that went by without data to compute on.
    public let waitShare: Double
    /// The share of the steps' time that the loss and its gradient took.
    public let objectiveShare: Double
    /// The shares of the steps' time that the ranks waited for each other, the least and the most of
    /// any; nil in one process.
    package let rankShare: (least: Double, most: Double)?
    public let kept: [Kept]
    public let end: TrainingEnd

    /// Whether it was stopped before its limit.
    public var isInterrupted: Bool { end == .interruption }
}
