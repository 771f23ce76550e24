import IICKernels
import Testing

/// The kernels of training in tiles and lanes, each against plain loops in double precision.
@Suite struct TrainingKernelTests {
    static let shapes = [
        ConvolutionShape(inputs: 3, outputs: 5, height: 7, width: 9, padding: 1),
        ConvolutionShape(inputs: 17, outputs: 33, height: 12, width: 5, padding: 1),
        ConvolutionShape(inputs: 20, outputs: 18, height: 13, width: 14, dilation: 2, padding: 1),
        ConvolutionShape(inputs: 16, outputs: 16, height: 9, width: 11, dilation: 2, padding: 2),
        ConvolutionShape(inputs: 2, outputs: 40, height: 6, width: 10, dilation: 2, padding: 3),
        ConvolutionShape(inputs: 4, outputs: 4, height: 1, width: 1, padding: 1),
        // Both phases of the dilation end in one tile.
        ConvolutionShape(inputs: 18, outputs: 17, height: 15, width: 28, dilation: 2, padding: 2),
        ConvolutionShape(inputs: 3, outputs: 20, height: 16, width: 27, dilation: 2, padding: 1),
        ConvolutionShape(inputs: 5, outputs: 3, height: 3, width: 2, dilation: 2, padding: 2),
    ]

    /// `(H, W, C)` in lanes; `beyond` where a channel or column is no true one.
    private func inLanes(
        _ values: [Double], _ layout: LaneRows, channels: Int, beyond: Float = 0
    ) -> Buffer<Float> {
        var result = [Float](repeating: beyond, count: layout.count)
        for index in values.indices {
            result[place(index, layout, channels)] = Float(values[index])
        }
        return Buffer(result)
    }

    private func place(_ index: Int, _ layout: LaneRows, _ channels: Int) -> Int {
        let (pixel, c) = (index / channels, index % channels)
        return pixel / layout.width * layout.rowStride + c / laneWidth * layout.laneStride
            + pixel % layout.width * laneWidth + c % laneWidth
    }

    private struct Case {
        let shape: ConvolutionShape
        let grid: TileGrid
        let tiles: [TileGrid.Tile]
        let input: LaneRows
        let output: LaneRows

        init(_ shape: ConvolutionShape) {
            self.shape = shape
            grid = TileGrid(shape)
            tiles = grid.tiles(0..<grid.groups)
            input = LaneRows(height: shape.height, channels: shape.inputs, width: shape.width)
            output = LaneRows(
                height: shape.outputHeight, channels: shape.outputs, width: shape.outputWidth)
        }

        func planes(_ layout: LaneRows) -> Int {
            TileTransform.algorithm.planes
                * Winograd.planeStride(lanes: layout.lanes, capacity: capacity)
        }
        var capacity: Int {
            (tiles.count + LaneProduct.leftover - 1) / LaneProduct.leftover * LaneProduct.leftover
        }
    }

    @Test(arguments: shapes) func `tiles cover each output once`(_ shape: ConvolutionShape) {
        let data = Case(shape)
        var times = [Int](repeating: 0, count: shape.outputHeight * shape.outputWidth)
        for tile in data.tiles {
            for y in 0..<8 where tile.rows.outputs[y] >= 0 {
                for x in 0..<8 where tile.columns.outputs[x] >= 0 {
                    times[
                        Int(tile.rows.outputs[y]) * shape.outputWidth
                            + Int(tile.columns.outputs[x])] += 1
                }
            }
        }
        #expect(data.tiles.count == data.grid.count)
        #expect(times.allSatisfy { $0 == 1 })
    }

    @Test(arguments: [(98, 17), (100, 17), (96, 16), (97, 17), (103, 18), (107, 18)])
    func `what is left of a dilated axis is one tile where it fits`(size: Int, tiles: Int) {
        let shape = ConvolutionShape(
            inputs: 1, outputs: 1, height: size, width: 6, dilation: 2, padding: 2)
        #expect(TileGrid(shape).count == 2 * tiles)
    }

