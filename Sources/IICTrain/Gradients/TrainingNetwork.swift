package import IICInfer
import IICKernels

/// A network's weights as a step of training wants them: transformed and packed once for all images.
package final class TrainingNetwork: Sendable {
    let plan: TrainingPlan
    let scratch: TrainingScratch
    let pool: ComputePool
    let weights: ParameterBlock
    /// The first convolution, packed.
    let first: Buffer<Float>
    /// Of the other layers, and of the convolutions that carry gradients back.
    let forward: [Buffer<Float>]
    let backward: [Buffer<Float>]

    var shape: NetworkShape { plan.shape }

    /// - Parameter scratch: that of an earlier step of the same shape, if there was one.
    package init(
        _ weights: ParameterBlock, shape: NetworkShape, pool: ComputePool,
        scratch: TrainingScratch? = nil
    ) {
        let plan = TrainingPlan(shape)
        self.plan = plan
        self.pool = pool
        self.weights = weights
        self.scratch = scratch ?? TrainingScratch(plan, threads: pool.threads)
        let layers = weights.architecture.layers
        let ones = [Float](repeating: 1, count: weights.architecture.features)
        let first = Buffer<Float>(
            uninitialized: LaneProduct.packedCount(
                depth: FirstLayer.depth(channels: layers[0].inputs),
                lanes: lanes(layers[0].outputs)))
        do {
            var packed = first.mutableSpan()
            FirstLayer.pack(
                weights.span(.convolution(0)),
                scale: ones.span.extracting(first: layers[0].outputs),
                channels: layers[0].inputs, into: &packed)
        }
        let buffers = self.scratch.buffers
        func borrowed(_ shape: ConvolutionShape) -> Buffer<Float> {
            buffers.borrow(
                TileTransform.algorithm.packedCount(inputs: shape.inputs, outputs: shape.outputs))
        }
        let (forward, backward) = (
            plan.forward.dropFirst().map { borrowed($0.shape) },
            plan.backward.dropFirst().map { borrowed($0.shape) }
        )
        let transposed = forward.indices.map { index in
            buffers.borrow(weights.layout[.convolution(index + 1)].count)
        }
        defer { buffers.return(transposed) }
        // The largest layers first, so that no thread is left with one at the end.
        pool.forEach(transposed.count) { _, task in
            let index = transposed.count - 1 - task
            let buffer = transposed[index]
            var target = buffer.mutableSpan()
            transposeWeights(
                weights.span(.convolution(index + 1)), into: &target,
                shape: plan.forward[index + 1].shape)
        }
        let rows = TileTransform.algorithm.inputs
        pool.forEach(2 * forward.count * rows) { _, task in
            let isForward = task % 2 == 0
            let index = forward.count - 1 - task / 2 / rows
            let row = task / 2 % rows
            let shape = (isForward ? plan.forward : plan.backward)[index + 1].shape
            let target = isForward ? forward[index] : backward[index]
            let size = target.count / rows
            let transposed = transposed[index]
            var packed = target.mutableSpan(row * size..<(row + 1) * size)
            TileTransform.algorithm.transformWeights(
                isForward ? weights.span(.convolution(index + 1)) : transposed.span(),
                scale: ones.span.extracting(first: shape.outputs), inputs: shape.inputs,
                outputs: shape.outputs, row: row, into: &packed)
        }
        self.first = first
        let none = Buffer<Float>(uninitialized: 0)
        self.forward = [none] + forward
        self.backward = [none] + backward
    }

    deinit { scratch.buffers.return(Array(forward.dropFirst() + backward.dropFirst())) }

    /// Bytes of the transformed weights, and of what it takes to make them.
    static func bytes(_ plan: TrainingPlan) -> Int {
        let floats = plan.forward.dropFirst().reduce(0) { sum, convolution in
            let shape = convolution.shape
            return sum
                + TileTransform.algorithm.packedCount(inputs: shape.inputs, outputs: shape.outputs)
                + TileTransform.algorithm.packedCount(inputs: shape.outputs, outputs: shape.inputs)
                + shape.taps * shape.outputs
        }
        return 4 * floats
    }
}
