/// What makes one moment of a training better than another; the best one's model is kept.
package enum CheckpointRule: String, Codable, Sendable {
    /// The least loss of the head that makes the map: a running mean over about 20 steps, of the
    /// sub-head that the model keeps.
    case loss
    /// The greatest accuracy on the probe's truth, classes matched one to one.
    case accuracy

    /// The greater the better; nil if the moment cannot be judged.
    ///
    /// - Parameter losses: running means of that head's sub-heads.
    package func score(losses: [Double], probe: Probe) -> Double? {
        switch self {
        case .loss: losses.min().map { -$0 }
        case .accuracy: probe.matrix?.oneToOneAccuracy
        }
    }
}

/// The best moment of a training so far.
package struct BestMoment: Codable, Equatable, Sendable {
    package var step: Int
    package var rule: CheckpointRule
    package var score: Double

    package init(step: Int, rule: CheckpointRule, score: Double) {
        self.step = step
        self.rule = rule
        self.score = score
    }
}
