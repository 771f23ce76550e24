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
///
/// Ranks share the groups. Joints, statistics and gradients are added group by group in one tree
/// (`GroupSum`), whoever computed them.
public struct BatchGradient {
    public let shape: NetworkShape
    public let groupSize: Int
    /// Bytes of activations that may stay between the passes.
    public let keptBytes: Int
    public let pool: ComputePool
    let scratch: TrainingScratch
    private let ranks: any Ranks
    let waiting = WaitingTime()
    /// Of sums over groups in double precision.
    private let sums = BufferPool<Double>()

    public init(shape: NetworkShape, groupSize: Int, keptBytes: Int, pool: ComputePool) {
        self.init(
            shape: shape, groupSize: groupSize, keptBytes: keptBytes, pool: pool,
            ranks: SingleRank())
    }

    init(
        shape: NetworkShape, groupSize: Int, keptBytes: Int, pool: ComputePool, ranks: any Ranks
    ) {
        scratch = TrainingScratch(TrainingPlan(shape), threads: pool.threads)
        self.shape = shape
        self.groupSize = groupSize
        self.keptBytes = keptBytes
        self.pool = pool
        self.ranks = ranks
    }

    /// What this rank has of a batch of so many images.
    func part(count: Int) -> BatchPart { BatchPart(count: count, size: groupSize, ranks: ranks) }

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
    ///   - batch: this rank's part of it.
    ///   - weights: their running statistics take one update a view, at the very end.
    ///   - isCancelled: asked between two groups. If any rank wants a stop, all throw, having sent what
    ///     others wait for.
    /// - Returns: also what the loss of the maps and its gradient took.
    public func run(
        _ batch: TrainingBatch, objective: Objective, weights: inout ParameterBlock,
        isCancelled: () -> Bool = { false }
    ) throws(Interrupted) -> (loss: BatchLoss, gradients: ParameterBlock, objectiveTime: Duration) {
        let views = [batch.images] + batch.views.map(\.images)
        let part = part(count: batch.count)
        let groups = part.groups
        let heads = Head.allCases.filter { objective.weights[$0] != nil }
        func zeroMaps() -> [HeadMaps] {
            views.map { HeadMaps(zerosFor: heads, images: $0.count, shape: shape) }
        }
        let network = TrainingNetwork(weights, shape: shape, pool: pool, scratch: scratch)
        func pass(_ images: [Buffer<Float>], _ group: Range<Int>) -> GroupPass {
            GroupPass(images: Array(images[group]), network: network)
        }
        var isCut = false
        func goesOn() throws(Interrupted) -> Bool {
            isCut = isCut || isCancelled()
            if isCut && ranks.count == 1 { throw Interrupted() }
            return !isCut
        }

        let maps = zeroMaps()
        let isKept = kept(groups: groups.map(\.images), views: views.count)
        var kept: [[GroupPass?]] = []
        var groupNorms: [[[GroupPass.NormState]]] = []
        for (view, images) in views.enumerated() {
            kept.append([])
            groupNorms.append([])
            for (index, group) in groups.enumerated() where try goesOn() {
                let pass = pass(images, group.images)
                pass.applyHeads(into: maps[view], first: group.images.lowerBound)
                groupNorms[view].append(pass.norms)
                kept[view].append(isKept[view * groups.count + index] ? pass : nil)
            }
        }

        let dMaps = zeroMaps()
        let start = ContinuousClock.now
        let loss = PairObjective(
            batch: batch, objective: objective, shape: shape, pool: pool, buffers: scratch.spectra,
            sums: sums, part: part, ranks: ranks, waiting: waiting
        ).evaluate(maps: maps, dMaps: dMaps, isCut: isCut)
        let objectiveTime = ContinuousClock.now - start
        guard let loss else { throw Interrupted() }

        let statistics = NormSum(
            part, norms: groupNorms, architecture: shape.architecture, ranks: ranks,
            buffers: sums, waiting)
        var gradients = ParameterBlock(gradientOf: weights)
        let sum = GradientSum(
            part.share, layout: gradients.layout, ranks: ranks, buffers: scratch.buffers, waiting)
        for (index, group) in groups.enumerated() {
            if index > 0 { gradients.clear() }
            for (view, images) in views.enumerated() where try goesOn() {
                let pass = kept[view][index] ?? pass(images, group.images)
                kept[view][index] = nil
                let dFeatures = pass.backpropagateHeads(
                    dMaps: dMaps[view], maps: maps[view], first: group.images.lowerBound,
                    into: &gradients)
                pass.backpropagate(dFeatures, into: &gradients) { layer, gradients in
                    if view == views.count - 1 {
                        sum.add(gradients, of: layer, group: group.number)
                    }
                    sum.advance()
                    statistics.advance()
                }
            }
            if isCut { sum.giveUp(group: group.number) }
        }
        isCut = sum.finish(into: &gradients)
        let norms = statistics.total(views: views.count, images: batch.count, plan: network.plan)
        if isCut { throw Interrupted() }
        for norms in norms { weights.updateRunningStatistics(groups: [norms]) }
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
