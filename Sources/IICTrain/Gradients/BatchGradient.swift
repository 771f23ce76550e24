public import IICInfer
import IICKernels

/// What one step trains on: the loss, its λ and its weight for each head.
public struct Objective: Sendable {
    public var kind: LossKind
    /// The displacement radius h: displacements go from −h to h.
    public var displacementRadius: Int
    public var lambdas: [Head: Double]
    /// The share of each head's loss; a head that is not here is left alone.
    public var weights: [Head: Double]

    public init(
        kind: LossKind, displacementRadius: Int, lambdas: [Head: Double], weights: [Head: Double]
    ) {
        self.kind = kind
        self.displacementRadius = displacementRadius
        self.lambdas = lambdas
        self.weights = weights
    }
}

/// The losses of one batch: for each head that trained, one a sub-head.
public struct BatchLoss: Sendable, Equatable {
    public var losses: [Head: [Double]] = [:]

    /// A head's mean over its sub-heads.
    public subscript(head: Head) -> Double? {
        losses[head].map { $0.reduce(0, +) / Double($0.count) }
    }

    public var isFinite: Bool { losses.values.allSatisfy { $0.allSatisfy(\.isFinite) } }
}

/// The loss of a whole batch and its exact gradient, in bounded memory.
///
/// First pass: every group of every view runs forward; its statistics and its heads' maps are kept.
/// Then the joints of the whole batch give the loss and the gradient of the maps. Second pass: each
/// group goes back; those whose activations were not kept run forward again, to the same bits.
public struct BatchGradient {
    public let shape: NetworkShape
    public let groupSize: Int
    /// Bytes of activations that may stay between the passes.
    public let keptBytes: Int
    public let pool: ComputePool
    let scratch: TrainingScratch

    public init(shape: NetworkShape, groupSize: Int, keptBytes: Int, pool: ComputePool) {
        scratch = TrainingScratch(TrainingPlan(shape), threads: pool.threads)
        self.shape = shape
        self.groupSize = groupSize
        self.keptBytes = keptBytes
        self.pool = pool
    }

    /// Which groups' activations stay between the passes, view after view.
    func kept(groups: [Range<Int>], views: Int) -> [Bool] {
        let plan = TrainingPlan(shape)
        var rest = keptBytes
        return (0..<views).flatMap { _ in groups }.map { group in
            let bytes = GroupPass.bytes(images: group.count, plan: plan)
            guard bytes <= rest else { return false }
            rest -= bytes
            return true
        }
    }

    /// - Parameters:
    ///   - weights: their running statistics take one update a view, at the very end.
    ///   - isCancelled: asked between two groups.
    /// - Returns: also what the loss of the maps and its gradient took.
    public func run(
        _ batch: TrainingBatch, objective: Objective, weights: inout ParameterBlock,
        isCancelled: () -> Bool = { false }
    ) throws(Interrupted) -> (loss: BatchLoss, gradients: ParameterBlock, objectiveTime: Duration) {
        let views = [batch.images] + batch.views.map(\.images)
        let groups = TrainingBatch.groups(count: batch.images.count, size: groupSize)
        let heads = Head.allCases.filter { objective.weights[$0] != nil }
        func zeroMaps() -> [HeadMaps] {
            views.map { HeadMaps(zerosFor: heads, images: $0.count, shape: shape) }
        }
        let network = TrainingNetwork(weights, shape: shape, pool: pool, scratch: scratch)
        func pass(_ images: [Buffer<Float>], _ group: Range<Int>) -> GroupPass {
            GroupPass(images: Array(images[group]), network: network)
        }

        let maps = zeroMaps()
        let isKept = kept(groups: groups, views: views.count)
        var kept: [[GroupPass?]] = []
        var norms: [[[GroupPass.NormState]]] = []
        for (view, images) in views.enumerated() {
            kept.append([])
            norms.append([])
            for (index, group) in groups.enumerated() {
                if isCancelled() { throw Interrupted() }
                let pass = pass(images, group)
                pass.applyHeads(into: maps[view], first: group.lowerBound)
                norms[view].append(pass.norms)
                kept[view].append(isKept[view * groups.count + index] ? pass : nil)
            }
        }

        let dMaps = zeroMaps()
        let start = ContinuousClock.now
        let loss = PairObjective(
            batch: batch, objective: objective, shape: shape, pool: pool, buffers: scratch.spectra
        ).run(maps: maps, dMaps: dMaps)
        let objectiveTime = ContinuousClock.now - start

        var gradients = ParameterBlock(gradientOf: weights)
        for (view, images) in views.enumerated() {
            for (index, group) in groups.enumerated() {
                if isCancelled() { throw Interrupted() }
                let pass = kept[view][index] ?? pass(images, group)
                kept[view][index] = nil
                let dFeatures = pass.backpropagateHeads(
                    dMaps: dMaps[view], maps: maps[view], first: group.lowerBound,
                    into: &gradients)
                pass.backpropagate(dFeatures, into: &gradients)
            }
        }
        for norms in norms { weights.updateRunningStatistics(groups: norms) }
        return (loss, gradients, objectiveTime)
    }
}

extension ParameterBlock {
    /// One update of the running statistics from a view's groups, pooled.
    ///
    /// Momentum 0.1; the variance of n values is that of a sample, n / (n − 1), as PyTorch's.
    package mutating func updateRunningStatistics(groups: [[GroupPass.NormState]]) {
        func moved(_ old: [Float], _ new: [Double]) -> [Float] {
            zip(old, new).map { Float(0.9 * Double($0) + 0.1 * $1) }
        }
        for layer in architecture.layers.indices {
            let pooled = GroupPass.NormState.pooled(groups.map { $0[layer] })
            let (means, variances) = (
                pooled.channels.map(\.mean),
                pooled.channels.map { $0.variance * pooled.count / max(1, pooled.count - 1) }
            )
            self[.runningMean(layer)] = moved(self[.runningMean(layer)], means)
            self[.runningVariance(layer)] = moved(self[.runningVariance(layer)], variances)
        }
    }

    /// Running statistics that are just those of `groups`, pooled.
    mutating func setRunningStatistics(groups: [[GroupPass.NormState]]) {
        for layer in architecture.layers.indices {
            let channels = GroupPass.NormState.pooled(groups.map { $0[layer] }).channels
            self[.runningMean(layer)] = channels.map { Float($0.mean) }
            self[.runningVariance(layer)] = channels.map { Float($0.variance) }
        }
    }
}
