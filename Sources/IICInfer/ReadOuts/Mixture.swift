import Foundation

/// What refines a map: one Gaussian a class over the pixels' own values, with shares of its own.
///
/// A pixel is described by its scaled bands, then by their means over the valid pixels among its
/// 3 × 3 neighbours. The network is one more witness, whose mistakes are known: where it gives class
/// j the probability pⱼ, and says j where the truth is k with the probability Cₖⱼ, the class is that of
/// the greatest ln share + ln density + weight · Σ pⱼ ln Cₖⱼ. So the network tells what belongs
/// together, and the mixture how far it reaches.
///
/// Source of the witness: Dawid and Skene, *Maximum likelihood estimation of observer error-rates
/// using the EM algorithm* (1979).
public struct Mixture: Hashable, Sendable {
    /// `(K, D)`, D = 2 C.
    public var means: [Double]
    /// Inverse covariances, `(K, D, D)`, symmetric.
    public var precisions: [Double]
    /// Natural logarithms of the classes' shares.
    public var logShares: [Double]
    /// Natural logarithms of C, `(K, K)`: classes, then what head B says.
    public var logConfusion: [Double]
    /// Of what the network says.
    public var weight: Double

    /// - Precondition: the counts fit together.
    public init(
        means: [Double], precisions: [Double], logShares: [Double], logConfusion: [Double],
        weight: Double
    ) {
        precondition(!logShares.isEmpty && means.count.isMultiple(of: logShares.count))
        let dimensions = means.count / logShares.count
        precondition(precisions.count == means.count * dimensions, "\(precisions.count)")
        precondition(logConfusion.count == logShares.count * logShares.count)
        self.means = means
        self.precisions = precisions
        self.logShares = logShares
        self.logConfusion = logConfusion
        self.weight = weight
    }

    public var classes: Int { logShares.count }
    public var dimensions: Int { means.count / classes }

    /// Numbers that describe a pixel of so many bands.
    public static func dimensions(channels: Int) -> Int { 2 * channels }

    /// L of each precision L Lᵀ, `(K, D, D)`; nil if one of them is not positive definite.
    var factors: [Double]? {
        let size = dimensions * dimensions
        var factors: [Double] = []
        for k in 0..<classes {
            guard let matrix = Cholesky(Array(precisions[k * size..<(k + 1) * size])) else {
                return nil
            }
            factors += matrix.factor
        }
        return factors
    }

    /// The largest weight that makes sense.
    static let mostWeight = 100.0

    /// Means lie among scaled values, 0…1; what is far from these would leave single precision.
    private static let farthest = 16.0
    private static let sharpest = 1e12

    /// What makes it unusable, as the end of a sentence; nil if nothing does.
    var problem: String? {
        guard (means + precisions + logShares + logConfusion).allSatisfy(\.isFinite) else {
            return "its refinement holds numbers that are not finite"
        }
        guard (0...Self.mostWeight).contains(weight) else {
            return "its refinement gives the network the weight \(weight)"
        }
        guard means.allSatisfy({ abs($0) <= Self.farthest }) else {
            return "its refinement has a mean that is far from all scaled values"
        }
        guard (logShares + logConfusion).allSatisfy({ $0 <= 0 }) else {
            return "its refinement has a share or a confusion above 1"
        }
        guard areUsual else {
            return "its refinement has a precision that is not positive definite"
        }
        return nil
    }

    /// Whether all precisions are symmetric and clearly positive definite, in whatever units.
    private var areUsual: Bool {
        let (d, size) = (dimensions, dimensions * dimensions)
        return (0..<classes).allSatisfy { k in
            let matrix = precisions[k * size..<(k + 1) * size].map { $0 }
            let scales = (0..<d).map { matrix[$0 * d + $0].squareRoot() }
            guard scales.allSatisfy({ $0 > 0 && $0 <= Self.sharpest.squareRoot() }) else {
                return false
            }
            let isSymmetric = (0..<size).allSatisfy { index in
                matrix[index] == matrix[index % d * d + index / d]
            }
            let unit = (0..<size).map { matrix[$0] / (scales[$0 / d] * scales[$0 % d]) }
            guard isSymmetric, let factor = Cholesky(unit)?.factor else { return false }
            return (0..<d).allSatisfy { factor[$0 * d + $0] > 1e-5 }
        }
    }
}

/// A symmetric positive definite matrix as L Lᵀ.
package struct Cholesky: Sendable {
    /// L, `(D, D)`, zeros above the diagonal.
    package let factor: [Double]
    private let size: Int

    /// - Parameter matrix: `(D, D)`; what lies above the diagonal is not looked at.
    /// - Returns: nil if it is not positive definite.
    package init?(_ matrix: [Double]) {
        let n = Int(Double(matrix.count).squareRoot().rounded())
        precondition(n * n == matrix.count, "\(matrix.count)")
        var l = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                var rest = matrix[i * n + j]
                for k in 0..<j { rest -= l[i * n + k] * l[j * n + k] }
                if i == j {
                    guard rest > 0, rest.isFinite else { return nil }
                    l[i * n + i] = rest.squareRoot()
                } else {
                    l[i * n + j] = rest / l[j * n + j]
                }
            }
        }
        factor = l
        size = n
    }

    /// ln of the matrix's determinant.
    package var logDeterminant: Double {
        (0..<size).reduce(0) { $0 + 2 * log(factor[$1 * size + $1]) }
    }

    /// The matrix's inverse, `(D, D)`, symmetric to the bit.
    package var inverse: [Double] {
        let n = size
        // L⁻¹ column by column, then L⁻ᵀ L⁻¹.
        var lower = [Double](repeating: 0, count: n * n)
        for column in 0..<n {
            for i in column..<n {
                var rest = i == column ? 1.0 : 0
                for k in column..<i { rest -= factor[i * n + k] * lower[k * n + column] }
                lower[i * n + column] = rest / factor[i * n + i]
            }
        }
        var inverse = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                var sum = 0.0
                for k in i..<n { sum += lower[k * n + i] * lower[k * n + j] }
                inverse[i * n + j] = sum
                inverse[j * n + i] = sum
            }
        }
        return inverse
    }
}
