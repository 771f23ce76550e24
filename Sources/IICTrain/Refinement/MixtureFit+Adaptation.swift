package import IICInfer

/// A mixture that moves on to other data: another date, another light, another place.
extension MixtureFit {
    /// Rounds of an adaptation.
    static let adaptationRounds = 24

    /// Moves a mixture's means and shares to a sample of other data, beginning with the classes that
    /// it finds there as it is.
    ///
    /// Classes keep their numbers. Their shapes, and what the network says of them, stay as they were
    /// learnt. A light that is far from that of the training may still cost a class its pixels.
    ///
    /// - Parameter sample: of the model's own network, as ``fit(_:classes:labels:pool:isCancelled:)``.
    /// - Returns: the mixture as it is for a sample without pixels. Bits do not depend on the pool.
    /// - Throws: ``Interrupted``.
    package static func adapt(
        _ mixture: Mixture, to sample: PixelSample, pool: ComputePool,
        isCancelled: () -> Bool = { false }
    ) throws(Interrupted) -> Mixture {
        guard sample.count > 0 else { return mixture }
        precondition(sample.dimensions == mixture.dimensions, "\(sample.dimensions)")
        let fit = MixtureFit(sample, classes: mixture.classes, pool: pool)
        var gaussians = fit.gaussians(of: mixture)
        for _ in 0..<adaptationRounds {
            if isCancelled() { throw Interrupted() }
            let scorer = fit.scorer(gaussians, weight: mixture.weight)
            gaussians = fit.maximise(
                fit.sums { block, shares in scorer(block, &shares) }, before: gaussians,
                shapes: false)
        }
        let moved = fit.mixture(gaussians)
        var adapted = mixture
        adapted.means = moved.means
        adapted.logShares = moved.logShares
        return adapted
    }

    /// A mixture's classes in the sample's standardised numbers.
    private func gaussians(of mixture: Mixture) -> [Gaussian] {
        let (centre, scale) = moments
        let (d, classes) = (dimensions, mixture.classes)
        return (0..<classes).map { k in
            let precision = (0..<d * d).map {
                mixture.precisions[k * d * d + $0] * (scale[$0 / d] * scale[$0 % d])
            }
            guard let factor = Cholesky(precision) else {
                preconditionFailure("a precision that is not positive definite")
            }
            return Gaussian(
                mean: (0..<d).map { (mixture.means[k * d + $0] - centre[$0]) / scale[$0] },
                precision: precision, factor: factor.factor,
                logDeterminant: factor.logDeterminant, logShare: mixture.logShares[k],
                logConfusion: Array(
                    mixture.logConfusion[k * classes..<(k + 1) * classes]))
        }
    }
}
