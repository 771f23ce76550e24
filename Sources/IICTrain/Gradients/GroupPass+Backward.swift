import IICInfer
import IICKernels

/// The way back: from the gradient of the features to those of all weights.
extension GroupPass {
    /// Adds the gradient of the group's images to `gradients`.
    ///
    /// - Parameters:
    ///   - dFeatures: with respect to each image's features, in lanes; used up.
    ///   - finished: called after each layer whose gradients are all added.
    func backpropagate(
        _ dFeatures: [Buffer<Float>], into gradients: inout ParameterBlock,
        finished: (_ layer: Int, _ gradients: ParameterBlock) -> Void = { _, _ in }
    ) {
        var dOutputs = dFeatures
        var sums = normSums(layer: layers.count - 1, dOutputs)
        for index in layers.indices.reversed() {
            let means = addNormGradients(layer: index, sums, into: &gradients)
            guard index > 0 else {
                let sum = firstWeightGradient(dOutputs, means)
                gradients.add(sum.span, to: .convolution(0))
                finished(0, gradients)
                buffers.return(dOutputs)
                return
            }
            let dProducts = weightGradient(
                layer: index, dOutputs, means, into: &gradients)
            finished(index, gradients)
            if layers[index].pooled { buffers.return(dOutputs) }
            (dOutputs, sums) = convolveBack(layer: index, dProducts)
            buffers.return(dProducts)
        }
    }

    /// What each part of the images adds to the gradients of one batch norm.
    private func normSums(layer index: Int, _ dOutputs: [Buffer<Float>]) -> [Buffer<Double>] {
        let output = plan.output(index)
        let parts = TrainingPlan.parts(of: output.rows.count)
        let sums = momentBuffers(imageCount * parts.count, output)
        pool.forEach(sums.count) { _, task in
            let (image, rows) = (task / parts.count, parts[task % parts.count])
            addNormSums(layer: index, image, rows, dOutputs[image], into: sums[task])
        }
        return sums
    }

    /// The part of some rows.
    private func addNormSums(
        layer index: Int, _ image: Int, _ rows: Range<Int>, _ dOutput: Buffer<Float>,
        into sums: Buffer<Double>
    ) {
        let (output, product) = (plan.output(index), plan.product(index))
        let (source, norm) = (products[index][image], norms[index].norm)
        var span = sums.mutableSpan()
        if layers[index].pooled {
            let full = product.part(cells(rows, of: product))
            norm.addPooledGradients(
                dOutput.span(output.range(rows)), pooled: output.part(rows),
                input: source.span(product.range(full.rows)), full: full, into: &span)
        } else {
            norm.addGradients(
                dOutput.span(output.range(rows)), input: source.span(output.range(rows)),
                layout: output.part(rows), into: &span)
        }
    }

    /// Adds the gradients of one batch norm's γ and β; returns `meanGradients`, as
    /// ``LaneNorm/backpropagate(_:input:layout:meanGradients:)`` wants them.
    private func addNormGradients(
        layer index: Int, _ partial: [Buffer<Double>], into gradients: inout ParameterBlock
    ) -> [Double] {
        let sums = treeSum(partial, on: pool)
        let channels = layers[index].outputs
        let padded = plan.output(index).lanes * laneWidth
        let (dShift, dScale) = (
            sums[..<channels].map { Float($0) },
            sums[padded..<padded + channels].map { Float($0) }
        )
        gradients.add(dShift.span, to: .shift(index))
        gradients.add(dScale.span, to: .scale(index))
        return sums.map { $0 / Double(norms[index].count) }
    }

    /// Turns the gradient of some rows of a layer's activations into that of its products.
    func backpropagateNorm(
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
        into gradients: inout ParameterBlock
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
            let tiles = last.first + convolution.grid.count(convolution.bands[last.band])
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
        let result = buffers.borrow(gradients.layout[.convolution(index)].count)
        pool.forEach(output.lanes) { _, lane in
            var target = result.mutableSpan()
            TileTransform.transformWeightGradient(
                sums.span(0..<plan.sumCount), lane: lane,
                inputs: convolution.shape.inputs, outputs: convolution.shape.outputs,
                into: &target)
        }
        gradients.add(result, to: .convolution(index), on: pool)
        buffers.return([result])
        return dProducts
    }

    /// The gradient of what a layer read, and what each band of it adds to the gradients of the
    /// batch norm before: summed while the band is in cache.
    private func convolveBack(
        layer index: Int, _ dProducts: [Buffer<Float>]
    ) -> ([Buffer<Float>], [Buffer<Double>]) {
        let convolution = plan.backward[index]
        let bands = convolution.bands
        let results = takeGradients()
        let sums = momentBuffers(imageCount * bands.count, plan.output(index - 1))
        pool.forEach(imageCount * bands.count) { worker, task in
            let (image, band) = (task / bands.count, bands[task % bands.count])
            var none = MutableSpan<Double>()
            convolve(
                dProducts[image], convolution.input, convolution, band,
                packed: network.backward[index], into: results[image], moments: &none,
                scratch: network.scratch.workers[worker])
            addNormSums(
                layer: index - 1, image, convolution.grid.outputRows(band), results[image],
                into: sums[task])
        }
        return (results, sums)
    }
}
