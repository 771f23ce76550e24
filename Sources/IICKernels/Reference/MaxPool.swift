/// Halves an image by keeping the largest value of each 2 × 2 cell.
///
/// - Parameters:
///   - input: `(H, W, C)`.
///   - output: `(H′, W′, C)`, overwritten; `ceiling` counts a cell that the edge cuts
///     (H′ = (H + 1) / 2), otherwise it is dropped (H′ = H / 2).
///
/// Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.3.
public func maxPool(
    _ input: Span<Float>, into output: inout MutableSpan<Float>,
    channels: Int, height: Int, width: Int, ceiling: Bool
) {
    let (rows, columns) = pooledSize(height: height, width: width, ceiling: ceiling)
    check(input.count == height * width * channels && output.count == rows * columns * channels)
    for row in 0..<rows {
        let below = 2 * row + 1 < height ? width * channels : 0
        for column in 0..<columns {
            let right = 2 * column + 1 < width ? channels : 0
            let i = (2 * row * width + 2 * column) * channels
            let o = (row * columns + column) * channels
            for c in 0..<channels {
                output[o + c] = max(
                    max(input[i + c], input[i + right + c]),
                    max(input[i + below + c], input[i + below + right + c]))
            }
        }
    }
}

/// Rows and columns that ``maxPool(_:into:channels:height:width:ceiling:)`` leaves.
public func pooledSize(height: Int, width: Int, ceiling: Bool) -> (height: Int, width: Int) {
    ceiling ? ((height + 1) / 2, (width + 1) / 2) : (height / 2, width / 2)
}
