import IICKernels
import Testing

@Suite struct PixelNeighbourhoodTests {
    /// A row of a scene: whole numbers, so that sums are exact, and a third of it invalid.
    private struct Row {
        let channels: Int
        let values: [Float]
        let valid: [UInt8]

        init(columns: Int, channels: Int, seed: Int) {
            var noise = Noise(seed)
            self.channels = channels
            valid = noise.integers(columns).map { $0 > 2 ? 0 : 1 }
            values = converted(noise.integers(columns * channels))
        }

        func line(count: Int, first: Int) -> PixelLine {
            let line = PixelLine(channels: channels, count: count)
            // Nothing may stay of a row that it held before.
            let other = [Float](repeating: 77, count: (count + 2) * channels)
            line.fill(other.span, valid: [UInt8](repeating: 1, count: count + 2).span, first: 0)
            line.fill(values.span, valid: valid.span, first: first)
            return line
        }

        /// A band's value; nil where there is none.
        subscript(column: Int, band: Int) -> Float? {
            guard valid.indices.contains(column), valid[column] != 0 else { return nil }
            return values[column * channels + band]
        }
    }

    /// - Parameters:
    ///   - first: which pixel of the scene lies in front of the row's first; the scene begins with 0.
    ///   - more: pixels of the scene behind the row's last.
    private func expect(_ count: Int, channels: Int, first: Int, more: Int, rows: [Row?]) {
        let stride = (count + 15) / 16 * 16 + 16
        let lines = rows.map {
            $0?.line(count: count, first: first) ?? PixelLine(channels: channels, count: count)
        }
        let features: [Float] = written(2 * channels * stride) {
            PixelNeighbourhood.features(
                above: lines[0], row: lines[1], below: lines[2], into: &$0, stride: stride)
        }
        for band in 0..<channels {
            for pixel in 0..<count {
                let place = first + 1 + pixel
                let around = rows.flatMap { row in
                    (place - 1...place + 1).compactMap { row?[$0, band] }
                }
                let mean = around.reduce(0, +) / Float(max(1, around.count))
                #expect(features[band * stride + pixel] == rows[1]?[place, band] ?? 0)
                #expect(features[(channels + band) * stride + pixel] == mean)
            }
        }
        // What lies beyond is of no use, and a number all the same.
        #expect(features.allSatisfy { $0.isFinite })
    }

    @Test(arguments: [1, 15, 16, 17, 33], [1, 4])
    func `means are those of the valid pixels among 3 × 3, in and at the edges of a scene`(
        count: Int, channels: Int
    ) {
        for (first, more) in [(-1, 0), (-1, 5), (3, 0), (0, 1), (6, 9)] {
            let rows = (0..<3).map {
                Row(columns: first + 1 + count + more, channels: channels, seed: $0 + count)
            }
            expect(count, channels: channels, first: first, more: more, rows: rows)
            expect(
                count, channels: channels, first: first, more: more, rows: [nil, rows[1], rows[2]])
            expect(
                count, channels: channels, first: first, more: more, rows: [nil, rows[1], nil])
        }
    }
}
