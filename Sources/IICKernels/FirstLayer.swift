/// The first convolution, plain: its few channels leave Winograd nothing to save.
public enum FirstLayer {
    /// Lays out what a 3 × 3 kernel sees along part of a row as rows of a product in lanes.
    ///
    /// - Parameters:
    ///   - source: rows of `(columns, channels)`.
    ///   - rows: where the three rows start in `source`, zeros beyond the scene.
    ///   - columns: output columns; column x sees the source's x, x + 1 and x + 2.
    ///   - a: `(lanes(9 · channels), capacity, 16)`, overwritten as far as columns and taps go.
    public static func gather(
        _ source: Span<Float>, rows: (Int, Int, Int), columns: Range<Int>, channels: Int,
        into a: inout MutableSpan<Float>, capacity: Int
    ) {
        let span = 3 * channels
        check(columns.count <= capacity && columns.lowerBound >= 0)
        check(a.count >= lanes(3 * span) * capacity * laneWidth)
        for start in [rows.0, rows.1, rows.2] {
            check(start >= 0 && start + (columns.upperBound + 2) * channels <= source.count)
        }
        for (part, start) in [rows.0, rows.1, rows.2].enumerated() {
            for k in 0..<span {
                let tap = part * span + k
                let target = tap / laneWidth * capacity * laneWidth + tap % laneWidth
                let first = start + columns.lowerBound * channels + k
                for column in 0..<columns.count {
                    a[target + column * laneWidth] = source[first + column * channels]
                }
            }
        }
    }

    /// Adds the bias to a run of products, rectifies, and moves them to a row of activations.
    ///
    /// - Parameters:
    ///   - c: `(lanes, capacity, 16)`.
    ///   - bias: `(lanes, 16)`.
    ///   - output: from the first column on; lanes are `laneStride` floats apart.
    public static func rectify(
        _ c: Span<Float>, columns: Int, capacity: Int, bias: Span<Float>, laneStride: Int,
        into output: inout MutableSpan<Float>
    ) {
        let lanes = bias.count / laneWidth
        check(c.count >= lanes * capacity * laneWidth && columns <= capacity)
        check(output.count >= (lanes - 1) * laneStride + columns * laneWidth)
        for lane in 0..<lanes {
            for column in 0..<columns {
                let from = (lane * capacity + column) * laneWidth
                let to = lane * laneStride + column * laneWidth
                for k in 0..<laneWidth {
                    output[to + k] = max(0, c[from + k] + bias[lane * laneWidth + k])
                }
            }
        }
    }
}
