/// Where the samples of a bilinear resize lie along one axis, half-pixel centres
/// (`align_corners=False`): source = (target + 0.5) · scale − 0.5, not below 0.
public struct ResizeAxis: Sendable {
    let low: [Int]
    let high: [Int]
    /// Weight of `high`; that of `low` is the rest.
    let weight: [Float]
    let source: Int

    /// - Parameters:
    ///   - source: samples in the source.
    ///   - target: samples to make; may be fewer than source / scale (the rest is cropped).
    ///   - scale: source samples a target sample; source / full target size.
    public init(source: Int, target: Int, scale: Double) {
        let positions = (0..<target).map { max(0, (Double($0) + 0.5) * scale - 0.5) }
        low = positions.map { min(Int($0), source - 1) }
        high = low.map { min($0 + 1, source - 1) }
        weight = zip(positions, low).map { Float($0 - Double($1)) }
        self.source = source
    }

    public var count: Int { low.count }
}

/// Bilinear resize of one image.
///
/// - Parameters:
///   - input: `(H, W, K)` with H and W the axes' source sizes.
///   - output: `(H′, W′, K)`, overwritten.
public func resize(
    _ input: Span<Float>, into output: inout MutableSpan<Float>, rows: ResizeAxis,
    columns: ResizeAxis, channels: Int
) {
    check(input.count == rows.source * columns.source * channels)
    check(output.count == rows.count * columns.count * channels)
    for y in 0..<rows.count {
        let above = rows.low[y] * columns.source * channels
        let below = rows.high[y] * columns.source * channels
        let v = rows.weight[y]
        for x in 0..<columns.count {
            let left = columns.low[x] * channels
            let right = columns.high[x] * channels
            let u = columns.weight[x]
            let o = (y * columns.count + x) * channels
            for k in 0..<channels {
                let top = (1 - u) * input[above + left + k] + u * input[above + right + k]
                let bottom = (1 - u) * input[below + left + k] + u * input[below + right + k]
                output[o + k] = (1 - v) * top + v * bottom
            }
        }
    }
}
