import IICKernels
import Testing

/// Against a plain loop in double precision.
@Suite struct WinogradTests {
    /// One tile from transformed weights and inputs to outputs, as the definition has it.
    @Test(
        arguments: Winograd.allCases,
        [(3, 5, 1), (16, 16, 1), (20, 35, 1), (17, 33, 2), (40, 130, 2)])
    func `a Winograd tile is the convolution`(
        winograd: Winograd, sizes: (inputs: Int, outputs: Int, dilation: Int)
    ) {
        let (inputs, outputs, dilation) = sizes
        let (side, tileSide) = (winograd.inputs, winograd.outputs)
        let planes = winograd.planes
        let weights = waves(9 * inputs * outputs, seed: 3)
        let scale = waves(outputs, seed: 4)
        let bias = waves(lanes(outputs) * laneWidth, seed: 5)
        let (inputLanes, outputLanes) = (lanes(inputs), lanes(outputs))
        let size = winograd.packedCount(inputs: inputs, outputs: outputs) / side
        let packed = Buffer<Float>(repeating: 0, count: side * size)
        for row in 0..<side {
            var span = packed.mutableSpan(row * size..<(row + 1) * size)
            winograd.transformWeights(
                weights.span, scale: scale.span, inputs: inputs, outputs: outputs, row: row,
                into: &span)
        }
        let height = side * dilation
        let rowSize = inputLanes * height * laneWidth
        let source = Buffer(waves(height * rowSize, seed: 6))
        let tiles = (0..<dilation * dilation).map { index in
            WinogradTile(
                phase: index / dilation, source: index % dilation * laneWidth,
                target: index % dilation * laneWidth, columns: 0..<tileSide,
                inside: tileSide)
        }
        let capacity = 12
        let v = Buffer<Float>(
            repeating: 0,
            count: planes * Winograd.planeStride(lanes: inputLanes, capacity: capacity))
        let m = Buffer<Float>(
            repeating: 0,
            count: planes * Winograd.planeStride(lanes: outputLanes, capacity: capacity))
        let starts = (0..<height).map { $0 * rowSize }
        do {
            var span = v.mutableSpan()
            winograd.transformInputs(
                source.span(), rows: starts.span, tiles: tiles.span, lanes: inputLanes,
                laneStride: height * laneWidth, dilation: dilation, into: &span, capacity: capacity)
        }
        let (vStride, mStride) = (v.count / planes, m.count / planes)
        for plane in 0..<planes {
            var span = m.mutableSpan(plane * mStride..<(plane + 1) * mStride)
            multiplyLanes(
                v.span(plane * vStride..<(plane + 1) * vStride), rows: tiles.count,
                depth: inputLanes * laneWidth,
                packed: packed.span(
                    plane * (packed.count / planes)..<(plane + 1) * (packed.count / planes)),
                lanes: outputLanes, into: &span, capacity: capacity)
        }
        let outputSide = tileSide * dilation
        let outputRow = outputLanes * outputSide * laneWidth
        let output = Buffer<Float>(repeating: -1, count: outputSide * outputRow)
        let targets = (0..<outputSide).map { $0 * outputRow }
        do {
            var span = output.mutableSpan()
            winograd.transformOutputs(
                m.span(), bias: bias.span, tiles: tiles.span, lanes: outputLanes,
                capacity: capacity, into: &span, rows: targets.span,
                target: Winograd.Target(
                    laneStride: outputSide * laneWidth, dilation: dilation, pooled: false,
                    insideRows: outputSide, firstLane: 0))
        }
        let (image, result) = (source.array, output.array)
        for y in 0..<outputSide {
            for x in 0..<outputSide {
                for o in 0..<outputs {
                    var sum = Double(bias[o])
                    for tap in 0..<9 {
                        let (row, column) = (y + tap / 3 * dilation, x + tap % 3 * dilation)
                        for i in 0..<inputs {
                            let at = row * rowSize + (i / 16 * height + column) * 16 + i % 16
                            let weight = weights[(tap * inputs + i) * outputs + o]
                            sum += Double(image[at]) * Double(weight) * Double(scale[o])
                        }
                    }
                    let at = y * outputRow + (o / 16 * outputSide + x) * 16 + o % 16
                    #expect(abs(Double(result[at]) - max(0, sum)) < 3e-4, "\(y) \(x) \(o)")
                }
            }
        }
    }
}
