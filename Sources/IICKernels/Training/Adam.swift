internal import Glibc

/// One step of Adam on one tensor.
///
/// - Parameters:
///   - gradient: of the loss.
///   - weights, first, second: the tensor and its two moments, updated in place.
///   - step: how many steps this tensor has taken, this one included; from 1.
///   - rate: the learning rate.
///
/// Source: Kingma and Ba, *Adam* (ICLR 2015), algorithm 1, with PyTorch's defaults
/// β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
public func stepAdam(
    gradient: Span<Float>, weights: inout MutableSpan<Float>, first: inout MutableSpan<Float>,
    second: inout MutableSpan<Float>, step: Int, rate: Double
) {
    check(gradient.count == weights.count && first.count == weights.count)
    check(second.count == weights.count && step > 0)
    let beta1: Float = 0.9
    let beta2: Float = 0.999
    let rate1 = Float(rate / (1 - pow(0.9, Double(step))))
    let scale2 = Float(1 / (1 - pow(0.999, Double(step))).squareRoot())
    for i in 0..<weights.count {
        let g = gradient[i]
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g * g
        weights[i] -= rate1 * first[i] / (second[i].squareRoot() * scale2 + 1e-8)
    }
}
