package import IICInfer

/// Everything that changes while a network trains; what a checkpoint keeps.
///
/// Randomness is a function of the seed and the position, so no generator needs to be stored.
package struct TrainingState: Sendable {
    package var weights: ParameterBlock
    /// Their running mean, if the settings want one.
    package var average: ParameterBlock?
    /// How often running statistics were updated (`num_batches_tracked`).
    package var updates = 0
    package var optimizer: AdamOptimizer
    /// Steps taken.
    package var step = 0
    /// Seconds spent training, before resumptions included.
    package var seconds = 0.0
    package var history: [ModelBundle.Loss] = []
    /// Each sub-head's loss, a running mean over about 20 steps.
    package var meanLosses: [Head: [Double]] = [:]
    /// The best checkpoint so far by each rule that could judge any.
    package var best: [CheckpointRule: BestCheckpoint] = [:]

    package init(weights: ParameterBlock) {
        self.weights = weights
        optimizer = AdamOptimizer(for: weights)
    }

    /// A head's sub-head of least loss, the first of equals; from 0.
    func keptSubhead(of head: Head) -> Int {
        let losses = meanLosses[head] ?? []
        return losses.indices.min { losses[$0] < losses[$1] } ?? 0
    }

    /// Keeps at most 4,096 losses: every 2ⁿth step's.
    mutating func record(_ loss: BatchLoss) {
        for (head, losses) in loss.losses {
            let means = meanLosses[head] ?? losses
            meanLosses[head] = zip(means, losses).map { 0.95 * $0 + 0.05 * $1 }
        }
        let limit = 4096
        var stride = 1
        while step / stride >= limit { stride *= 2 }
        if stride > 1 { history.removeAll { $0.step % stride != 0 } }
        guard step % stride == 0 else { return }
        history.append(ModelBundle.Loss(step: step, lossA: loss[.A], lossB: loss[.B]))
    }
}

/// The state in a checkpoint: moments as extra tensors, positions as JSON.
extension TrainingState {
    private struct Position: Codable {
        var step: Int
        var seconds: Double
        var trunkSteps: Int
        var headASteps: Int
        var headBSteps: Int
        var updates: Int
        var meanLossesA: [Double]
        var meanLossesB: [Double]
        /// Checkpoints of the first versions have neither of these.
        var isAveraged: Bool?
        var best: [Best]?

        /// The names in files, which had another for the best checkpoints before.
        private enum CodingKeys: String, CodingKey {
            case step, seconds, trunkSteps, headASteps, headBSteps, updates, meanLossesA
            case meanLossesB, isAveraged
            case best = "moments"
        }

        struct Best: Codable {
            var rule: CheckpointRule
            var step: Int
            var score: Double
            var updates: Int

            var part: String { "best-\(rule.rawValue)" }
        }
    }

    func write(into bundle: inout ModelBundle) throws {
        func add(_ part: String, _ tensors: [String: [Float]]) {
            for (name, values) in tensors {
                bundle.extras["\(ModelBundle.extraPrefix)\(part).\(name)"] = .init(values)
            }
        }
        add("first", optimizer.m.tensors)
        add("second", optimizer.v.tensors)
        if let average { add("average", average.tensors) }
        // A model without tracking is calibrated when it is written: these are the running ones.
        add("state", weights.tensors(of: [.running]))
        var bests: [Position.Best] = []
        for (rule, checkpoint) in best.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            bests.append(
                Position.Best(
                    rule: rule, step: checkpoint.step, score: checkpoint.score,
                    updates: checkpoint.updates))
            add(bests[bests.count - 1].part, checkpoint.weights.tensors)
        }
        bundle.checkpoint = try JSONValue(
            encoding: Position(
                step: step, seconds: seconds, trunkSteps: optimizer.steps[.trunk] ?? 0,
                headASteps: optimizer.steps[.headA] ?? 0,
                headBSteps: optimizer.steps[.headB] ?? 0, updates: updates,
                meanLossesA: meanLosses[.A] ?? [], meanLossesB: meanLosses[.B] ?? [],
                isAveraged: average != nil, best: bests))
    }

    package init(reading bundle: ModelBundle, path: String) throws {
        func damaged(_ what: String) -> TrainingError {
            .badData("“\(path)” is no checkpoint to resume from: \(what).")
        }
        guard let document = bundle.checkpoint else {
            throw damaged("it is a model without the trainer's state")
        }
        let position: Position
        do { position = try document.decode(Position.self) } catch {
            throw damaged("its position cannot be read")
        }
        guard position.step >= 0, position.trunkSteps >= 0, position.headASteps >= 0,
            position.headBSteps >= 0, position.seconds >= 0, position.updates >= 0
        else { throw damaged("its position is negative") }

        func load(
            _ part: String, into block: inout ParameterBlock,
            sections: [ParameterLayout.Section] = ParameterLayout.Section.allCases
        ) throws {
            do throws(ParameterBlock.LoadingError) {
                try block.load(
                    bundle.extras, prefix: "\(ModelBundle.extraPrefix)\(part).",
                    sections: sections)
            } catch {
                switch error {
                case .missing(let name):
                    throw damaged("\(part).\(name) is missing or has another size")
                case .notFinite(let name):
                    throw damaged("\(part).\(name) holds values that are not finite")
                }
            }
        }
        func network(_ part: String, _ architecture: Architecture) throws -> ParameterBlock {
            var block = ParameterBlock(zeros: ParameterLayout(architecture))
            try load(part, into: &block)
            return block
        }
        var weights = bundle.weights
        try load("state", into: &weights, sections: [.running])
        self.init(weights: weights)
        if position.isAveraged == true { average = try network("average", bundle.architecture) }
        for checkpoint in position.best ?? [] {
            best[checkpoint.rule] = BestCheckpoint(
                step: checkpoint.step, score: checkpoint.score,
                weights: try network(checkpoint.part, bundle.architecture.withSingleSubheads),
                updates: checkpoint.updates)
        }
        try load("first", into: &optimizer.m)
        try load("second", into: &optimizer.v)
        optimizer.steps = [
            .trunk: position.trunkSteps, .headA: position.headASteps,
            .headB: position.headBSteps,
        ]
        updates = position.updates
        step = position.step
        seconds = position.seconds
        history = bundle.history
        for (head, means) in [(Head.A, position.meanLossesA), (.B, position.meanLossesB)]
        where means.count == bundle.architecture.subheads(of: head) { meanLosses[head] = means }
    }
}
