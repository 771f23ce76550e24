import IICInfer

/// The directions in which points differ most.
struct PrincipalAxes {
    /// `(D)`.
    let mean: [Double]
    /// `(count, D)`, orthonormal, the one of the largest variance first.
    let axes: [Double]
    let count: Int

    /// By orthogonal iteration of the covariance (Golub and Van Loan, *Matrix Computations*, §8.2.4):
    /// the same points give the same bits.
    ///
    /// - Parameters:
    ///   - points: `(n, stride)`, of which each row's numbers in `columns` are looked at.
    ///   - count: at most the number of columns.
    init(of points: [Float], stride: Int, columns: Range<Int>, count: Int) {
        let (n, d) = (points.count / stride, columns.count)
        precondition(count <= d && n > 0, "\(count) \(d) \(n)")
        // So many rows tell the covariance well enough.
        let rows = Swift.stride(from: 0, to: n, by: max(1, n / 8192)).map { $0 }
        var mean = [Double](repeating: 0, count: d)
        for row in rows {
            for k in 0..<d { mean[k] += Double(points[row * stride + columns.lowerBound + k]) }
        }
        for k in 0..<d { mean[k] /= Double(rows.count) }
        var covariance = [Float](repeating: 0, count: d * d)
        var difference = [Float](repeating: 0, count: d)
        for row in rows {
            for k in 0..<d {
                difference[k] = points[row * stride + columns.lowerBound + k] - Float(mean[k])
            }
            for i in 0..<d where difference[i] != 0 {
                for j in 0..<d { covariance[i * d + j] += difference[i] * difference[j] }
            }
        }
        var random = SplitMix64(seed: 12)
        var axes = (0..<count * d).map { _ in random.unit() - 0.5 }
        for _ in 0..<60 {
            var next = [Double](repeating: 0, count: count * d)
            for a in 0..<count {
                for i in 0..<d {
                    var sum = 0.0
                    for j in 0..<d { sum += Double(covariance[i * d + j]) * axes[a * d + j] }
                    next[a * d + i] = sum
                }
            }
            Self.orthonormalise(&next, count: count, dimensions: d)
            axes = next
        }
        self.mean = mean
        self.axes = axes
        self.count = count
    }

    /// Gram and Schmidt, twice for the sake of rounding; a row without direction becomes zeros.
    private static func orthonormalise(_ rows: inout [Double], count: Int, dimensions d: Int) {
        for a in 0..<count {
            for _ in 0..<2 {
                for b in 0..<a {
                    let product = (0..<d).reduce(0.0) { $0 + rows[a * d + $1] * rows[b * d + $1] }
                    for k in 0..<d { rows[a * d + k] -= product * rows[b * d + k] }
                }
            }
            let length = (0..<d).reduce(0.0) { $0 + rows[a * d + $1] * rows[a * d + $1] }
                .squareRoot()
            for k in 0..<d { rows[a * d + k] = length > 1e-20 ? rows[a * d + k] / length : 0 }
        }
    }
}
