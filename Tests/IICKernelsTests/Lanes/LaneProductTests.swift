import IICKernels
import Testing

/// Against plain loops in double precision.
@Suite struct LaneProductTests {
    @Test(arguments: [
        (1, 1, 1), (3, 16, 1), (5, 9, 2), (8, 20, 3), (9, 20, 2), (12, 7, 2), (13, 36, 3),
        (16, 20, 2), (17, 9, 4), (20, 16, 2), (25, 40, 5), (28, 5, 3), (48, 64, 8), (96, 33, 4),
    ])
    func `a product in lanes is that of plain loops`(rows: Int, depth: Int, lanes: Int) {
        let unit = LaneProduct.leftover
        let capacity = (rows + unit - 1) / unit * unit
        let columns = lanes * laneWidth
        let matrix = waves(depth * columns, seed: 1)
        var packed = [Float](
            repeating: 0, count: LaneProduct.packedCount(depth: depth, lanes: lanes))
        do {
            var span = packed.mutableSpan
            LaneProduct.pack(depth: depth, lanes: lanes, into: &span) { matrix[$0 * columns + $1] }
        }
        let a = Buffer(waves(IICKernels.lanes(depth) * capacity * laneWidth, seed: 2))
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
        let a = Buffer(waves(IICKernels.lanes(depth) * capacity * laneWidth, seed: 1))
        let packed = Buffer(
            waves(LaneProduct.packedCount(depth: depth, lanes: lanes), seed: 2))
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
}
