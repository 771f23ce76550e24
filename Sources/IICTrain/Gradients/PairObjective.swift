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
    }

    /// - Parameters:
    ///   - maps: x's, then one a view.
    ///   - dMaps: their gradients, added to.
    public func run(maps: [HeadMaps], dMaps: [HeadMaps]) -> BatchLoss {
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
                let sum = loss.jointSum(
                    fields.shape, of: whole, images: batch.images.count, pool: pool,
                    buffers: buffers)
                for subhead in subheads.indices {
                    let fields = fields.of(
                        maps: (subheads[subhead], others[subhead]),
                        dMaps: (dSubheads[subhead], dOthers[subhead]))
                    let joints = sum.joints(of: fields)
                    let value = loss.evaluate(joints: joints.span, classes: classes)
                    sum.backpropagate(dJoints: value.dJoints, to: fields)
                    result.losses[head]?[subhead] += value.loss / count
                }
            }
        }
        return result
    }
}
