import Foundation

@testable import IICTrain

/// Expectation and maximisation in double precision, by the definitions.
struct PlainMixture {
    var means: [[Double]] = []
    /// `(D, D)` of each class.
    var precisions: [[Double]] = []
    var logShares: [Double] = []
    var logConfusion: [[Double]] = []
    private var logDeterminants: [Double] = []

    /// - Parameters:
    ///   - points: `(N, D)`.
    ///   - said: the network's probabilities, `(N, K)`.
    init(points: [[Double]], said: [[Double]], labels: [Int], classes: Int) {
        let (n, d) = (points.count, points[0].count)
        let centre = (0..<d).map { i in points.reduce(0) { $0 + $1[i] } / Double(n) }
        let scale = (0..<d).map { i in
            (points.reduce(0) { $0 + ($1[i] - centre[i]) * ($1[i] - centre[i]) } / Double(n))
                .squareRoot()
        }
        let x = points.map { point in (0..<d).map { (point[$0] - centre[$0]) / scale[$0] } }
        var shares = labels.map { label in (0..<classes).map { $0 == label ? 1.0 : 0 } }
        maximise(x, said: said, shares: shares)
        for round in 0..<MixtureFit.rounds.alone + MixtureFit.rounds.together {
            let withNetwork = round >= MixtureFit.rounds.alone
            shares = (0..<n).map { self.shares(x[$0], said: withNetwork ? said[$0] : nil) }
            maximise(x, said: said, shares: shares)
        }
        means = means.map { mean in (0..<d).map { mean[$0] * scale[$0] + centre[$0] } }
        precisions = precisions.map { precision in
            (0..<d * d).map { precision[$0] / (scale[$0 / d] * scale[$0 % d]) }
        }
    }

    private func shares(_ x: [Double], said: [Double]?) -> [Double] {
        let d = x.count
        let scores = means.indices.map { k in
            var score = logShares[k] - logDeterminants[k] / 2
            for i in 0..<d {
                for j in 0..<d {
                    let product = (x[i] - means[k][i]) * (x[j] - means[k][j])
                    score -= product * precisions[k][i * d + j] / 2
                }
            }
            for (j, probability) in (said ?? []).enumerated() {
                score += MixtureFit.networkWeight * probability * logConfusion[k][j]
            }
            return score
        }
        let peak = scores.max() ?? 0
        let powers = scores.map { exp($0 - peak) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private mutating func maximise(_ x: [[Double]], said: [[Double]], shares: [[Double]]) {
        let (n, d, classes) = (x.count, x[0].count, shares[0].count)
        (means, precisions, logShares, logConfusion, logDeterminants) = ([], [], [], [], [])
        for k in 0..<classes {
            let weight = shares.reduce(0) { $0 + $1[k] }
            let mean = (0..<d).map { i in
                var sum = 0.0
                for pixel in 0..<n { sum += shares[pixel][k] * x[pixel][i] }
                return sum / weight
            }
            var covariance = (0..<d * d).map { index in
                let (i, j) = (index / d, index % d)
                let sum = (0..<n).reduce(0.0) { sum, pixel in
                    let product = (x[pixel][i] - mean[i]) * (x[pixel][j] - mean[j])
                    return sum + shares[pixel][k] * product
                }
                return sum / weight + (i == j ? MixtureFit.ridge : 0)
            }
            let (inverse, determinant) = Self.invert(&covariance, d)
            // One pixel more that each class was taken for.
            let counts = said[0].indices.map { j in
                var count = 1.0
                for pixel in 0..<n { count += shares[pixel][k] * said[pixel][j] }
                return count
            }
            means.append(mean)
            precisions.append(inverse)
            logShares.append(log(weight / Double(n)))
            logDeterminants.append(log(determinant))
            logConfusion.append(
                counts.indices.map { j in
                    let least = j == k ? 0 : MixtureFit.floor
                    return log(counts[j] / counts.reduce(0, +)) + least
                })
        }
    }

    /// By Gauss and Jordan; a positive definite matrix needs no pivots.
    private static func invert(_ matrix: inout [Double], _ n: Int) -> ([Double], Double) {
        var inverse = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
        var determinant = 1.0
        for column in 0..<n {
            let pivot = matrix[column * n + column]
            determinant *= pivot
            for j in 0..<n {
                matrix[column * n + j] /= pivot
                inverse[column * n + j] /= pivot
            }
            for i in 0..<n where i != column {
                let factor = matrix[i * n + column]
                for j in 0..<n {
                    matrix[i * n + j] -= factor * matrix[column * n + j]
                    inverse[i * n + j] -= factor * inverse[column * n + j]
                }
            }
        }
        return (inverse, determinant)
    }
}
