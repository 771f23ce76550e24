/// Brings a scene's values to those of a model's training data: one curve for each band, which gives
/// a scene's quantiles the values of the training's.
public struct SceneMatching: Sendable, Hashable {
    let curves: [ValueCurve]

    /// - Parameter wholeNumbers: whether all values of the scene are, of at most 16 bits.
    /// - Precondition: both have the same probabilities and bands.
    public init(scene: BandQuantiles, training: BandQuantiles, wholeNumbers: Bool = false) {
        precondition(
            scene.probabilities == training.probabilities
                && scene.bands.count == training.bands.count, "\(scene) \(training)")
        curves = zip(scene.bands, training.bands).map {
            ValueCurve(from: $0, to: $1, at: scene.probabilities, wholeNumbers: wholeNumbers)
        }
    }

    /// Matches `(pixels, C)` values in place; pixels that are not valid stay as they are.
    ///
    /// - Parameter valid: one byte a pixel, 0 for invalid.
    public func apply(to values: inout MutableSpan<Float>, valid: Span<UInt8>) {
        let channels = curves.count
        precondition(values.count == valid.count * channels, "\(values.count) \(valid.count)")
        for (band, curve) in curves.enumerated() {
            curve.apply(toBand: band, of: channels, in: &values, valid: valid)
        }
    }
}

extension ValueCurve {
    /// From a scene's quantiles to the training data's at the same probabilities.
    ///
    /// A value that fills several of the scene's quantiles, such as a tenth of pixels that are all 0,
    /// goes where the middle of their probabilities does: equal pixels stay equal, and equal
    /// quantiles give the identity.
    init(
        from scene: [Float], to training: [Float], at probabilities: [Double], wholeNumbers: Bool
    ) {
        var x: [Float] = []
        var y: [Float] = []
        var start = 0
        while start < scene.count {
            var end = start
            while end + 1 < scene.count, scene[end + 1] == scene[start] { end += 1 }
            x.append(scene[start])
            y.append(
                Self.value(
                    of: training, at: (probabilities[start] + probabilities[end]) / 2,
                    within: start...end, probabilities))
            start = end + 1
        }
        self.init(x: x, y: y, wholeNumbers: wholeNumbers)
    }

    /// The value at a probability that lies in `range` of those given.
    private static func value(
        of quantiles: [Float], at probability: Double, within range: ClosedRange<Int>,
        _ probabilities: [Double]
    ) -> Float {
        let low = range.last { probabilities[$0] <= probability } ?? range.lowerBound
        guard low < range.upperBound else { return quantiles[low] }
        let part =
            (probability - probabilities[low]) / (probabilities[low + 1] - probabilities[low])
        let (from, to) = (Double(quantiles[low]), Double(quantiles[low + 1]))
        return min(Float(from + part * (to - from)), quantiles[low + 1])
    }
}
