import IICKernels

/// Carries a gradient back through ``maxPool(_:into:channels:height:width:ceiling:)``: to the first
/// of a cell's largest values in reading order, as PyTorch does.
///
/// - Parameters:
///   - dOutput: `(H′, W′, C)`.
///   - input: `(H, W, C)`, what was pooled.
///   - dInput: `(H, W, C)`, overwritten.
public func backpropagateMaxPool(
    _ dOutput: Span<Float>, input: Span<Float>, into dInput: inout MutableSpan<Float>,
    channels: Int, height: Int, width: Int, ceiling: Bool
) {
    let (rows, columns) = pooledSize(height: height, width: width, ceiling: ceiling)
    precondition(input.count == height * width * channels && dInput.count == input.count)
    precondition(dOutput.count == rows * columns * channels)
    for index in 0..<dInput.count { dInput[index] = 0 }
    for row in 0..<rows {
        let below = 2 * row + 1 < height ? width * channels : 0
        for column in 0..<columns {
            let right = 2 * column + 1 < width ? channels : 0
            let i = (2 * row * width + 2 * column) * channels
            let o = (row * columns + column) * channels
            for c in 0..<channels {
                var best = i + c
                if input[i + right + c] > input[best] { best = i + right + c }
                if input[i + below + c] > input[best] { best = i + below + c }
                if input[i + below + right + c] > input[best] { best = i + below + right + c }
                dInput[best] = dOutput[o + c]
            }
        }
    }
}
