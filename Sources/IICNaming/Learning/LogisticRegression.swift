import Foundation
import IICKernels

/// Multinomial logistic regression: the weights W that minimise Σ wᵢ · −ln p(yᵢ | xᵢ) + ½ λ ‖W‖², where
/// constants are free.
///
/// Source: Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), §4.4; found
/// by L-BFGS (Nocedal and Wright, *Numerical Optimization* (2006), algorithm 7.5). The same points in the
/// same order give the same bits.
struct LogisticRegression {
    private let classes: Int
    /// Numbers of a point, and 1.
    private let inputs: Int
    private let stride: Int
    private let points: Int
    /// `(inputs, stride)`.
    private let features: Buffer<Float>
    private let labels: [Int]
    private let weights: [Float]
    private let penalty: Double

    /// - Parameters:
    ///   - features: `(n, D)`.
    ///   - labels: below `classes`, one a point.
    ///   - weights: one a point.
    init(
        features: [Float], dimensions: Int, labels: [Int], weights: [Float], classes: Int,
        penalty: Double = 3
    ) {
        precondition(features.count == labels.count * dimensions && !labels.isEmpty)
        precondition(weights.count == labels.count && classes > 0)
        points = labels.count
        stride = (points + 2 * laneWidth - 1) / (2 * laneWidth) * (2 * laneWidth)
        inputs = dimensions + 1
        let planes = Buffer<Float>(repeating: 0, count: inputs * stride)
        do {
            var span = planes.mutableSpan()
            for point in 0..<points {
                for k in 0..<dimensions {
                    span[k * stride + point] = features[point * dimensions + k]
                }
                span[dimensions * stride + point] = 1
            }
        }
        self.features = planes
        self.classes = classes
        self.labels = labels
        self.weights = weights
        self.penalty = penalty
    }

    /// The loss at some weights, and its gradient.
    private func loss(
        _ parameters: [Double], gradient: inout [Double], scores: Buffer<Float>,
        products: Buffer<Float>
    ) -> Double {
        let features = self.features
        let matrix = parameters.map { Float($0) }
        do {
            var span = scores.mutableSpan()
            for index in 0..<span.count { span[index] = 0 }
            MixtureScores.add(matrix.span, of: features.span(), to: &span, stride: stride)
            MixtureScores.normalise(&span, stride: stride, count: points)
        }
        var loss = 0.0
        do {
            var span = scores.mutableSpan()
            for point in 0..<points {
                let place = labels[point] * stride + point
                loss -= Double(weights[point]) * Double(log(max(span[place], 1e-30)))
                span[place] -= 1
                for k in 0..<classes { span[k * stride + point] *= weights[point] }
            }
        }
        do {
            var span = products.mutableSpan()
            RowProducts.multiply(scores.span(), features.span(), into: &span, stride: stride)
        }
        let found = products.span()
        for index in parameters.indices {
            gradient[index] = Double(found[index])
            guard index % inputs != inputs - 1 else { continue }
            loss += penalty / 2 * parameters[index] * parameters[index]
            gradient[index] += penalty * parameters[index]
        }
        return loss
    }

    /// Weights, `(K, D + 1)`, constants last.
    ///
    /// - Parameter start: where to begin; zeros if nil.
    func fit(start: [Double]? = nil, iterations: Int = 80) -> [Double] {
        let count = classes * inputs
        let scores = Buffer<Float>(repeating: 0, count: classes * stride)
        let products = Buffer<Float>(repeating: 0, count: count)
        var place = start ?? [Double](repeating: 0, count: count)
        var gradient = [Double](repeating: 0, count: count)
        var value = loss(place, gradient: &gradient, scores: scores, products: products)
        var steps: [(step: [Double], change: [Double], scale: Double)] = []
        func product(_ a: [Double], _ b: [Double]) -> Double {
            var sum = 0.0
            for index in a.indices { sum += a[index] * b[index] }
            return sum
        }
        for iteration in 0..<iterations {
            guard product(gradient, gradient) > 1e-8 * max(1, product(place, place)) else { break }
            // Two loops over the last steps make a direction of the gradient.
            var direction = gradient
            var factors: [Double] = []
            for (step, change, scale) in steps.reversed() {
                let factor = product(step, direction) * scale
                for index in direction.indices { direction[index] -= factor * change[index] }
                factors.append(factor)
            }
            if let (step, change, _) = steps.last {
                let scale = product(step, change) / product(change, change)
                for index in direction.indices { direction[index] *= scale }
            }
            for ((step, change, scale), factor) in zip(steps, factors.reversed()) {
                let rest = factor - product(change, direction) * scale
                for index in direction.indices { direction[index] += rest * step[index] }
            }
            let slope = -product(gradient, direction)
            guard slope < 0 else { break }
            var length = iteration == 0 ? min(1, 1 / product(gradient, gradient).squareRoot()) : 1
            var found = false
            for _ in 0..<12 {
                var next = place
                for index in next.indices { next[index] -= length * direction[index] }
                var nextGradient = gradient
                let nextValue = loss(
                    next, gradient: &nextGradient, scores: scores, products: products)
                if nextValue <= value + 1e-4 * length * slope {
                    let step = next.indices.map { next[$0] - place[$0] }
                    let change = next.indices.map { nextGradient[$0] - gradient[$0] }
                    let curvature = product(step, change)
                    if curvature > 1e-10 { steps.append((step, change, 1 / curvature)) }
                    if steps.count > 8 { steps.removeFirst() }
                    let gain = value - nextValue
                    (place, gradient, value) = (next, nextGradient, nextValue)
                    found = gain > 1e-6 * abs(value)
                    break
                }
                length /= 2
            }
            guard found else { break }
        }
        return place
    }

    /// The class of the greatest score of each point, and by how much its probability is above that of
    /// the next one.
    ///
    /// - Parameter features: `(n, D)`.
    static func predict(
        _ features: [Float], dimensions: Int, weights: [Double]
    ) -> (labels: [Int], margins: [Float]) {
        let (n, inputs) = (features.count / dimensions, dimensions + 1)
        let classes = weights.count / inputs
        let matrix = weights.map { Float($0) }
        var (labels, margins): ([Int], [Float]) = ([], [])
        labels.reserveCapacity(n)
        margins.reserveCapacity(n)
        let block = 1024
        let planes = Buffer<Float>(repeating: 1, count: inputs * block)
        let scores = Buffer<Float>(repeating: 0, count: classes * block)
        for first in Swift.stride(from: 0, to: n, by: block) {
            let count = min(block, n - first)
            do {
                var span = planes.mutableSpan()
                for point in 0..<count {
                    for k in 0..<dimensions {
                        span[k * block + point] = features[(first + point) * dimensions + k]
                    }
                }
            }
            do {
                var span = scores.mutableSpan()
                for index in 0..<span.count { span[index] = 0 }
                MixtureScores.add(matrix.span, of: planes.span(), to: &span, stride: block)
                MixtureScores.normalise(&span, stride: block, count: count)
            }
            let shares = scores.span()
            for point in 0..<count {
                var (best, greatest, second) = (0, Float(-1), Float(0))
                for k in 0..<classes {
                    let share = shares[k * block + point]
                    if share > greatest {
                        (best, greatest, second) = (k, share, max(0, greatest))
                    } else if share > second {
                        second = share
                    }
                }
                labels.append(best)
                margins.append(greatest - second)
            }
        }
        return (labels, margins)
    }
}
