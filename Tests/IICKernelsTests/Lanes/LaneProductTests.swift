import Foundation
import IICKernels
import Testing

/// The kernels of the fast engine, each against a plain loop in double precision.
@Suite struct LaneTests {
    /// Repeatable numbers in −1…1.
    private func noise(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { Float(sin(Double($0 * 37 + seed * 1009) * 12.9898)) }
    }

    @Test(arguments: [
        (1, 1, 1), (3, 16, 1), (5, 9, 2), (8, 20, 3), (9, 20, 2), (12, 7, 2), (13, 36, 3),
        (16, 20, 2), (17, 9, 4), (20, 16, 2), (25, 40, 5), (28, 5, 3), (48, 64, 8), (96, 33, 4),
    ])
    func `a product in lanes is that of plain loops`(rows: Int, depth: Int, lanes: Int) {
        let unit = LaneProduct.leftover
        let capacity = (rows + unit - 1) / unit * unit
        let columns = lanes * laneWidth
        let matrix = noise(depth * columns, seed: 1)
        var packed = [Float](
            repeating: 0, count: LaneProduct.packedCount(depth: depth, lanes: lanes))
        do {
            var span = packed.mutableSpan
            LaneProduct.pack(depth: depth, lanes: lanes, into: &span) { matrix[$0 * columns + $1] }
        }
        let a = Buffer(noise(IICKernels.lanes(depth) * capacity * laneWidth, seed: 2))
        let b = Buffer(packed)
        let c = Buffer<Float>(repeating: 7, count: lanes * capacity * laneWidth)
        do {
            var span = c.mutableSpan()
            multiplyLanes(
                a.span(), rows: rows, depth: depth, packed: b.span(), lanes: lanes, into: &span,
                capacity: capacity)
        }
        let (left, result) = (a.array, c.array)
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = 0.0
                for k in 0..<depth {
                    let value = left[(k / 16 * capacity + row) * 16 + k % 16]
                    sum += Double(value) * Double(matrix[k * columns + column])
                }
                let found = result[(column / 16 * capacity + row) * 16 + column % 16]
                #expect(abs(Double(found) - sum) < 1e-5, "row \(row) column \(column)")
            }
        }
    }

    @Test func `a row's bits do not depend on how many are multiplied`() {
        let (capacity, depth, lanes) = (40, 36, 3)
        let a = Buffer(noise(IICKernels.lanes(depth) * capacity * laneWidth, seed: 1))
        let packed = Buffer(
            noise(LaneProduct.packedCount(depth: depth, lanes: lanes), seed: 2))
        func product(_ rows: Int) -> [Float] {
            let c = Buffer<Float>(repeating: 7, count: lanes * capacity * laneWidth)
            var span = c.mutableSpan()
            multiplyLanes(
                a.span(), rows: rows, depth: depth, packed: packed.span(), lanes: lanes,
                into: &span, capacity: capacity)
            return c.array
        }
        let all = product(capacity)
        for rows in 1..<capacity {
            let some = product(rows)
            for lane in 0..<lanes {
                let first = lane * capacity * laneWidth
                let range = first..<first + rows * laneWidth
                #expect(some[range] == all[range], "\(rows) rows")
            }
        }
    }

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
        let weights = noise(9 * inputs * outputs, seed: 3)
        let scale = noise(outputs, seed: 4)
        let bias = noise(lanes(outputs) * laneWidth, seed: 5)
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
        let source = Buffer(noise(height * rowSize, seed: 6))
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

    @Test func `the exponential is within three units in the last place`() {
        for step in 0..<4000 {
            let x = Float(step) * 0.0437 - 87
            let found = exponential(Lane(repeating: x))[step % 16]
            let exact = Foundation.exp(Double(x))
            #expect(abs(Double(found) - exact) <= 3 * Double(Float(exact).ulp), "\(x)")
        }
    }

    @Test(arguments: [1, 2, 6, 19, 40])
    func `probabilities and labels are those of plain loops`(classes: Int) {
        let (columns, width) = (53, 56)
        let logits = noise(lanes(classes) * width * laneWidth, seed: 8).map { $0 * 6 }
        var row = [Float](repeating: -1, count: classes * width)
        do {
            var span = row.mutableSpan
            HeadRows.softmax(
                logits.span, columns: 0..<columns, capacity: width, classes: classes,
                into: &span, width: width, first: 2)
        }
        for column in 0..<columns {
            let powers = (0..<classes).map {
                Foundation.exp(Double(logits[($0 / 16 * width + column) * 16 + $0 % 16]))
            }
            for k in 0..<classes {
                let exact = powers[k] / powers.reduce(0, +)
                #expect(abs(Double(row[k * width + column + 2]) - exact) < 1e-6)
            }
        }
        // An exact doubling takes the fast path, the same places one by one the plain one.
        let places = (0..<2 * columns - 2).map { x in
            let position = 2 + (Double(x) + 0.5) / 2
            return HeadRows.Place(
                low: Int(position), high: Int(position) + 1,
                weight: Float(position - position.rounded(.down)))
        }
        let labels = labels(row, classes: classes, places: places, width: width)
        for (index, place) in places.enumerated() {
            let alone = self.labels(row, classes: classes, places: [place], width: width)
            #expect(labels[index] == alone[0], "column \(index)")
        }
    }

    private func labels(
        _ row: [Float], classes: Int, places: [HeadRows.Place], width: Int
    ) -> [UInt16] {
        var labels = [UInt16](repeating: 99, count: places.count)
        var span = labels.mutableSpan
        HeadRows.label(
            row.span, classes: classes, columns: HeadRows.Columns(places, width: width),
            into: &span)
        return labels
    }

    /// Where images lie side by side, a run of 32 outputs may begin and end as a doubling does and
    /// be none.
    @Test(arguments: 1..<16) func `a doubling that is broken in the middle is none`(at: Int) {
        let (classes, width) = (5, 64)
        let row = noise(classes * width, seed: 3)
        let places = (0..<16).flatMap { pair -> [HeadRows.Place] in
            // Another image begins at pair `at`; one column is left out and one comes twice.
            let low = 20 + (pair == at ? pair - 1 : pair)
            return [0.25, 0.75].map { HeadRows.Place(low: low, high: low + 1, weight: $0) }
        }
        let labels = labels(row, classes: classes, places: places, width: width)
        for (index, place) in places.enumerated() {
            let alone = self.labels(row, classes: classes, places: [place], width: width)
            #expect(labels[index] == alone[0], "column \(index)")
        }
    }

    @Test func `labels beyond 255 are told apart`() {
        let classes = 600
        var row = [Float](repeating: 0, count: classes * 40)
        for column in 0..<40 {
            let label: Int = 100 + 12 * column
            row[label * 40 + column] = 1
        }
        let places = (0..<40).map { HeadRows.Place(low: $0, high: $0, weight: 0) }
        let expected: [UInt16] = Array(stride(from: 100, to: 580, by: 12))
        #expect(labels(row, classes: classes, places: places, width: 40) == expected)
    }
}
