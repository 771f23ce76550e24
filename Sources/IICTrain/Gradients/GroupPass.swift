import IICInfer
package import IICKernels

/// One batch-norm group of images on its way through the network in training, and back.
///
/// The group's own statistics normalise it (training mode). What is kept for the way back is what
/// each layer computed before batch norm, in lanes; activations are made from it again where they
/// are read, which costs less than memory.
package final class GroupPass {
    /// What one batch norm did to the group.
    package struct NormState {
        var norm: LaneNorm
        /// Sums and sums of squares over the group, `(2, C)`.
        var moments: [Double]
        /// Pixels that the sums run over.
        var count: Int

        /// Mean and variance of each channel over one layer's groups, and the pixels they run over.
        static func pooled(
            _ groups: [NormState]
        ) -> (channels: [(mean: Double, variance: Double)], count: Double) {
            let moments = treeSum(groups.map(\.moments))
            let count = Double(groups.reduce(0) { $0 + $1.count })
            let channels = moments.count / 2
            return (
                (0..<channels).map { c in
                    let mean = moments[c] / count
                    return (mean, max(0, moments[channels + c] / count - mean * mean))
                }, count
            )
        }
    }

    let network: TrainingNetwork
    let images: [Buffer<Float>]
    /// Each convolution's output before batch norm: `[layer][image]`.
    private(set) var products: [[Buffer<Float>]] = []
    package private(set) var norms: [NormState] = []

    var shape: NetworkShape { network.shape }
    var plan: TrainingPlan { network.plan }
    var pool: ComputePool { network.pool }
    var imageCount: Int { images.count }
    var layers: [Architecture.Layer] { shape.architecture.layers }

    /// Runs the trunk forward.
    ///
    /// - Parameter images: `(H, W, C)` each, all of the shape's size.
    package init(images: [Buffer<Float>], network: TrainingNetwork) {
        self.network = network
        self.images = images
        for index in layers.indices {
            let (product, sums) = index == 0 ? convolveFirst() : convolve(layer: index)
            products.append(product)
            norms.append(normState(treeSum(sums, on: pool), layer: index))
        }
    }

    deinit { for layer in products { buffers.return(layer) } }

    var buffers: BufferPool<Float> { network.scratch.buffers }

    /// Room for the gradient of what any layer reads or makes, one an image.
    func takeGradients() -> [Buffer<Float>] {
        let count = plan.largestOutput
        return images.map { _ in buffers.borrow(count) }
    }

    /// Bytes that a group of `images` images keeps.
    static func bytes(images: Int, plan: TrainingPlan) -> Int {
        4 * images * plan.forward.indices.reduce(0) { $0 + plan.product($1).count }
    }

    private func convolve(layer index: Int) -> ([Buffer<Float>], [Buffer<Double>]) {
        let convolution = plan.forward[index]
        let layout = convolution.output
        let bands = convolution.bands
        let products = images.map { _ in buffers.borrow(layout.count) }
        let sums = momentBuffers(imageCount * bands.count, layout)
        pool.forEach(imageCount * bands.count) { worker, task in
            let (image, band) = (task / bands.count, bands[task % bands.count])
            let scratch = network.scratch.workers[worker]
            let rows = convolution.grid.inputRows(band)
            activate(layer: index - 1, image, rows, into: scratch.rows)
            let (target, moments) = (products[image], sums[task])
            var span = moments.mutableSpan()
            convolve(
                scratch.rows, convolution.input.part(rows), convolution, band,
                packed: network.forward[index], into: target, moments: &span, scratch: scratch)
        }
        return (products, sums)
    }

    func momentBuffers(_ count: Int, _ layout: LaneRows) -> [Buffer<Double>] {
        (0..<count).map { _ in
            Buffer(repeating: 0, count: 2 * layout.lanes * laneWidth)
        }
    }

    /// What a layer hands on, for some rows: batch norm, ReLU and the max-pool of its products.
    func activate(
        layer index: Int, _ image: Int, _ rows: Range<Int>, into buffer: Buffer<Float>
    ) {
        let layout = plan.output(index).part(rows)
        let (source, norm) = (products[index][image], norms[index].norm)
        let product = plan.product(index)
        var output = buffer.mutableSpan(0..<layout.count)
        if layers[index].pooled {
            let full = product.part(cells(rows, of: product))
            norm.rectifyAndPool(
                source.span(product.range(full.rows)), full: full, into: &output, pooled: layout)
        } else {
            norm.rectify(source.span(product.range(rows)), into: &output, layout: layout)
        }
    }

    /// The rows that the cells of some pooled rows cover.
    func cells(_ rows: Range<Int>, of product: LaneRows) -> Range<Int> {
        2 * rows.lowerBound..<min(2 * rows.upperBound, product.rows.upperBound)
    }

    /// One band of a convolution.
    ///
    /// - Parameters:
    ///   - source: the rows of its input that `layout` says.
    ///   - target: a whole image of outputs; the band's rows are overwritten.
    func convolve(
        _ source: Buffer<Float>, _ layout: LaneRows, _ convolution: TrainingPlan.Convolution,
        _ band: Range<Int>, packed: Buffer<Float>, into target: Buffer<Float>,
        moments: inout MutableSpan<Double>, scratch: TrainingScratch.Worker
    ) {
        let tiles = convolution.grid.tiles(band)
        let rows = convolution.grid.outputRows(band)
        let capacity = convolution.block
        let inputs = layout.lanes
        let vStride = Winograd.planeStride(lanes: inputs, capacity: capacity)
        let plane = packed.count / TileTransform.algorithm.planes
        let depth = inputs * laneWidth
        var output = target.mutableSpan(convolution.output.range(rows))
        for start in stride(from: 0, to: tiles.count, by: capacity) {
            let part = tiles.span.extracting(start..<min(start + capacity, tiles.count))
            do {
                var v = scratch.v.mutableSpan()
                TileTransform.transformInputs(
                    source.span(0..<layout.count), layout: layout, shape: convolution.shape,
                    tiles: part, into: &v, first: 0, capacity: capacity)
            }
            let outputs = convolution.output.lanes
            for lane in stride(from: 0, to: outputs, by: convolution.lanesAtOnce) {
                let count = min(convolution.lanesAtOnce, outputs - lane)
                let mStride = Winograd.planeStride(lanes: count, capacity: capacity)
                for index in 0..<TileTransform.algorithm.planes {
                    let from = index * plane + lane * laneWidth * depth
                    var m = scratch.m.mutableSpan(index * mStride..<(index + 1) * mStride)
                    multiplyLanes(
                        scratch.v.span(index * vStride..<(index + 1) * vStride),
                        rows: part.count, depth: depth,
                        packed: packed.span(from..<from + count * laneWidth * depth),
                        lanes: count, into: &m, capacity: capacity)
                }
                TileTransform.transformOutputs(
                    scratch.m.span(), lanes: count, firstLane: lane, tiles: part,
                    capacity: capacity, dilation: convolution.shape.dilation, into: &output,
                    layout: convolution.output.part(rows), moments: &moments)
            }
        }
    }

    /// - Parameter sums: over the group, `(2, 16 · lanes)`.
    private func normState(_ sums: [Double], layer index: Int) -> NormState {
        let layout = plan.product(index)
        let weights = network.weights
        let (gamma, beta) = (weights.span(.scale(index)), weights.span(.shift(index)))
        let channels = layers[index].outputs
        let count = imageCount * layout.rows.count * layout.width
        let padded = layout.lanes * laneWidth
        var state = NormState(
            norm: LaneNorm(channels: channels),
            moments: Array(sums[..<channels] + sums[padded..<padded + channels]), count: count)
        for c in 0..<channels {
            let mean = sums[c] / Double(count)
            let variance = max(0, sums[padded + c] / Double(count) - mean * mean)
            let inverse = 1 / (variance + Double(Architecture.normEpsilon)).squareRoot()
            let scale = Double(gamma[c]) * inverse
            state.norm.mean[c] = mean
            state.norm.inverseDeviation[c] = inverse
            state.norm.scale[c] = scale
            state.norm.shift[c] = Double(beta[c]) - mean * scale
        }
        return state
    }
}
