import IICKernels
import Testing

@Suite struct PixelSurroundingsTests {
    /// A pixel's values by band; nil where there is none.
    private typealias Row = [[Float]?]

    private static func row(_ columns: Int, channels: Int, seed: Int) -> Row {
        var noise = Noise(seed)
        let valid: [Int] = noise.integers(columns).map { Int($0) }
        let values: [Float] = converted(noise.integers(columns * channels))
        return (0..<columns).map { column in
            valid[column] > 2
                ? nil : values[column * channels..<(column + 1) * channels].map { $0 / 8 }
        }
    }

    private static func line(_ row: Row, channels: Int, count: Int, first: Int) -> PixelLine {
        let line = PixelLine(channels: channels, count: count, reach: 3)
        let values = row.flatMap { $0 ?? [Float](repeating: 0, count: channels) }
        line.fill(values.span, valid: row.map { $0 == nil ? 0 : 1 }.span, first: first)
        return line
    }

    @Test(arguments: [1, 15, 16, 33], [1, 4])
    func `means and deviations are those of the valid pixels among 7 × 7`(
        count: Int, channels: Int
    ) {
        for (first, more) in [(-3, 0), (-3, 2), (0, 0), (2, 9)] {
            let columns = first + 3 + count + more
            let rows = (0..<7).map { Self.row(columns, channels: channels, seed: $0 + count) }
            let lines = rows.map { Self.line($0, channels: channels, count: count, first: first) }
            let stride = (count + 15) / 16 * 16 + 16
            var scratch = [Float](
                repeating: 5,
                count: PixelSurroundings.scratchCount(channels: channels, stride: stride))
            let found: [Float] = written(2 * channels * stride) {
                var span = scratch.mutableSpan
                PixelSurroundings.features(lines, into: &$0, stride: stride, scratch: &span)
            }
            for band in 0..<channels {
                for pixel in 0..<count {
                    let place = first + 3 + pixel
                    let around = rows.flatMap { row in
                        (place - 3...place + 3).compactMap { column in
                            row.indices.contains(column) ? row[column]?[band] : nil
                        }
                    }.map(Double.init)
                    let n = Double(max(1, around.count))
                    let mean = around.reduce(0, +) / n
                    let variance = around.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
                    let deviation = Double(found[(channels + band) * stride + pixel])
                    #expect(abs(Double(found[band * stride + pixel]) - mean) < 1e-5)
                    #expect(abs(deviation * deviation - variance) < 1e-5, "\(pixel)")
                }
            }
            #expect(found.allSatisfy { $0.isFinite })
        }
    }

    @Test func `rows without any pixel have zeros`() {
        let lines = (0..<7).map { _ in PixelLine(channels: 2, count: 5, reach: 3) }
        var scratch = [Float](
            repeating: 5, count: PixelSurroundings.scratchCount(channels: 2, stride: 16))
        let found: [Float] = written(4 * 16) {
            var span = scratch.mutableSpan
            PixelSurroundings.features(lines, into: &$0, stride: 16, scratch: &span)
        }
        #expect(found.allSatisfy { $0 == 0 })
    }
}
