import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct LogisticRegressionTests {
    private static let (points, dimensions, classes) = (150, 3, 3)
    private static let features = (0..<points * dimensions).map {
        Float(noise($0, 3, 1)) / 127.5 - 1
    }
    private static let labels = (0..<points).map { point in
        let row = features[point * dimensions..<(point + 1) * dimensions].map { $0 }
        return row[0] + row[1] > 0.5 ? 0 : row[2] > 0.2 ? 1 : 2
    }
    private static let weights = (0..<points).map { 0.2 + Float(noise($0, 8, 1)) / 255 }

    /// The loss from its definition, in double precision.
    private static func loss(_ parameters: [Double], penalty: Double) -> Double {
        var loss = 0.0
        for point in 0..<points {
            let scores = (0..<classes).map { k in
                (0..<dimensions).reduce(parameters[k * 4 + 3]) {
                    $0 + parameters[k * 4 + $1] * Double(features[point * dimensions + $1])
                }
            }
            let sum = scores.map { exp($0) }.reduce(0, +)
            loss += Double(weights[point]) * (log(sum) - scores[labels[point]])
        }
        let squares = parameters.indices.filter { $0 % 4 != 3 }
            .reduce(0.0) { $0 + parameters[$1] * parameters[$1] }
        return loss + penalty / 2 * squares
    }

    @Test(arguments: [0.3, 3])
    func `no weights near those that are found have less loss`(penalty: Double) {
        let found = LogisticRegression(
            features: Self.features, dimensions: 3, labels: Self.labels, weights: Self.weights,
            classes: 3, penalty: penalty
        ).fit(iterations: 500)
        let least = Self.loss(found, penalty: penalty)
        for index in found.indices {
            for step in [-0.02, 0.02] {
                var other = found
                other[index] += step
                #expect(Self.loss(other, penalty: penalty) > least - 1e-5, "\(index)")
            }
        }
        // And it is far from nothing.
        let zeros = [Double](repeating: 0, count: found.count)
        #expect(least < 0.8 * Self.loss(zeros, penalty: penalty))
    }

    @Test func `labels and margins are those of the scores`() {
        let found = LogisticRegression(
            features: Self.features, dimensions: 3, labels: Self.labels, weights: Self.weights,
            classes: 3, penalty: 0.1
        ).fit()
        let (labels, margins) = LogisticRegression.predict(
            Self.features, dimensions: 3, weights: found)
        let right = zip(labels, Self.labels).filter { $0 == $1 }.count
        #expect(right > Self.points * 8 / 10)
        for point in 0..<Self.points {
            let scores = (0..<3).map { k in
                (0..<3).reduce(found[k * 4 + 3]) {
                    $0 + found[k * 4 + $1] * Double(Self.features[point * 3 + $1])
                }
            }
            let sum = scores.map { exp($0) }.reduce(0, +)
            let shares = scores.map { exp($0) / sum }.sorted(by: >)
            #expect(abs(Double(margins[point]) - (shares[0] - shares[1])) < 1e-3)
        }
    }
}

@Suite struct PrincipalAxesTests {
    @Test func `axes are where points differ most, the first most`() {
        // Along (3, 4, 0)/5 with a spread of 5, along (0, 0, 1) with 1; the first column is none of it.
        let points = (0..<500).flatMap { index -> [Float] in
            let (a, b) = (Float(noise(index, 1, 1)) / 51 - 2.5, Float(noise(index, 2, 1)) / 255)
            return [77, 0.6 * a + 1, 0.8 * a - 2, b]
        }
        let found = PrincipalAxes(of: points, stride: 4, columns: 1..<4, count: 2)
        #expect(abs(abs(found.axes[0] * 0.6 + found.axes[1] * 0.8) - 1) < 1e-3)
        #expect(abs(abs(found.axes[5]) - 1) < 1e-3)
        let product = (0..<3).reduce(0.0) { $0 + found.axes[$1] * found.axes[3 + $1] }
        #expect(abs(product) < 1e-9)
    }

    @Test func `points that do not differ have no axes`() {
        let found = PrincipalAxes(
            of: [Float](repeating: 3, count: 40), stride: 4, columns: 0..<4, count: 2)
        #expect(found.axes.allSatisfy { $0 == 0 } && found.mean == [3, 3, 3, 3])
    }
}
