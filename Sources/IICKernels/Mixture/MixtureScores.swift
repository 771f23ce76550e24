/// A mixture of Gaussians, one a class, in the form that scores are computed from: with the
/// precision P = L Lᵀ, ln (share · density) = c − Σ (√½ Lᵀ (x − μ))².
public struct MixtureScores: Sendable {
    public let classes: Int
    public let dimensions: Int
    /// For each class c, then for each i: −(√½ Lᵀ μ)ᵢ and √½ Lⱼᵢ for j ≥ i.
    private let packed: Buffer<Float>

    /// - Parameters:
    ///   - constants: c of each class.
    ///   - means: `(K, D)`.
    ///   - factors: L of each class's precision, `(K, D, D)`, zeros above the diagonal.
    public init(constants: [Double], means: [Double], factors: [Double]) {
        classes = constants.count
        dimensions = means.count / classes
        check(means.count == classes * dimensions && dimensions > 0)
        check(factors.count == means.count * dimensions)
        let (half, d) = (0.5.squareRoot(), dimensions)
        var packed: [Float] = []
        for k in 0..<classes {
            packed.append(Float(constants[k]))
            for i in 0..<d {
                func factor(_ j: Int) -> Double { half * factors[(k * d + j) * d + i] }
                packed.append(Float(-(i..<d).reduce(0) { $0 + factor($1) * means[k * d + $1] }))
                for j in i..<d { packed.append(Float(factor(j))) }
            }
        }
        self.packed = Buffer(packed)
    }

    /// ln (share · density) of each class at each pixel.
    ///
    /// - Parameters:
    ///   - features: `(D, stride)`.
    ///   - scores: `(K, stride)`, overwritten.
    ///   - stride: pixels, a multiple of 32.
    public func score(
        _ features: Span<Float>, into scores: inout MutableSpan<Float>, stride: Int
    ) {
        check(stride.isMultiple(of: 2 * laneWidth))
        check(features.count == dimensions * stride && scores.count == classes * stride)
        let d = dimensions
        packed.span().withUnsafeBufferPointer { packed in
            features.withUnsafeBufferPointer { features in
                scores.withUnsafeMutableBufferPointer { scores in
                    guard let packed = packed.baseAddress, let features = features.baseAddress,
                        let scores = scores.baseAddress
                    else { return }
                    for pixel in Swift.stride(from: 0, to: stride, by: 2 * laneWidth) {
                        var next = packed
                        for k in 0..<classes {
                            var (a, b) = (Lane(repeating: next[0]), Lane(repeating: next[0]))
                            next += 1
                            for i in 0..<d {
                                var (u, v) = (Lane(repeating: next[0]), Lane(repeating: next[0]))
                                next += 1
                                for j in i..<d {
                                    let factor = Lane(repeating: next[j - i])
                                    let x = features + j * stride + pixel
                                    u = u.adding(product: factor, loadLane(x))
                                    v = v.adding(product: factor, loadLane(x + laneWidth))
                                }
                                next += d - i
                                a = a.adding(product: -u, u)
                                b = b.adding(product: -v, v)
                            }
                            storeLane(a, scores + k * stride + pixel)
                            storeLane(b, scores + k * stride + pixel + laneWidth)
                        }
                    }
                }
            }
        }
    }

    /// Adds what else is known: Σ wₖⱼ xⱼ to the score of class k.
    ///
    /// - Parameters:
    ///   - weights: w, `(K, J)`.
    ///   - inputs: x, `(J, stride)`, such as what the network says.
    ///   - scores: `(K, stride)`.
    public static func add(
        _ weights: Span<Float>, of inputs: Span<Float>,
        to scores: inout MutableSpan<Float>, stride: Int
    ) {
        let (classes, count) = (scores.count / stride, inputs.count / stride)
        check(stride.isMultiple(of: 2 * laneWidth) && scores.count == classes * stride)
        check(inputs.count == count * stride && weights.count == classes * count)
        weights.withUnsafeBufferPointer { weights in
            inputs.withUnsafeBufferPointer { inputs in
                scores.withUnsafeMutableBufferPointer { scores in
                    guard let weights = weights.baseAddress, let scores = scores.baseAddress,
                        let inputs = inputs.baseAddress
                    else { return }
                    for pixel in Swift.stride(from: 0, to: stride, by: 2 * laneWidth) {
                        for k in 0..<classes {
                            let target = scores + k * stride + pixel
                            var (a, b) = (loadLane(target), loadLane(target + laneWidth))
                            for j in 0..<count {
                                let weight = Lane(repeating: weights[k * count + j])
                                let x = inputs + j * stride + pixel
                                a = a.adding(product: weight, loadLane(x))
                                b = b.adding(product: weight, loadLane(x + laneWidth))
                            }
                            storeLane(a, target)
                            storeLane(b, target + laneWidth)
                        }
                    }
                }
            }
        }
    }

    /// Turns scores into shares that add up to 1, in place: exp(s − max) / Σ exp(s − max).
    ///
    /// - Parameters:
    ///   - scores: `(K, stride)`.
    ///   - count: pixels; those beyond have no share in anything.
    public static func normalise(_ scores: inout MutableSpan<Float>, stride: Int, count: Int) {
        let classes = scores.count / stride
        check(stride.isMultiple(of: laneWidth) && scores.count == classes * stride)
        check(count <= stride)
        scores.withUnsafeMutableBufferPointer { scores in
            guard let scores = scores.baseAddress else { return }
            for pixel in Swift.stride(from: 0, to: stride, by: laneWidth) {
                var peak = Lane(repeating: -.infinity)
                for k in 0..<classes { peak = largest(loadLane(scores + k * stride + pixel), peak) }
                var sum = Lane()
                for k in 0..<classes {
                    let power = exponential(loadLane(scores + k * stride + pixel) - peak)
                    storeLane(power, scores + k * stride + pixel)
                    sum += power
                }
                var scale = 1 / sum
                for index in 0..<laneWidth where pixel + index >= count { scale[index] = 0 }
                for k in 0..<classes {
                    let place = scores + k * stride + pixel
                    storeLane(loadLane(place) * scale, place)
                }
            }
        }
    }

    /// The class of the greatest score of each pixel; of equal ones the lowest.
    ///
    /// - Parameters:
    ///   - scores: `(K, stride)`, stride a multiple of 16.
    ///   - labels: one a pixel, at most `stride` of them.
    public static func label(
        _ scores: Span<Float>, classes: Int, into labels: inout MutableSpan<UInt16>
    ) {
        let stride = scores.count / classes
        check(scores.count == classes * stride && stride.isMultiple(of: laneWidth))
        check(labels.count <= stride && classes <= 1 << 16)
        scores.withUnsafeBufferPointer { scores in
            guard let scores = scores.baseAddress else { return }
            for pixel in Swift.stride(from: 0, to: labels.count, by: laneWidth) {
                var (best, label) = (loadLane(scores + pixel), SIMD16<Int32>())
                for k in 1..<max(1, classes) {
                    let score = loadLane(scores + k * stride + pixel)
                    label.replace(with: SIMD16(repeating: Int32(k)), where: score .> best)
                    best = largest(score, best)
                }
                for index in 0..<min(laneWidth, labels.count - pixel) {
                    labels[pixel + index] = UInt16(truncatingIfNeeded: label[index])
                }
            }
        }
    }
}
