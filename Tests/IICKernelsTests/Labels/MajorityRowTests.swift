import IICKernels
import Testing

@Suite struct MajorityRowTests {
    @Test(arguments: [1, 2, 16, 17, 40, 255], [0, 1, 4])
    func `labels are those of counts in plain loops`(classes: Int, radius: Int) {
        let (width, height, nodata) = (23, 2 * radius + 1, UInt8(255))
        let noise = waves(width * height, seed: classes + radius)
        let rows = (0..<height).map { row in
            (0..<width).map { column -> UInt8 in
                let value = (noise[row * width + column] + 1) / 2
                return value > 0.8 ? nodata : UInt8(min(classes - 1, Int(value * Float(classes))))
            }
        }
        let stride = MajorityRow.stride(classes: classes)
        var counts = [UInt8](repeating: 0, count: width * stride)
        // A row that was there before, and has left.
        for (row, leaves) in [(rows[0], false), (rows[0], true)] + rows.map({ ($0, false) }) {
            var span = counts.mutableSpan
            MajorityRow.count(
                row.span, leaves: leaves, nodata: nodata, into: &span, stride: stride)
        }
        let middle = rows[radius]
        for columns in [0..<width, 3..<9, 22..<23] {
            var output = [UInt8](repeating: 77, count: columns.count)
            do {
                var span = output.mutableSpan
                MajorityRow.label(
                    middle.span, counts: counts.span, stride: stride, radius: radius,
                    columns: columns, nodata: nodata, into: &span)
            }
            let expected = columns.map { column -> UInt8 in
                guard middle[column] != nodata else { return nodata }
                var votes = [Int](repeating: 0, count: 256)
                for row in rows {
                    for other in max(0, column - radius)...min(width - 1, column + radius) {
                        votes[Int(row[other])] += 1
                    }
                }
                votes[Int(nodata)] = 0
                let most = votes.max() ?? 0
                let own = votes[Int(middle[column])] == most
                return own ? middle[column] : UInt8(votes.firstIndex(of: most) ?? 0)
            }
            #expect(output == expected)
        }
    }
}