    @Test(arguments: shapes) func `a convolution in tiles is that of plain loops`(
        _ shape: ConvolutionShape
    ) {
        let data = Case(shape)
        var noise = Noise(1)
        let input = noise.reals(shape.height * shape.width * shape.inputs)
        let weights = noise.reals(shape.taps * shape.outputs)
        let single: [Float] = converted(weights)
        let ones = [Float](repeating: 1, count: shape.outputs)
        let packed = Buffer<Float>(
            repeating: .nan,
            count: TileTransform.algorithm.packedCount(inputs: shape.inputs, outputs: shape.outputs)
        )
        let (side, planes) = (TileTransform.algorithm.inputs, TileTransform.algorithm.planes)
        let size = packed.count / side
        for row in 0..<side {
            var span = packed.mutableSpan(row * size..<(row + 1) * size)
            TileTransform.algorithm.transformWeights(
                single.span, scale: ones.span, inputs: shape.inputs, outputs: shape.outputs,
                row: row, into: &span)
        }
        // Columns beyond the width hold nothing that may be read.
        let source = inLanes(input, data.input, channels: shape.inputs)
        let v = Buffer<Float>(repeating: 0, count: data.planes(data.input))
        let m = Buffer<Float>(repeating: .nan, count: data.planes(data.output))
        do {
            var span = v.mutableSpan()
            TileTransform.transformInputs(
                source.span(), layout: data.input, shape: shape, tiles: data.tiles.span,
                into: &span, first: 0, capacity: data.capacity)
        }
        for plane in 0..<planes {
            var span = m.mutableSpan(plane * m.count / planes..<(plane + 1) * m.count / planes)
            multiplyLanes(
                v.span(plane * v.count / planes..<(plane + 1) * v.count / planes),
                rows: data.tiles.count, depth: data.input.lanes * laneWidth,
                packed: packed.span(
                    plane * packed.count / planes..<(plane + 1) * packed.count / planes),
                lanes: data.output.lanes, into: &span, capacity: data.capacity)
        }
        let output = Buffer<Float>(repeating: .nan, count: data.output.count)
        let moments = Buffer<Double>(repeating: 3, count: 2 * data.output.lanes * laneWidth)
        do {
            var span = output.mutableSpan()
            var sums = moments.mutableSpan()
            TileTransform.transformOutputs(
                m.span(), lanes: data.output.lanes, firstLane: 0, tiles: data.tiles.span,
                capacity: data.capacity, dilation: shape.dilation, into: &span,
                layout: data.output, moments: &sums)
        }
        let expected = Oracle.convolve(input, weights, shape)
        let values = output.array
        let found = expected.indices.map { values[place($0, data.output, shape.outputs)] }
        #expect(distance(found, expected) < 2e-4)
        for c in 0..<shape.outputs {
            let channel = stride(from: c, to: found.count, by: shape.outputs).map {
                Double(found[$0])
            }
            let squares = moments.array[data.output.lanes * laneWidth + c]
            #expect(abs(moments.array[c] - 3 - channel.reduce(0, +)) < 1e-9)
            #expect(abs(squares - 3 - channel.reduce(0) { $0 + $1 * $1 }) < 1e-9)
        }
    }

    @Test(arguments: shapes) func `the weights' gradient in tiles is that of plain loops`(
        _ shape: ConvolutionShape
    ) {
        let data = Case(shape)
        var noise = Noise(2)
        let input = noise.reals(shape.height * shape.width * shape.inputs)
        let dOutput = noise.reals(shape.outputHeight * shape.outputWidth * shape.outputs)
        let source = inLanes(input, data.input, channels: shape.inputs)
        let gradient = inLanes(dOutput, data.output, channels: shape.outputs)
        let v = Buffer<Float>(repeating: .nan, count: data.planes(data.input))
        let w = Buffer<Float>(repeating: .nan, count: data.planes(data.output))
        // In two parts, as bands are.
        let middle = data.tiles.count / 2
        for part in [0..<middle, middle..<data.tiles.count] {
            let tiles = data.tiles.span.extracting(part)
            var vSpan = v.mutableSpan()
            TileTransform.transformInputs(
                source.span(), layout: data.input, shape: shape, tiles: tiles, into: &vSpan,
                first: part.lowerBound, capacity: data.capacity)
            var wSpan = w.mutableSpan()
            TileTransform.transformGradients(
                gradient.span(), layout: data.output, shape: shape, tiles: tiles, into: &wSpan,
                first: part.lowerBound, capacity: data.capacity)
        }
        let plane = data.input.lanes * data.output.lanes * laneWidth * laneWidth
        let planes = TileTransform.algorithm.planes
        let sums = Buffer<Float>(repeating: 0, count: planes * plane)
        for index in 0..<planes {
            var span = sums.mutableSpan(index * plane..<(index + 1) * plane)
            addTransposedProduct(
                v.span(index * v.count / planes..<(index + 1) * v.count / planes),
                lanes: data.input.lanes, stride: data.capacity * laneWidth,
                w.span(index * w.count / planes..<(index + 1) * w.count / planes),
                lanes: data.output.lanes, stride: data.capacity * laneWidth,
                rows: data.tiles.count, into: &span)
        }
        let dWeights: [Float] = written(shape.taps * shape.outputs) { target in
            for lane in 0..<data.output.lanes {
                TileTransform.transformWeightGradient(
                    sums.span(), lane: lane, inputs: shape.inputs, outputs: shape.outputs,
                    into: &target)
            }
        }
        #expect(distance(dWeights, Oracle.weightGradient(input, dOutput, shape)) < 2e-4)
    }

    @Test(arguments: [(1, 1, 1), (2, 3, 5), (3, 2, 208), (1, 5, 401)])
    func `a product of the first transposed is that of plain loops, and added`(
        lanesA: Int, lanesB: Int, rows: Int
    ) {
        var noise = Noise(3)
        let (strideA, strideB) = (rows * laneWidth + 16, rows * laneWidth + 48)
        let a: [Float] = converted(noise.integers(lanesA * strideA))
        let b: [Float] = converted(noise.integers(lanesB * strideB))
        let (left, right) = (Buffer(a), Buffer(b))
        let depth = lanesA * laneWidth
        let c = Buffer<Float>(repeating: 2, count: lanesB * depth * laneWidth)
        do {
            var span = c.mutableSpan()
            addTransposedProduct(
                left.span(), lanes: lanesA, stride: strideA, right.span(), lanes: lanesB,
                stride: strideB, rows: rows, into: &span)
        }
        let result = c.array
        for i in 0..<depth {
            for n in 0..<lanesB * laneWidth {
                var sum: Float = 2
                for k in 0..<rows {
                    sum +=
                        a[i / 16 * strideA + k * 16 + i % 16]
                        * b[n / 16 * strideB + k * 16 + n % 16]
                }
                #expect(result[(n / 16 * depth + i) * 16 + n % 16] == sum)
            }
        }
    }
}
