/// Why a training ended.
public enum TrainingEnd: Equatable, Sendable {
    case epochs, steps, time
    /// No checkpoint had a higher agreement than that of step `best`, `steps` steps ago.
    case patience(steps: Int, best: Int)
    /// It was asked to stop before its limit.
    case interruption

    /// As a sentence for users, without its full stop; nil where the limit itself says all.
    public var words: String? {
        guard case .patience(let steps, let best) = self else { return nil }
        return "agreement has not grown for \(steps) steps, since step \(best)"
    }
}

extension TrainingLimit {
    /// Which part of the limit is reached; nil if none is.
    ///
    /// Only a monitoring pass can find that agreement has grown, so patience ends a training at one:
    /// a function of the steps taken, however often it was stopped on the way.
    ///
    /// - Parameters:
    ///   - step: steps taken.
    ///   - seconds: of training.
    ///   - best: the step of the checkpoint of highest agreement; nil if none was judged, and then
    ///     patience ends nothing.
    package func end(step: Int, stepsPerEpoch: Int, seconds: Double, best: Int?) -> TrainingEnd? {
        if let steps, step >= steps { return .steps }
        if let epochs, step >= epochs * stepsPerEpoch { return .epochs }
        if let limit = self.seconds, seconds >= limit { return .time }
        guard let patience, patience > 0, let best else { return nil }
        let waited = step - step % Monitor.every - best
        return waited >= patience ? .patience(steps: waited, best: best) : nil
    }

    /// The step at which patience ends a training whose agreement grows no more; nil if it never
    /// does.
    func patienceStep(best: Int?) -> Int? {
        guard let patience, patience > 0, let best else { return nil }
        return best + (patience + Monitor.every - 1) / Monitor.every * Monitor.every
    }
}
