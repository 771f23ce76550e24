package import IICInfer

/// Everything that changes while a network trains; what a checkpoint keeps.
///
/// Randomness is a function of the seed and the position, so no generator needs to be stored.
package struct TrainingState: Sendable {
    package var weights: NetworkWeights
    /// Their running mean, if the settings want one.
    package var average: NetworkWeights?
    package var optimizer: AdamOptimizer
    /// Steps taken.
    package var step = 0
    /// Seconds spent training, before resumptions included.
    package var seconds = 0.0
    package var history: [ModelBundle.Loss] = []
    /// Each sub-head's loss, a running mean over about 20 steps.
    package var meanLosses: [Head: [Double]] = [:]
    /// The best moment so far by each rule that could judge any.
    package var best: [CheckpointRule: BestMoment] = [:]

    package init(weights: NetworkWeights) {
        self.weights = weights
        optimizer = AdamOptimizer(for: weights)
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
        var moments: [Best]?

        struct Best: Codable {
            var rule: CheckpointRule
            var step: Int
            var score: Double
            var updates: Int

            var part: String { "best-\(rule.rawValue)" }
        }
    }

    private static let moments = ["first", "second"]

    func write(into bundle: inout ModelBundle) throws {
        for (name, moments) in zip(Self.moments, [optimizer.first, optimizer.second]) {
            for (tensor, values) in moments.tensors(for: weights) {
                bundle.extras["\(ModelBundle.extraPrefix)\(name).\(tensor)"] = .init(values)
            }
        }
        let moments = best.map {
            Position.Best(
                rule: $0, step: $1.step, score: $1.score, updates: $1.weights.updates)
        }
        .sorted { $0.rule.rawValue < $1.rule.rawValue }
        let others =
            [("average", average)] + moments.map { ($0.part, best[$0.rule]?.weights) }
        for (name, weights) in others {
            for (tensor, values) in weights?.tensors ?? [:] {
                bundle.extras["\(ModelBundle.extraPrefix)\(name).\(tensor)"] = .init(values)
            }
        }
        // A model without tracking is calibrated when it is written: these are the running ones.
        for (tensor, values) in weights.tensors where tensor.contains("running") {
            bundle.extras["\(ModelBundle.extraPrefix)state.\(tensor)"] = .init(values)
        }
        bundle.checkpoint = try JSONValue(
            encoding: Position(
                step: step, seconds: seconds, trunkSteps: optimizer.trunkSteps,
                headASteps: optimizer.headSteps[.A] ?? 0,
                headBSteps: optimizer.headSteps[.B] ?? 0, updates: weights.updates,
                meanLossesA: meanLosses[.A] ?? [], meanLossesB: meanLosses[.B] ?? [],
                isAveraged: average != nil, moments: moments))
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

        func tensors(_ part: String, in names: [String: [Float]]) throws -> [String: [Float]] {
            var result: [String: [Float]] = [:]
            for (name, values) in names {
                guard let tensor = bundle.extras["\(ModelBundle.extraPrefix)\(part).\(name)"],
                    tensor.count == values.count
                else { throw damaged("\(part).\(name) is missing or has another size") }
                let floats = tensor.floats
                guard floats.allSatisfy(\.isFinite) else {
                    throw damaged("\(part).\(name) holds values that are not finite")
                }
                result[name] = floats
            }
            return result
        }
        let running = try tensors(
            "state", in: bundle.weights.filter { $0.key.contains("running") })
        var weights = NetworkWeights(
            tensors: bundle.weights.merging(running) { $1 }, architecture: bundle.architecture)
        weights.updates = position.updates
        self.init(weights: weights)
        func moments(_ part: String) throws -> NetworkGradients {
            let learned = bundle.weights.filter { !$0.key.contains("running") }
            let all = try tensors(part, in: learned).merging(running) { $1 }
            return NetworkGradients(
                NetworkWeights(tensors: all, architecture: bundle.architecture))
        }
        func network(
            _ part: String, _ architecture: Architecture, updates: Int
        ) throws -> NetworkWeights {
            let zeros = NetworkWeights(zeros: architecture).tensors
            var weights = NetworkWeights(
                tensors: try tensors(part, in: zeros), architecture: architecture)
            weights.updates = updates
            return weights
        }
        if position.isAveraged == true {
            average = try network("average", bundle.architecture, updates: position.updates)
        }
        for moment in position.moments ?? [] {
            best[moment.rule] = BestMoment(
                step: moment.step, score: moment.score,
                weights: try network(
                    moment.part, bundle.architecture.withSingleSubheads, updates: moment.updates))
        }
        optimizer.first = try moments("first")
        optimizer.second = try moments("second")
        optimizer.trunkSteps = position.trunkSteps
        optimizer.headSteps = [.A: position.headASteps, .B: position.headBSteps]
        step = position.step
        seconds = position.seconds
        history = bundle.history
        for (head, means) in [(Head.A, position.meanLossesA), (.B, position.meanLossesB)]
        where means.count == bundle.architecture.subheads(of: head) { meanLosses[head] = means }
    }
}

extension NetworkGradients {
    /// The learned part of `weights`.
    init(_ weights: NetworkWeights) {
        self.init(zerosFor: weights)
        convolutions = weights.convolutions
        scales = weights.norms.map(\.scale)
        shifts = weights.norms.map(\.shift)
        headA = weights.headA
        headB = weights.headB
    }
}
