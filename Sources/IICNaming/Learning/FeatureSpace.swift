package import IICInfer

/// What names are learnt in: the numbers that describe a pixel and the principal axes of the trunk's
/// features, each with mean 0 over the sample and one standard deviation.
///
/// The axes count for less than the pixel's own numbers, because the trunk was trained without any
/// names (docs/naming.md has what was measured).
package struct FeatureSpace: Sendable {
    /// Numbers that describe the pixel itself.
    package let near: Int
    /// All of them.
    package let count: Int
    /// Of what ``NamingScenes`` describes pixels by.
    private let dimensions: Int
    /// Feature j is offsetⱼ + Σ weightⱼᵢ xᵢ over the trunk's numbers, or of one number alone.
    private let scales: [Double]
    private let offsets: [Double]
    /// `(count − near, trunk)`, standard deviations included.
    private let axes: [Double]

    package static let mostAxes = 12
    /// One standard deviation of an axis, where that of a pixel's own number is 1.
    private static let axisWeight = 0.5

    package init(of sample: NamingSample, near: Int) {
        self.near = near
        dimensions = sample.dimensions
        let trunk = dimensions - near
        let principal = PrincipalAxes(
            of: sample.values, stride: dimensions, columns: near..<dimensions,
            count: min(Self.mostAxes, trunk))
        count = near + principal.count
        var sums = [Double](repeating: 0, count: count)
        var squares = sums
        var raw = [Double](repeating: 0, count: count)
        for point in 0..<sample.count {
            let row = sample.values.span.extracting(
                point * dimensions..<(point + 1) * dimensions)
            for k in 0..<near { raw[k] = Double(row[k]) }
            for a in 0..<principal.count {
                var sum = 0.0
                for k in 0..<trunk {
                    sum +=
                        principal.axes[a * trunk + k] * (Double(row[near + k]) - principal.mean[k])
                }
                raw[near + a] = sum
            }
            for k in 0..<count {
                sums[k] += raw[k]
                squares[k] += raw[k] * raw[k]
            }
        }
        let n = Double(sample.count)
        let means = sums.map { $0 / n }
        let deviations = (0..<count).map { k in
            max(0, squares[k] / n - means[k] * means[k]).squareRoot()
        }
        // A number that never changes tells nothing.
        let scales = (0..<count).map { k in
            deviations[k] > 1e-6 ? (k < near ? 1 : Self.axisWeight) / deviations[k] : 0
        }
        self.scales = scales
        axes = (0..<principal.count * trunk).map {
            principal.axes[$0] * scales[near + $0 / trunk]
        }
        offsets = (0..<count).map { k in
            guard k >= near else { return -means[k] * scales[k] }
            let shift = (0..<trunk).reduce(0.0) {
                $0 + principal.axes[(k - near) * trunk + $1] * principal.mean[$1]
            }
            return -(shift + means[k]) * scales[k]
        }
    }

    /// `(n, count)` of `(n, dimensions)`.
    package func features(_ values: [Float]) -> [Float] {
        let (n, trunk) = (values.count / dimensions, dimensions - near)
        var features = [Float](repeating: 0, count: n * count)
        for point in 0..<n {
            let row = values.span.extracting(point * dimensions..<(point + 1) * dimensions)
            for k in 0..<near {
                features[point * count + k] = Float(offsets[k] + scales[k] * Double(row[k]))
            }
            for a in 0..<count - near {
                var sum = offsets[near + a]
                for k in 0..<trunk { sum += axes[a * trunk + k] * Double(row[near + k]) }
                features[point * count + near + a] = Float(sum)
            }
        }
        return features
    }

    /// The pixels' own numbers among features: `(n, near)` of `(n, count)`.
    package func points(_ features: [Float]) -> [Float] {
        var points: [Float] = []
        points.reserveCapacity(features.count / count * near)
        for first in stride(from: 0, to: features.count, by: count) {
            points += features[first..<first + near]
        }
        return points
    }

    /// Weights of features, and a constant after them, as a read-out of what they are made of.
    ///
    /// - Parameter weights: `(K, count + 1)`.
    package func named(_ weights: [Double]) -> NamedClasses {
        let (classes, trunk) = (weights.count / (count + 1), dimensions - near)
        var named = NamedClasses(
            trunk: [Float](repeating: 0, count: classes * trunk),
            pixels: [Float](repeating: 0, count: classes * near),
            offsets: [Float](repeating: 0, count: classes))
        for class_ in 0..<classes {
            let row = weights[class_ * (count + 1)..<(class_ + 1) * (count + 1)].map { $0 }
            named.offsets[class_] = Float(
                (0..<count).reduce(row[count]) { $0 + row[$1] * offsets[$1] })
            for k in 0..<near { named.pixels[class_ * near + k] = Float(row[k] * scales[k]) }
            for k in 0..<trunk {
                named.trunk[class_ * trunk + k] = Float(
                    (0..<count - near).reduce(0.0) { $0 + row[near + $1] * axes[$1 * trunk + k] })
            }
        }
        return named
    }
}
