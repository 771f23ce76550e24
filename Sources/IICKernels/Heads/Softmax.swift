internal import Glibc

/// Turns logits into probabilities, pixel by pixel, in place: exp(x − max) / Σ exp(x − max).
///
/// - Parameter values: `(pixels, K)`.
public func softmax(_ values: inout MutableSpan<Float>, classes: Int) {
    check(values.count.isMultiple(of: classes))
    for pixel in 0..<values.count / classes {
        let offset = pixel * classes
        var largest = values[offset]
        for k in 1..<classes { largest = max(largest, values[offset + k]) }
        var sum: Float = 0
        for k in 0..<classes {
            let power = expf(values[offset + k] - largest)
            values[offset + k] = power
            sum += power
        }
        let scale = 1 / sum
        for k in 0..<classes { values[offset + k] *= scale }
    }
}

/// Carries a gradient back through ``softmax(_:classes:)``, in place: p · (d − Σ p d).
///
/// - Parameters:
///   - gradient: with respect to the probabilities, `(pixels, K)`; overwritten by that of the logits.
///   - probabilities: `(pixels, K)`.
public func backpropagateSoftmax(
    _ gradient: inout MutableSpan<Float>, probabilities: Span<Float>, classes: Int
) {
    check(gradient.count == probabilities.count && gradient.count.isMultiple(of: classes))
    for pixel in 0..<gradient.count / classes {
        let offset = pixel * classes
        var sum: Float = 0
        for k in 0..<classes { sum += gradient[offset + k] * probabilities[offset + k] }
        for k in 0..<classes {
            gradient[offset + k] = probabilities[offset + k] * (gradient[offset + k] - sum)
        }
    }
}
