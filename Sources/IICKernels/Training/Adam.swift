internal import Glibc

/// One step of Adam.
///
/// - Parameters:
///   - gradient: of the loss.
///   - weights: what the gradient is of; updated in place.
///   - m, v: first and second moment estimates, updated in place.
///   - step: t, how many steps these weights have taken, this one included; from 1.
///   - rate: α, the learning rate.
///   - beta1, beta2: how fast m and v decay.
///   - epsilon: added to √v̂.
///
/// Source: Kingma and Ba, *Adam* (ICLR 2015), algorithm 1, with its defaults.
public func stepAdam(
    gradient: Span<Float>, weights: inout MutableSpan<Float>, m: inout MutableSpan<Float>,
    v: inout MutableSpan<Float>, step: Int, rate: Double, beta1: Double = 0.9,
    beta2: Double = 0.999, epsilon: Double = 1e-8
) {
    check(gradient.count == weights.count && m.count == weights.count)
    check(v.count == weights.count && step > 0)
    // α / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ): the corrections of bias, the same for all weights.
    let rateOfMHat = Float(rate / (1 - pow(beta1, Double(step))))
    let scaleOfVHat = Float(1 / (1 - pow(beta2, Double(step))).squareRoot())
    let (beta1, beta2, epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
    for i in 0..<weights.count {
        let g = gradient[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        let rateTimesMHat = rateOfMHat * m[i]
        let rootOfVHat = v[i].squareRoot() * scaleOfVHat
        weights[i] -= rateTimesMHat / (rootOfVHat + epsilon)
    }
}
