import IICInfer
import IICKernels

/// Adds the sums that batch norm took of a batch's groups, all layers of all views in one block.
struct NormSum {
    private let sum: GroupSum<Double>
    private let buffers: BufferPool<Double>

    /// - Parameter norms: `[view][group]`, of this rank's groups.
    init(
        _ part: BatchPart, norms: [[[GroupPass.NormState]]], architecture: Architecture,
        ranks: any Ranks, buffers: BufferPool<Double>, _ waiting: WaitingTime
    ) {
        let count = norms.count * architecture.layers.reduce(0) { $0 + 2 * $1.outputs }
        sum = GroupSum(
            part.share, ranks: ranks, segments: [0..<count], tag: RankTag.statistics,
            buffers: buffers, waiting: waiting, isShared: false)
        self.buffers = buffers
        for (index, group) in part.groups.enumerated() {
            let moments = norms.flatMap { $0[index].flatMap(\.moments) }
            sum.add(moments.span, group: group.number, segment: 0)
        }
    }

    /// Adds and sends on what has come from other ranks.
    func advance() { sum.advance() }

    /// Waits for the sums of all groups.
    ///
    /// - Parameters:
    ///   - images: of the whole batch.
    ///   - plan: the network's.
    /// - Returns: view after view, of each layer the state of the batch as one group.
    func total(views: Int, images: Int, plan: TrainingPlan) -> [[GroupPass.NormState]] {
        let buffer = sum.totalForAll()
        defer { buffers.return([buffer]) }
        let moments = buffer.array
        var place = 0
        return (0..<views).map { _ in
            plan.shape.architecture.layers.enumerated().map { index, layer in
                let product = plan.product(index)
                defer { place += 2 * layer.outputs }
                return GroupPass.NormState(
                    norm: LaneNorm(channels: layer.outputs),
                    moments: Array(moments[place..<place + 2 * layer.outputs]),
                    count: images * product.rows.count * product.width)
            }
        }
    }
}
