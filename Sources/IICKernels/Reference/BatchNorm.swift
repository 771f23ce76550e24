/// Batch norm with given statistics, then ReLU, in place: max(0, scale · x + shift), channel by
/// channel.
///
/// - Parameters:
///   - values: `(pixels, C)`.
///   - scale: γ / √(variance + ε), `(C)`.
///   - shift: β − mean · scale, `(C)`.
///
/// Source: Ioffe and Szegedy, *Batch Normalization* (2015), algorithm 1.
public func scaleAndRectify(
    _ values: inout MutableSpan<Float>, scale: Span<Float>, shift: Span<Float>
) {
    let channels = scale.count
    check(shift.count == channels && values.count.isMultiple(of: channels))
    for pixel in 0..<values.count / channels {
        let offset = pixel * channels
        for c in 0..<channels {
            values[offset + c] = max(0, values[offset + c] * scale[c] + shift[c])
        }
    }
}
