public import IICInfer
public import IICKernels

/// From the heads' maps of all views to the loss, and back to the gradient of the maps.
///
/// The maps grow to the image's size, gx's come back into x's frame, the mask applies to both, and
/// the joints of all images add up; everything after the maps is in double precision.
public struct PairObjective {
    let batch: TrainingBatch
    let objective: Objective
    let shape: NetworkShape
    let pool: ComputePool
    let buffers: BufferPool<ComplexLane>
    /// What this rank has of the batch: all in one group unless given.
    private let part: BatchPart
    private let ranks: any Ranks
    private let waiting: WaitingTime
    private let sums: BufferPool<Double>

    /// - Parameter buffers: where the workspace of earlier steps lies, if there were any.
    public init(
        batch: TrainingBatch, objective: Objective, shape: NetworkShape, pool: ComputePool,
        buffers: BufferPool<ComplexLane> = BufferPool()
    ) {
        self.batch = batch
        self.objective = objective
        self.shape = shape
        self.pool = pool
        self.buffers = buffers
        ranks = SingleRank()
        part = BatchPart(
            count: batch.images.count, size: max(1, batch.images.count), ranks: ranks)
        waiting = WaitingTime()
        sums = BufferPool()
    }

    /// - Parameters:
    ///   - sums: for the joints while they add up.
    ///   - part: what the maps are of.
    ///   - waiting: what waiting for other ranks is added to.
    init(
        batch: TrainingBatch, objective: Objective, shape: NetworkShape, pool: ComputePool,
        buffers: BufferPool<ComplexLane>, sums: BufferPool<Double>, part: BatchPart,
        ranks: any Ranks, waiting: WaitingTime
    ) {
        self.batch = batch
        self.objective = objective
        self.shape = shape
        self.pool = pool
        self.buffers = buffers
        self.sums = sums
        self.part = part
        self.ranks = ranks
        self.waiting = waiting
    }

    /// - Parameters:
    ///   - maps: x's, then one a view.
    ///   - dMaps: their gradients, added to.
    public func run(maps: [HeadMaps], dMaps: [HeadMaps]) -> BatchLoss {
        evaluate(maps: maps, dMaps: dMaps, isCut: false) ?? BatchLoss()
    }

    /// The same together with the other ranks.
    ///
    /// - Parameter isCut: whether this rank's maps are not whole, because a stop is wanted.
    /// - Returns: nil if any rank's are not.
    func evaluate(maps: [HeadMaps], dMaps: [HeadMaps], isCut: Bool) -> BatchLoss? {
        var result = BatchLoss()
        for head in Head.allCases {
            guard let weight = objective.weights[head], let subheads = maps[0].maps[head],
                let dSubheads = dMaps[0].maps[head]
            else { continue }
            let loss = objective.kind.loss(
                displacementRadius: objective.displacementRadius,
                lambda: objective.lambdas[head] ?? 1)
            let classes =
                head == .A ? shape.architecture.overclusters : shape.architecture.classes
            result.losses[head] = Array(repeating: 0, count: subheads.count)
            let count = Double(batch.views.count)
            for (index, view) in batch.views.enumerated() {
                guard let others = maps[index + 1].maps[head],
                    let dOthers = dMaps[index + 1].maps[head]
                else { continue }
                let fields = ViewFields(
                    view: view.seen(by: head), shape: shape, classes: classes,
                    cutting: loss.box.map { $0.displacementRadius + 1 },
                    scale: weight / (Double(subheads.count) * count), threads: pool.threads)
                let whole = FieldShape(
                    height: shape.height, width: shape.width, classes: classes)
                let sum =
                    part.groups.isEmpty || isCut
                    ? nil
                    : loss.jointSum(
                        fields.shape, of: whole, images: batch.images.count, pool: pool,
                        buffers: buffers)
                for subhead in subheads.indices {
                    let fields = fields.of(
                        maps: (subheads[subhead], others[subhead]),
                        dMaps: (dSubheads[subhead], dOthers[subhead]))
                    guard
                        let value = evaluate(loss, sum, fields: fields, classes: classes)
                    else { return nil }
                    sum?.backpropagate(
                        dJoints: value.dJoints, to: fields, groups: part.groups.map(\.images))
                    result.losses[head]?[subhead] += value.loss / count
                }
            }
        }
        return result
    }

    /// Adds the joints of all groups and evaluates their loss, which rank 0 does for all: ranks on
    /// other processors than it must not go other ways.
    ///
    /// - Parameter sum: nil if the rank has nothing to add.
    /// - Returns: nil if a rank has not what it should add.
    private func evaluate(
        _ loss: any InformationLoss, _ sum: (any JointSum)?, fields: ViewFields, classes: Int
    ) -> (loss: Double, dJoints: [Double])? {
        let count = loss.jointCount(classes: classes)
        // First a number that is 0 if all is well.
        let total = GroupSum(
            part.share, ranks: ranks, segments: [0..<count + 1], tag: RankTag.joints,
            buffers: sums, waiting: waiting, isShared: false)
        for (group, images) in part.groups {
            let joints =
                sum.map { [0] + $0.joints(of: fields, images: images) }
                ?? [1] + Array(repeating: 0, count: count)
            total.add(joints.span, group: group, segment: 0)
            total.advance()
        }
        var value = LossValue(loss: 0, unweightedLoss: 0, dJoints: [])
        var isCut = false
        if let buffer = total.total() {
            isCut = buffer.span()[0] != 0
            if !isCut {
                var joints = Array(buffer.array.dropFirst())
                // Rank 0 has a group, and so a sum.
                sum?.clearRoundings(&joints)
                value = loss.evaluate(joints: joints.span, classes: classes)
            }
            sums.return([buffer])
        }
        guard ranks.count > 1 else { return (value.loss, value.dJoints) }
        if value.dJoints.isEmpty { value.dJoints = Array(repeating: 0, count: count) }
        let answer = Buffer([isCut ? 1 : 0, value.loss] + value.dJoints)
        waiting.measure { _ = ranks.broadcast(RankMessage(answer), from: 0).wait() }
        guard answer.span()[0] == 0 else { return nil }
        return (answer.span()[1], Array(answer.array.dropFirst(2)))
    }
}
