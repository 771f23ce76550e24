import Foundation

/// Negative mutual information of one joint and its gradient.
///
/// −Σ P (ln P − λ ln P_i − λ ln P_j), every probability held above ``least`` as in the authors'
/// code; the gradient of what is held there is 0. λ = 1 is the information of equation 3 of Ji,
/// Henriques and Vedaldi (ICCV 2019); λ > 1 weighs the entropy of the classes more.
struct Information {
    /// The distance from 1 to the next `Double`, as the authors use it.
    static let least = Double.ulpOfOne

    /// The value with λ, and with λ = 1.
    private(set) var loss = 0.0
    private(set) var unweightedLoss = 0.0
    /// With respect to the raw joint, `(K, K)`; symmetric to the last bit.
    private(set) var gradient: [Double]

    /// From a raw joint: normalised by its sum, symmetrised, then measured.
    ///
    /// - Parameters:
    ///   - raw: `(K, K)`, sums of products of probabilities, none negative.
    ///   - normaliser: what to divide by; the joint's own sum unless given (and then a constant).
    init(raw: Span<Double>, classes: Int, lambda: Double, normaliser: Double? = nil) {
        let least = Self.least
        var total = 0.0
        for index in 0..<raw.count { total += raw[index] }
        // A batch whose masks leave nothing teaches nothing: an empty joint, no gradient.
        guard total != 0 else {
            gradient = [Double](repeating: 0, count: classes * classes)
            return
        }
        let divisor = normaliser ?? total
        var p = [Double](repeating: 0, count: classes * classes)
        for i in 0..<classes {
            for j in 0..<classes {
                p[i * classes + j] = (raw[i * classes + j] + raw[j * classes + i]) / (2 * divisor)
            }
        }
        // Symmetric, so that rows and columns have one marginal.
        var marginal = [Double](repeating: 0, count: classes)
        var held = marginal
        for i in 0..<classes {
            for j in 0..<classes {
                marginal[i] += p[i * classes + j]
                held[i] += max(p[i * classes + j], least)
            }
        }
        let logs = marginal.map { log(max($0, least)) }
        let slopes = zip(held, marginal).map { $1 >= least ? lambda * $0 / $1 : 0 }

        var symmetric = p
        for i in 0..<classes {
            for j in 0..<classes {
                let index = i * classes + j
                let value = max(p[index], least)
                let logValue = log(value)
                loss -= value * (logValue - lambda * logs[i] - lambda * logs[j])
                unweightedLoss -= value * (logValue - logs[i] - logs[j])
                let own =
                    p[index] >= least ? lambda * (logs[i] + logs[j]) - logValue - 1 : 0
                // The same sum for (j, i), to the last bit.
                symmetric[index] = own + (slopes[i] + slopes[j])
            }
        }
        // The chain through (P + Pᵀ) / 2 changes nothing: the gradient is symmetric already.
        gradient = symmetric
        if normaliser == nil {
            var mean = 0.0
            for index in p.indices { mean += symmetric[index] * p[index] }
            for index in p.indices { gradient[index] = (symmetric[index] - mean) / divisor }
        } else {
            for index in p.indices { gradient[index] = symmetric[index] / divisor }
        }
    }
}
