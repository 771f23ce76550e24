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
    private var layers: [Architecture.Layer] { shape.architecture.layers }

    /// Runs the trunk forward.
    ///
    /// - Parameter images: `(H, W, C)` each, all of the shape's size.
    package init(images: [Buffer<Float>], network: TrainingNetwork) {
        self.network = network
        self.images = images
        for index in layers.indices {
            let (product, sums) = index == 0 ? convolveFirst() : convolve(layer: index)
            products.append(product)
            norms.append(normState(treeSum(sums), layer: index))
        }
    }

    deinit { for layer in products { store.give(layer) } }

    private var store: BufferStore<Float> { network.scratch.store }

    /// Room for the gradient of what any layer reads or makes, one an image.
    func takeGradients() -> [Buffer<Float>] {
        let count = plan.largestOutput
        return images.map { _ in store.take(count) }
    }

    /// Bytes that a group of `images` images keeps.
    static func bytes(images: Int, plan: TrainingPlan) -> Int {
        4 * images * plan.forward.indices.reduce(0) { $0 + plan.product($1).count }
    }

    // MARK: Forward

    private func convolveFirst() -> ([Buffer<Float>], [[Double]]) {
        let layout = plan.product(0)
        let parts = TrainingPlan.parts(of: layout.rows.count)
        let products = images.map { _ in store.take(layout.count) }
        let sums = momentBuffers(imageCount * parts.count, layout)
        let packed = network.first
        pool.forEach(imageCount * parts.count) { worker, task in
            let (image, rows) = (task / parts.count, parts[task % parts.count])
            let scratch = network.scratch.workers[worker]
            padFirst(image, rows, into: scratch.rows)
            let (target, moments) = (products[image], sums[task])
            for row in rows {
                gatherFirst(row - rows.lowerBound, from: scratch.rows, into: scratch.v)
                var output = target.mutableSpan(layout.range(row..<row + 1))
                multiplyLanes(
                    scratch.v.span(), rows: layout.width,
                    depth: FirstLayer.depth(channels: layers[0].inputs),
                    packed: packed.span(), lanes: layout.lanes, into: &output,
                    capacity: layout.columns)
            }
            var span = moments.mutableSpan()
            addMoments(
                target.span(layout.range(rows)), layout: layout.part(rows), into: &span)
        }
        return (products, sums.map(\.array))
    }

    /// Floats of one row of ``padFirst(_:_:into:)``.
    private var paddedRow: Int { (shape.width + 2) * layers[0].inputs }

    /// The first layer's inputs for some rows, with a column of zeros at either side.
    private func padFirst(_ image: Int, _ rows: Range<Int>, into buffer: Buffer<Float>) {
        let channels = layers[0].inputs
        let row = paddedRow
        let source = images[image]
        let input = source.span()
        var target = buffer.mutableSpan()
        for y in rows.lowerBound - 1..<rows.upperBound + 1 {
            let start = (y - rows.lowerBound + 1) * row
            guard y >= 0, y < shape.height else {
                for index in start..<start + row { target[index] = 0 }
                continue
            }
            for index in 0..<channels {
                target[start + index] = 0
                target[start + row - channels + index] = 0
            }
            let first = y * shape.width * channels
            for index in 0..<shape.width * channels {
                target[start + channels + index] = input[first + index]
            }
        }
        let end = (rows.count + 2) * row
        for index in end..<end + FirstLayer.overrun { target[index] = 0 }
    }

    /// - Parameter row: counted from the first that was padded.
    private func gatherFirst(_ row: Int, from buffer: Buffer<Float>, into target: Buffer<Float>) {
        var a = target.mutableSpan()
        let start = row * paddedRow
        FirstLayer.gather(
            buffer.span(), rows: (start, start + paddedRow, start + 2 * paddedRow),
            columns: 0..<shape.width, channels: layers[0].inputs, into: &a,
            capacity: plan.product(0).columns)
    }

    private func convolve(layer index: Int) -> ([Buffer<Float>], [[Double]]) {
        let convolution = plan.forward[index]
        let layout = convolution.output
        let bands = convolution.bands
        let products = images.map { _ in store.take(layout.count) }
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
        return (products, sums.map(\.array))
    }

    private func momentBuffers(_ count: Int, _ layout: LaneRows) -> [Buffer<Double>] {
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
    private func cells(_ rows: Range<Int>, of product: LaneRows) -> Range<Int> {
        2 * rows.lowerBound..<min(2 * rows.upperBound, product.rows.upperBound)
    }

    /// One band of a convolution.
    ///
    /// - Parameters:
    ///   - source: the rows of its input that `layout` says.
    ///   - target: a whole image of outputs; the band's rows are overwritten.
    private func convolve(
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
        let weights = network.weights.norms[index]
        let channels = layers[index].outputs
        let count = imageCount * layout.rows.count * layout.width
        let padded = layout.lanes * laneWidth
        var state = NormState(
            norm: LaneNorm(channels: channels),
            moments: Array(sums[..<channels] + sums[padded..<padded + channels]), count: count)
        for c in 0..<channels {
            let mean = sums[c] / Double(count)
            let variance = max(0, sums[padded + c] / Double(count) - mean * mean)
            let inverse = 1 / (variance + Double(NetworkWeights.epsilon)).squareRoot()
            let scale = Double(weights.scale[c]) * inverse
            state.norm.mean[c] = mean
            state.norm.inverseDeviation[c] = inverse
            state.norm.scale[c] = scale
            state.norm.shift[c] = Double(weights.shift[c]) - mean * scale
        }
        return state
    }

    // MARK: The way back

    /// Adds the gradient of the group's images to `gradients`.
    ///
    /// - Parameter dFeatures: with respect to each image's features, in lanes; used up.
    func backpropagate(_ dFeatures: [Buffer<Float>], into gradients: inout NetworkGradients) {
        var dOutputs = dFeatures
        for index in layers.indices.reversed() {
            let means = normGradients(layer: index, dOutputs, into: &gradients)
            guard index > 0 else {
                let sum = firstWeightGradient(dOutputs, means)
                add(sum, to: &gradients.convolutions[0])
                store.give(dOutputs)
                return
            }
            let dProducts = weightGradient(
                layer: index, dOutputs, means, into: &gradients.convolutions[index])
            if layers[index].pooled { store.give(dOutputs) }
            dOutputs = convolveBack(layer: index, dProducts)
            store.give(dProducts)
        }
    }

    /// Adds the gradients of one batch norm's γ and β; returns `meanGradients`, as
    /// ``LaneNorm/backpropagate(_:input:layout:meanGradients:)`` wants them.
    private func normGradients(
        layer index: Int, _ dOutputs: [Buffer<Float>], into gradients: inout NetworkGradients
    ) -> [Double] {
        let (output, product) = (plan.output(index), plan.product(index))
        let norm = norms[index].norm
        let parts = TrainingPlan.parts(of: output.rows.count)
        let partial = momentBuffers(imageCount * parts.count, output)
        pool.forEach(imageCount * parts.count) { _, task in
            let (image, rows) = (task / parts.count, parts[task % parts.count])
            let (source, d, sums) = (products[index][image], dOutputs[image], partial[task])
            var span = sums.mutableSpan()
            if layers[index].pooled {
                let full = product.part(cells(rows, of: product))
                norm.addPooledGradients(
                    d.span(output.range(rows)), pooled: output.part(rows),
                    input: source.span(product.range(full.rows)), full: full, into: &span)
            } else {
                norm.addGradients(
                    d.span(output.range(rows)), input: source.span(output.range(rows)),
                    layout: output.part(rows), into: &span)
            }
        }
        let sums = treeSum(partial.map(\.array))
        let channels = layers[index].outputs
        let padded = output.lanes * laneWidth
        add(sums[..<channels].map { Float($0) }, to: &gradients.shifts[index])
        add(
            sums[padded..<padded + channels].map { Float($0) }, to: &gradients.scales[index])
        return sums.map { $0 / Double(norms[index].count) }
    }

    /// Turns the gradient of some rows of a layer's activations into that of its products.
    private func backpropagateNorm(
        layer index: Int, _ image: Int, _ rows: Range<Int>, _ means: [Double],
        _ dOutput: Buffer<Float>, into dProduct: Buffer<Float>
    ) {
        let (output, product) = (plan.output(index), plan.product(index))
        let (source, norm) = (products[index][image], norms[index].norm)
        var span = dProduct.mutableSpan(product.range(rows))
        guard layers[index].pooled else {
            norm.backpropagate(
                &span, input: source.span(product.range(rows)), layout: product.part(rows),
                meanGradients: means.span)
            return
        }
        // Bands begin at even rows; the last may end with a row that no cell covers.
        let cells = rows.lowerBound / 2..<min((rows.upperBound + 1) / 2, output.rows.upperBound)
        norm.backpropagatePooled(
            dOutput.span(output.range(cells)), pooled: output.part(cells),
            input: source.span(product.range(rows)), into: &span, full: product.part(rows),
            meanGradients: means.span)
    }

    /// Adds the gradient of one layer's weights; returns that of its products.
    private func weightGradient(
        layer index: Int, _ dOutputs: [Buffer<Float>], _ means: [Double],
        into gradient: inout [Float]
    ) -> [Buffer<Float>] {
        let plan = plan.gradients[index]
        let convolution = plan.convolution
        let (input, output) = (convolution.input, convolution.output)
        let dProducts =
            layers[index].pooled ? takeGradients() : dOutputs
        let workers = network.scratch.workers
        let (sharedV, sharedW, sums) = (network.scratch.v, network.scratch.w, network.scratch.sums)
        let vStride = Winograd.planeStride(lanes: input.lanes, capacity: plan.capacity)
        let wStride = Winograd.planeStride(lanes: output.lanes, capacity: plan.capacity)
        let plane = plan.sumCount / TileTransform.algorithm.planes
        for (number, run) in plan.runs(images: imageCount).enumerated() {
            pool.forEach(run.count) { worker, task in
                let (image, number, first) = run[task]
                let band = convolution.bands[number]
                let tiles = convolution.grid.tiles(band)
                let rows = convolution.grid.outputRows(band)
                let dProduct = dProducts[image]
                backpropagateNorm(
                    layer: index, image, rows, means, dOutputs[image], into: dProduct)
                do {
                    var w = sharedW.mutableSpan()
                    TileTransform.transformGradients(
                        dProduct.span(output.range(rows)), layout: output.part(rows),
                        shape: convolution.shape, tiles: tiles.span, into: &w, first: first,
                        capacity: plan.capacity)
                }
                let inputs = convolution.grid.inputRows(band)
                let activations = workers[worker].rows
                activate(layer: index - 1, image, inputs, into: activations)
                var v = sharedV.mutableSpan()
                let layout = input.part(inputs)
                TileTransform.transformInputs(
                    activations.span(0..<layout.count), layout: layout, shape: convolution.shape,
                    tiles: tiles.span, into: &v, first: first, capacity: plan.capacity)
            }
            let last = run[run.count - 1]
            let tiles =
                last.first + convolution.grid.tiles(convolution.bands[last.band]).count
            pool.forEach(TileTransform.algorithm.planes) { _, index in
                var sum = sums.mutableSpan(index * plane..<(index + 1) * plane)
                if number == 0 {
                    for element in 0..<sum.count { sum[element] = 0 }
                }
                addTransposedProduct(
                    sharedV.span(index * vStride..<(index + 1) * vStride), lanes: input.lanes,
                    stride: plan.capacity * laneWidth,
                    sharedW.span(index * wStride..<(index + 1) * wStride), lanes: output.lanes,
                    stride: plan.capacity * laneWidth, rows: tiles, into: &sum)
            }
        }
        let result = store.take(gradient.count)
        pool.forEach(output.lanes) { _, lane in
            var target = result.mutableSpan()
            TileTransform.transformWeightGradient(
                sums.span(0..<plan.sumCount), lane: lane,
                inputs: convolution.shape.inputs, outputs: convolution.shape.outputs,
                into: &target)
        }
        let sum = result.span()
        for element in gradient.indices { gradient[element] += sum[element] }
        store.give([result])
        return dProducts
    }

    /// The gradient of what a layer read.
    private func convolveBack(layer index: Int, _ dProducts: [Buffer<Float>]) -> [Buffer<Float>] {
        let convolution = plan.backward[index]
        let bands = convolution.bands
        let results = takeGradients()
        pool.forEach(imageCount * bands.count) { worker, task in
            let (image, band) = (task / bands.count, bands[task % bands.count])
            var none = MutableSpan<Double>()
            convolve(
                dProducts[image], convolution.input, convolution, band,
                packed: network.backward[index], into: results[image], moments: &none,
                scratch: network.scratch.workers[worker])
        }
        return results
    }

    private func firstWeightGradient(
        _ dOutputs: [Buffer<Float>], _ means: [Double]
    ) -> [Float] {
        let layout = plan.product(0)
        let layer = layers[0]
        let depth = FirstLayer.depth(channels: layer.inputs)
        let parts = TrainingPlan.parts(of: layout.rows.count)
        let partial = (0..<imageCount * parts.count).map { _ in
            Buffer<Float>(repeating: 0, count: depth * layout.lanes * laneWidth)
        }
        pool.forEach(partial.count) { worker, task in
            let (image, rows) = (task / parts.count, parts[task % parts.count])
            let scratch = network.scratch.workers[worker]
            let dOutput = dOutputs[image]
            backpropagateNorm(layer: 0, image, rows, means, dOutput, into: dOutput)
            padFirst(image, rows, into: scratch.rows)
            let target = partial[task]
            var sum = target.mutableSpan()
            for row in rows {
                gatherFirst(row - rows.lowerBound, from: scratch.rows, into: scratch.v)
                addTransposedProduct(
                    scratch.v.span(), lanes: depth / laneWidth, stride: layout.laneStride,
                    dOutput.span(layout.range(row..<row + 1)), lanes: layout.lanes,
                    stride: layout.laneStride, rows: layout.width, into: &sum)
            }
        }
        let sum = treeSum(partial.map(\.array))
        // From `(lanes, depth, 16)` to `(3, 3, inputs, outputs)`: a run of taps a kernel row.
        let taps = 3 * layer.inputs
        var result = [Float](repeating: 0, count: 3 * taps * layer.outputs)
        for row in 0..<3 {
            for tap in 0..<taps {
                for o in 0..<layer.outputs {
                    let k = row * depth / 3 + tap
                    result[(row * taps + tap) * layer.outputs + o] =
                        sum[(o / laneWidth * depth + k) * laneWidth + o % laneWidth]
                }
            }
        }
        return result
    }
}
