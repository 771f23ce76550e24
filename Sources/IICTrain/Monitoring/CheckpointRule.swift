package import IICInfer

/// What makes one checkpoint of a training better than another; the best one's model is kept.
public enum CheckpointRule: String, Codable, Sendable, CaseIterable {
    /// How far both heads and the tiles' mirror images agree, as `agreement` in metrics.jsonl: no
    /// truth is needed. Compared with other such rules in docs/quality.md.
    case agreement
    /// The greatest accuracy on the monitoring tiles' truth, classes matched one to one.
    case accuracy

    /// The greater the better; nil if the snapshot cannot be judged.
    package func score(_ snapshot: Snapshot) -> Double? {
        switch self {
        case .agreement: snapshot.evidence.agreement
        case .accuracy: snapshot.matrix?.oneToOneAccuracy
        }
    }
}

/// The best checkpoint of a training so far, by some rule.
package struct BestCheckpoint: Sendable, Equatable {
    /// Steps taken before it.
    package var step: Int
    package var score: Double
    /// Those of a model: one sub-head a head.
    package var weights: ParameterBlock
    /// How often their running statistics were updated.
    package var updates: Int

    package init(step: Int, score: Double, weights: ParameterBlock, updates: Int) {
        self.step = step
        self.score = score
        self.weights = weights
        self.updates = updates
    }
}
