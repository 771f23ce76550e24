/// One row of a bilinear resize, in double precision, each pixel times its mask.
///
/// - Parameters:
///   - y: the row, from 0.
///   - input: `(H, W, K)` with H and W the axes' source sizes.
///   - mask: a factor a pixel of `window`.
///   - output: the row's pixels of `window`, `(W′, K)`, overwritten.
///   - window: columns to make.
///   - isFlipped: whether columns count from the right.
public func resizeRow(
    _ y: Int, _ input: Span<Float>, mask: Span<Double>, into output: inout MutableSpan<Double>,
    rows: ResizeAxis, columns: ResizeAxis, channels: Int, window: Range<Int>, isFlipped: Bool
) {
    check(input.count == rows.source * columns.source * channels && y < rows.count)
    check(window.lowerBound >= 0 && window.upperBound <= columns.count)
    check(output.count == window.count * channels && mask.count == window.count)
    let above = rows.low[y] * columns.source * channels
    let below = rows.high[y] * columns.source * channels
    let v = Double(rows.weight[y])
    for x in window {
        let o = (x - window.lowerBound) * channels
        let factor = mask[x - window.lowerBound]
        let column = isFlipped ? columns.count - 1 - x : x
        let left = columns.low[column] * channels
        let right = columns.high[column] * channels
        let u = Double(columns.weight[column])
        let (w00, w01) = (factor * (1 - v) * (1 - u), factor * (1 - v) * u)
        let (w10, w11) = (factor * v * (1 - u), factor * v * u)
        for k in 0..<channels {
            let top =
                w00 * Double(input[above + left + k]) + w01 * Double(input[above + right + k])
            let bottom =
                w10 * Double(input[below + left + k]) + w11 * Double(input[below + right + k])
            output[o + k] = top + bottom
        }
    }
}

/// Carries the gradient of one row back through
/// ``resizeRow(_:_:mask:into:rows:columns:channels:window:isFlipped:)``.
///
/// - Parameters:
///   - dOutput: `(W′, K)`, of `window`.
///   - scale: of the gradient.
///   - dInput: `(H, W, K)`, added to.
public func backpropagateResizeRow(
    _ y: Int, _ dOutput: Span<Double>, mask: Span<Double>, scale: Double,
    into dInput: inout MutableSpan<Float>, rows: ResizeAxis, columns: ResizeAxis, channels: Int,
    window: Range<Int>, isFlipped: Bool
) {
    check(dInput.count == rows.source * columns.source * channels && y < rows.count)
    check(window.lowerBound >= 0 && window.upperBound <= columns.count)
    check(dOutput.count == window.count * channels && mask.count == window.count)
    let above = rows.low[y] * columns.source * channels
    let below = rows.high[y] * columns.source * channels
    let v = Double(rows.weight[y])
    for x in window {
        let o = (x - window.lowerBound) * channels
        let factor = mask[x - window.lowerBound] * scale
        if factor == 0 { continue }
        let column = isFlipped ? columns.count - 1 - x : x
        let left = columns.low[column] * channels
        let right = columns.high[column] * channels
        let u = Double(columns.weight[column])
        let (w00, w01) = (Float(factor * (1 - v) * (1 - u)), Float(factor * (1 - v) * u))
        let (w10, w11) = (Float(factor * v * (1 - u)), Float(factor * v * u))
        for k in 0..<channels {
            let d = Float(dOutput[o + k])
            dInput[above + left + k] += w00 * d
            dInput[above + right + k] += w01 * d
            dInput[below + left + k] += w10 * d
            dInput[below + right + k] += w11 * d
        }
    }
}
