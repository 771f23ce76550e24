import IICInfer
import IICKernels

/// The first layer, whose four channels would leave most of a lane empty: a plain product of all
/// taps, there and back, instead of tiles.
extension GroupPass {
    func convolveFirst() -> ([Buffer<Float>], [Buffer<Double>]) {
        let layout = plan.product(0)
        let parts = TrainingPlan.parts(of: layout.rows.count)
        let products = images.map { _ in buffers.borrow(layout.count) }
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
        return (products, sums)
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

    func firstWeightGradient(
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
        let sum = treeSum(partial, on: pool)
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
