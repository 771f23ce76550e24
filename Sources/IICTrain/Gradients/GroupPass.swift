package import IICInfer
package import IICKernels

/// One batch-norm group of images on its way through the network in training, and back.
///
/// The group's own statistics normalise it (training mode). Everything that the way back needs is
/// kept: for each layer what it read and what it computed before batch norm.
package final class GroupPass {
    /// What one batch norm did to the group.
    package struct NormState {
        var mean: [Double]
        var inverseDeviation: [Double]
        /// γ / √(variance + ε) and β − mean · scale.
        var scale: [Double]
        var shift: [Double]
        /// Sums and sums of squares over the group, `(2, C)`.
        var moments: [Double]
        /// Pixels that the sums run over.
        var count: Int
    }

    let shape: NetworkShape
    let weights: NetworkWeights
    let pool: ComputePool
    let imageCount: Int
    /// What each layer reads, then the trunk's features: `[layer][image]`.
    private(set) var inputs: [[Buffer<Float>]]
    /// Each convolution's output before batch norm: `[layer][image]`.
    private var products: [[Buffer<Float>]] = []
    package private(set) var norms: [NormState] = []

    /// Runs the trunk forward.
    ///
    /// - Parameter images: `(H, W, C)` each, all of the shape's size.
    package init(
        images: [Buffer<Float>], weights: NetworkWeights, shape: NetworkShape, pool: ComputePool
    ) {
        self.shape = shape
        self.weights = weights
        self.pool = pool
        imageCount = images.count
        inputs = [images]
        for index in weights.architecture.layers.indices { forward(layer: index) }
    }

    /// Bytes that a group of `images` images keeps.
    static func bytes(images: Int, shape: NetworkShape) -> Int {
        var floats = shape.featureHeight * shape.featureWidth * shape.architecture.features
        for convolution in shape.convolutions {
            floats += convolution.height * convolution.width * convolution.inputs
            floats += convolution.outputHeight * convolution.outputWidth * convolution.outputs
        }
        return 4 * floats * images
    }

    var features: [Buffer<Float>] { inputs[inputs.count - 1] }

    private func makeScratch(_ shape: ConvolutionShape) -> [Buffer<Float>] {
        (0..<pool.threads).map { _ in
            Buffer(repeating: 0, count: shape.scratchCount(of: Float.self))
        }
    }

    /// Convolves `(image, block of rows)` after block of rows, on all threads.
    private func convolveAll(
        _ sources: [Buffer<Float>], weights: [Float], shape: ConvolutionShape
    ) -> [Buffer<Float>] {
        let targets = sources.map { _ in
            Buffer<Float>(
                repeating: 0, count: shape.outputHeight * shape.outputWidth * shape.outputs)
        }
        let step = shape.rowsAtOnce(of: Float.self)
        let blocks = (shape.outputHeight + step - 1) / step
        let scratch = makeScratch(shape)
        pool.forEach(sources.count * blocks) { worker, index in
            let first = index % blocks * step
            let rows = first..<min(first + step, shape.outputHeight)
            let row = shape.outputWidth * shape.outputs
            let (source, target) = (sources[index / blocks], targets[index / blocks])
            let columns = scratch[worker]
            var output = target.mutableSpan(rows.lowerBound * row..<rows.upperBound * row)
            var columnSpan = columns.mutableSpan()
            convolve(
                source.span(), weights: weights.span, into: &output, shape: shape, rows: rows,
                scratch: &columnSpan)
        }
        return targets
    }

    private func forward(layer index: Int) {
        let layer = weights.architecture.layers[index]
        let convolution = shape.convolutions[index]
        let channels = layer.outputs
        let product = convolveAll(
            inputs[index], weights: weights.convolutions[index], shape: convolution)
        let norm = normState(of: product, norm: weights.norms[index], channels: channels)
        let ceiling = shape.geometry == .seamless
        let (height, width) = (convolution.outputHeight, convolution.outputWidth)
        let pooled = pooledSize(height: height, width: width, ceiling: ceiling)
        let outputs = (0..<imageCount).map { _ in
            Buffer<Float>(
                repeating: 0,
                count: (layer.pooled ? pooled.height * pooled.width : height * width) * channels)
        }
        let rectified = layer.pooled ? makeRectified(height * width * channels) : []
        pool.forEach(imageCount) { worker, image in
            let (source, target) = (product[image], outputs[image])
            var output = target.mutableSpan()
            guard layer.pooled else {
                scaleAndRectify(
                    source.span(), scale: norm.scale.span, shift: norm.shift.span, into: &output)
                return
            }
            let rectified = rectified[worker]
            var full = rectified.mutableSpan()
            scaleAndRectify(
                source.span(), scale: norm.scale.span, shift: norm.shift.span, into: &full)
            maxPool(
                full.span, into: &output, channels: channels, height: height, width: width,
                ceiling: ceiling)
        }
        products.append(product)
        norms.append(norm)
        inputs.append(outputs)
    }

    private func makeRectified(_ count: Int) -> [Buffer<Float>] {
        (0..<pool.threads).map { _ in Buffer(repeating: 0, count: count) }
    }

    /// The statistics of one layer's products over the group.
    private func normState(
        of products: [Buffer<Float>], norm: NetworkWeights.Norm, channels: Int
    ) -> NormState {
        let partial = products.map { _ in Buffer<Double>(repeating: 0, count: 2 * channels) }
        pool.forEach(products.count) { _, image in
            let (source, target) = (products[image], partial[image])
            var sums = target.mutableSpan()
            addMoments(source.span(), into: &sums, channels: channels)
        }
        let moments = treeSum(partial.map(\.array))
        let count = products.reduce(0) { $0 + $1.count } / channels
        var state = NormState(
            mean: [], inverseDeviation: [], scale: [], shift: [], moments: moments, count: count)
        for c in 0..<channels {
            let mean = moments[c] / Double(count)
            let variance = max(0, moments[channels + c] / Double(count) - mean * mean)
            let inverse = 1 / (variance + Double(NetworkWeights.epsilon)).squareRoot()
            let scale = Double(norm.scale[c]) * inverse
            state.mean.append(mean)
            state.inverseDeviation.append(inverse)
            state.scale.append(scale)
            state.shift.append(Double(norm.shift[c]) - mean * scale)
        }
        return state
    }

    // MARK: The way back

    /// Adds the gradient of the group's images to `gradients`.
    ///
    /// - Parameter dFeatures: with respect to each image's features; used up.
    func backpropagate(_ dFeatures: [Buffer<Float>], into gradients: inout NetworkGradients) {
        var dOutputs = dFeatures
        for index in weights.architecture.layers.indices.reversed() {
            dOutputs = backpropagate(layer: index, dOutputs, into: &gradients)
        }
    }

    /// One layer back; returns the gradient of what it read (nothing for the first layer).
    private func backpropagate(
        layer index: Int, _ dOutputs: [Buffer<Float>], into gradients: inout NetworkGradients
    ) -> [Buffer<Float>] {
        let layer = weights.architecture.layers[index]
        let convolution = shape.convolutions[index]
        let channels = layer.outputs
        let product = products[index]
        let norm = norms[index]
        let dProducts = layer.pooled ? unpool(dOutputs, layer: index) : dOutputs

        let partial = product.map { _ in Buffer<Double>(repeating: 0, count: 2 * channels) }
        pool.forEach(imageCount) { _, image in
            let (d, source, target) = (dProducts[image], product[image], partial[image])
            var sums = target.mutableSpan()
            addNormGradients(
                d.span(), input: source.span(), scale: norm.scale.span, shift: norm.shift.span,
                mean: norm.mean.span, inverseDeviation: norm.inverseDeviation.span, into: &sums)
        }
        let sums = treeSum(partial.map(\.array))
        add(sums[..<channels].map { Float($0) }, to: &gradients.shifts[index])
        add(sums[channels...].map { Float($0) }, to: &gradients.scales[index])
        let means = sums.map { $0 / Double(norm.count) }

        let dWeights = product.map { _ in
            Buffer<Float>(repeating: 0, count: weights.convolutions[index].count)
        }
        let scratch = makeScratch(convolution)
        pool.forEach(imageCount) { worker, image in
            let (dProduct, source) = (dProducts[image], product[image])
            var d = dProduct.mutableSpan()
            backpropagateNorm(
                &d, input: source.span(), scale: norm.scale.span, shift: norm.shift.span,
                mean: norm.mean.span, inverseDeviation: norm.inverseDeviation.span,
                meanGradients: means.span)
            let (input, dWeight, columns) = (inputs[index][image], dWeights[image], scratch[worker])
            var target = dWeight.mutableSpan()
            var columnSpan = columns.mutableSpan()
            addWeightGradient(
                input.span(), dOutput: d.span, into: &target, shape: convolution,
                scratch: &columnSpan)
        }
        add(treeSum(dWeights.map(\.array)), to: &gradients.convolutions[index])

        guard index > 0 else { return [] }
        var turned = [Float](repeating: 0, count: weights.convolutions[index].count)
        var target = turned.mutableSpan
        let matrix = weights.convolutions[index]
        transposeWeights(matrix.span, into: &target, shape: convolution)
        return convolveAll(dProducts, weights: turned, shape: convolution.transposed)
    }

    private func unpool(_ dOutputs: [Buffer<Float>], layer index: Int) -> [Buffer<Float>] {
        let convolution = shape.convolutions[index]
        let norm = norms[index]
        let count = products[index].first?.count ?? 0
        let result = dOutputs.map { _ in Buffer<Float>(repeating: 0, count: count) }
        let rectified = makeRectified(count)
        pool.forEach(imageCount) { worker, image in
            let (source, rectified) = (products[index][image], rectified[worker])
            var full = rectified.mutableSpan()
            scaleAndRectify(
                source.span(), scale: norm.scale.span, shift: norm.shift.span, into: &full)
            let (dOutput, dInput) = (dOutputs[image], result[image])
            var target = dInput.mutableSpan()
            backpropagateMaxPool(
                dOutput.span(), input: full.span, into: &target,
                channels: convolution.outputs, height: convolution.outputHeight,
                width: convolution.outputWidth, ceiling: shape.geometry == .seamless)
        }
        return result
    }
}
