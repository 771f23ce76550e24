import Foundation
import IICKernels
import Testing

@Suite struct MixtureScoresTests {
    /// Gaussians whose precisions L Lᵀ are of any shape.
    private struct Gaussians {
        let classes: Int
        let dimensions: Int
        let constants: [Double]
        let means: [Double]
        let factors: [Double]

        init(_ classes: Int, _ dimensions: Int) {
            var noise = Noise(classes * 100 + dimensions)
            let d = dimensions
            self.classes = classes
            self.dimensions = d
            constants = noise.reals(classes).map { 3 * $0 }
            means = noise.reals(classes * d)
            var factors = noise.reals(classes * d * d)
            for k in 0..<classes {
                for i in 0..<d {
                    let row = (k * d + i) * d
                    factors[row + i] = 2 + factors[row + i]
                    for j in i + 1..<max(i + 1, d) { factors[row + j] = 0 }
                }
            }
            self.factors = factors
        }

        var scores: MixtureScores {
            MixtureScores(constants: constants, means: means, factors: factors)
        }

        /// c − ½ (x − μ)ᵀ P (x − μ), with all of P.
        func score(_ x: [Double], _ k: Int) -> Double {
            let d = dimensions
            let factor = factors[k * d * d..<(k + 1) * d * d].map(\.self)
            let offset = (0..<d).map { x[$0] - means[k * d + $0] }
            var sum = 0.0
            for i in 0..<d {
                for j in 0..<d {
                    let row = (0..<d).map { factor[i * d + $0] * factor[j * d + $0] }
                    let precision = row.reduce(0, +)
                    sum += offset[i] * precision * offset[j]
                }
            }
            return constants[k] - sum / 2
        }
    }

    @Test(arguments: [(1, 8), (3, 8), (5, 8), (24, 8), (7, 3), (2, 1), (3, 26)])
    func `scores are those of the full precision matrix`(classes: Int, dimensions: Int) {
        let stride = 96
        let gaussians = Gaussians(classes, dimensions)
        var noise = Noise(5)
        let features = noise.reals(dimensions * stride)
        let scores: [Float] = written(classes * stride) {
            gaussians.scores.score(converted(features).span, into: &$0, stride: stride)
        }
        for pixel in 0..<stride {
            let x = (0..<dimensions).map { features[$0 * stride + pixel] }
            for k in 0..<classes {
                let exact = gaussians.score(x, k)
                let error = abs(Double(scores[k * stride + pixel]) - exact)
                // Sums of some ten products in single precision, squared and summed.
                #expect(error < 1e-5 * (1 + abs(exact)), "class \(k), pixel \(pixel)")
            }
        }
    }

    @Test(arguments: [1, 3, 24]) func `what the network says is added class by class`(classes: Int)
    {
        let stride = 64
        var noise = Noise(classes)
        let weights = noise.reals(classes * classes)
        let said = noise.reals(classes * stride)
        let before = noise.reals(classes * stride)
        let after: [Float] = written(over: converted(before)) {
            MixtureScores.add(
                converted(weights).span, of: converted(said).span, to: &$0, stride: stride)
        }
        let exact = (0..<classes * stride).map { index in
            let (k, pixel) = (index / stride, index % stride)
            let terms = (0..<classes).map { weights[k * classes + $0] * said[$0 * stride + pixel] }
            return before[index] + terms.reduce(0, +)
        }
        // 24 products of numbers below 1.
        #expect(distance(after, exact) < 3e-6)
    }

    @Test(arguments: [(1, 48), (2, 37), (5, 33), (24, 1), (3, 0)])
    func `shares add up to 1, and what lies beyond the pixels has none`(
        classes: Int, count: Int
    ) {
        let stride = 48
        var noise = Noise(9)
        var scores = noise.reals(classes * stride).map { 40 * $0 }
        // A class that is out of the question.
        scores[(classes - 1) * stride] = classes > 1 ? -1e30 : 0
        let shares: [Float] = written(over: converted(scores)) {
            MixtureScores.normalise(&$0, stride: stride, count: count)
        }
        for pixel in 0..<stride {
            let row = (0..<classes).map { shares[$0 * stride + pixel] }
            guard pixel < count else {
                #expect(row.allSatisfy { $0 == 0 })
                continue
            }
            let own = (0..<classes).map { scores[$0 * stride + pixel] }
            let peak = own.max() ?? 0
            let powers = own.map { exp($0 - peak) }
            let sum = powers.reduce(0, +)
            #expect(distance(row, powers.map { $0 / sum }) < 1e-6)
            #expect(abs(row.reduce(0, +) - 1) < 1e-6)
        }
    }

    @Test(arguments: [1, 2, 7, 300], [64, 50, 1, 0])
    func `a label is the class of the greatest score, the lowest of equal ones`(
        classes: Int, count: Int
    ) {
        let stride = 64
        // Seventeen numbers: many are equal.
        var noise = Noise(classes)
        let scores = noise.integers(classes * stride)
        var labels = [UInt16](repeating: 999, count: count)
        do {
            var span = labels.mutableSpan
            MixtureScores.label(converted(scores).span, classes: classes, into: &span)
        }
        let exact = (0..<count).map { pixel in
            let own = (0..<classes).map { scores[$0 * stride + pixel] }
            return UInt16(own.firstIndex(of: own.max() ?? 0) ?? 0)
        }
        #expect(labels == exact)
    }
}
