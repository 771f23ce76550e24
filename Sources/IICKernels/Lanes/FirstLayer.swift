/// The first convolution, plain: its few channels leave Winograd nothing to save.
public enum FirstLayer {
    /// Rows of the product's matrix: three runs of 3 · channels taps, each filled up to whole lanes.
    public static func depth(channels: Int) -> Int { 3 * lanes(3 * channels) * laneWidth }

    /// Packs 3 × 3 weights for the product.
    ///
    /// - Parameters:
    ///   - weights: `(3, 3, channels, outputs)`.
    ///   - scale: what each output channel is multiplied by.
    public static func pack(
        _ weights: Span<Float>, scale: Span<Float>, channels: Int,
        into packed: inout MutableSpan<Float>
    ) {
        let outputs = scale.count
        check(weights.count == 9 * channels * outputs)
        let run = lanes(3 * channels) * laneWidth
        LaneProduct.pack(depth: 3 * run, lanes: lanes(outputs), into: &packed) { k, n in
            let (row, tap) = (k / run, k % run)
            guard tap < 3 * channels, n < outputs else { return 0 }
            return weights[(row * 3 * channels + tap) * outputs + n] * scale[n]
        }
    }

    /// Floats that ``gather(_:rows:columns:channels:into:capacity:)`` may read after a row's last
    /// column; they do not count, but must be finite.
    public static let overrun = laneWidth

    /// Lays out what a 3 × 3 kernel sees along part of a row as rows of a product in lanes.
    ///
    /// - Parameters:
    ///   - source: rows of `(columns, channels)`.
    ///   - rows: where the three rows start in `source`, zeros beyond the scene.
    ///   - columns: output columns; column x sees the source's x, x + 1 and x + 2.
    ///   - a: `(depth / 16, capacity, 16)`, overwritten as far as columns go.
    public static func gather(
        _ source: Span<Float>, rows: (Int, Int, Int), columns: Range<Int>, channels: Int,
        into a: inout MutableSpan<Float>, capacity: Int
    ) {
        let runs = lanes(3 * channels)
        check(columns.count <= capacity && columns.lowerBound >= 0)
        check(a.count >= 3 * runs * capacity * laneWidth)
        for start in [rows.0, rows.1, rows.2] {
            let last = start + (columns.upperBound - 1) * channels + runs * laneWidth
            check(start >= 0 && last <= source.count)
        }
        source.withUnsafeBytes { source in
            a.withUnsafeMutableBytes { a in
                guard let source = source.baseAddress,
                    let a = a.baseAddress?.assumingMemoryBound(to: Lane.self)
                else { return }
                for (part, start) in [rows.0, rows.1, rows.2].enumerated() {
                    for run in 0..<runs {
                        let target = a + (part * runs + run) * capacity
                        let first = start + columns.lowerBound * channels + run * laneWidth
                        for column in 0..<columns.count {
                            target[column] = source.loadUnaligned(
                                fromByteOffset: 4 * (first + column * channels), as: Lane.self)
                        }
                    }
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
        c.withUnsafeBytes { c in
            bias.withUnsafeBytes { bias in
                output.withUnsafeMutableBufferPointer { output in
                    guard let c = c.baseAddress?.assumingMemoryBound(to: Lane.self),
                        let bias = bias.baseAddress?.assumingMemoryBound(to: Lane.self),
                        let output = output.baseAddress
                    else { return }
                    for lane in 0..<lanes {
                        let target = UnsafeMutableRawPointer(output + lane * laneStride)
                            .assumingMemoryBound(to: Lane.self)
                        for column in 0..<columns {
                            target[column] = largest(
                                c[lane * capacity + column] + bias[lane], Lane())
                        }
                    }
                }
            }
        }
    }
}
