import Foundation
package import IICInfer
import IICKernels

/// Fits a ``Mixture`` by expectation and maximisation.
///
/// It begins from labels. First the Gaussians and their shares find their own way; then the network
/// joins as one more witness whose mistakes are learnt with them: where its classes and the
/// Gaussians' meet, it counts for much, and where it tells nothing of them, for almost nothing.
///
/// Source: Dempster, Laird and Rubin, *Maximum likelihood from incomplete data via the EM algorithm*
/// (1977); Dawid and Skene (1979) for the witness. Measured in docs/quality.md.
package struct MixtureFit {
    /// Rounds of the Gaussians alone, then with the network.
    static let rounds = (alone: 24, together: 24)
    /// Added to the variances of standardised numbers: no class is thinner.
    static let ridge = 0.01
    /// What the network's word counts: less than 1, because it has seen the pixels that the Gaussians
    /// see, and whole it would count them twice.
    static let networkWeight = 0.7
    /// What a network that says one class surely counts for at least, as a share of its own
    /// log-probabilities: a map is the network's, and no table of colours.
    static let leastWeight = 0.05
    /// A probability of 0, to a network that is never quite sure.
    private static let doubt = 1e-3
    /// What is added off the confusion's diagonal, so that the weighted whole counts that much.
    static var floor: Double { leastWeight / networkWeight * log(doubt) }

    let sample: PixelSample
    private let classes: Int
    private let pool: ComputePool
    let moments: (means: [Double], deviations: [Double])
    /// `(D, blockSize)` of each block, standardised.
    private let features: [Buffer<Float>]

    var dimensions: Int { sample.dimensions }
    private var pairs: Int { dimensions * (dimensions + 1) / 2 }
    /// Sums of each class: its weight, its numbers, their products, what the network says.
    private var columns: Int { 1 + dimensions + pairs + sample.networkClasses }

    /// A class as it stands, of standardised numbers.
    struct Gaussian {
        var mean: [Double]
        var precision: [Double]
        var factor: [Double]
        var logDeterminant: Double
        var logShare: Double
        /// Of what the network says; empty without one.
        var logConfusion: [Double]
    }

    /// Fits a mixture of `classes` that begins with `labels`, one a pixel of the sample; those of the
    /// network unless given. The network takes part where the sample has its probabilities.
    ///
    /// - Parameter isCancelled: asked before each round.
    /// - Returns: nil for a sample without pixels. Bits do not depend on the pool.
    /// - Throws: ``Interrupted``.
    package static func fit(
        _ sample: PixelSample, classes: Int, labels: [Int]? = nil, pool: ComputePool,
        isCancelled: () -> Bool = { false }
    ) throws(Interrupted) -> Mixture? {
        guard sample.count > 0 else { return nil }
        let labels = labels ?? sample.networkLabels
        precondition(labels.count == sample.count, "\(labels.count) \(sample.count)")
        let fit = MixtureFit(sample, classes: classes, pool: pool)
        let unknown = Gaussian(
            mean: Array(repeating: 0, count: sample.dimensions), precision: fit.identity,
            factor: fit.identity, logDeterminant: 0, logShare: 0, logConfusion: [])
        var gaussians = fit.maximise(
            fit.sums { block, shares in fit.begin(block, labels: labels, into: &shares) },
            before: Array(repeating: unknown, count: classes))
        let hasNetwork = sample.networkClasses > 0
        for round in 0..<rounds.alone + (hasNetwork ? rounds.together : 0) {
            if isCancelled() { throw Interrupted() }
            let scorer = fit.scorer(
                gaussians, weight: round >= rounds.alone ? networkWeight : 0)
            gaussians = fit.maximise(
                fit.sums { block, shares in scorer(block, &shares) }, before: gaussians)
        }
        return fit.mixture(gaussians)
    }

    init(_ sample: PixelSample, classes: Int, pool: ComputePool) {
        self.sample = sample
        self.classes = classes
        self.pool = pool
        let moments = sample.moments
        self.moments = moments
        features = sample.features.map { source in
            let target = Buffer<Float>(uninitialized: source.count)
            let (values, size) = (source.span(), PixelSample.blockSize)
            var span = target.mutableSpan()
            for d in 0..<sample.dimensions {
                let mean = Float(moments.means[d])
                let scale = Float(1 / moments.deviations[d])
                for pixel in d * size..<(d + 1) * size {
                    span[pixel] = (values[pixel] - mean) * scale
                }
            }
            return target
        }
    }

    private var identity: [Double] {
        (0..<dimensions * dimensions).map {
            $0 / dimensions == $0 % dimensions ? 1 : 0
        }
    }

    // MARK: Expectation

    /// All pixels' shares in the classes that `labels` say.
    private func begin(_ block: Int, labels: [Int], into shares: inout MutableSpan<Float>) {
        let size = PixelSample.blockSize
        for index in 0..<shares.count { shares[index] = 0 }
        for pixel in 0..<sample.count(of: block) {
            shares[labels[block * size + pixel] * size + pixel] = 1
        }
    }

    /// What computes the shares of a block's pixels in the classes, `(K, blockSize)`.
    ///
    /// - Parameter weight: of what the network says; 0 leaves it out.
    func scorer(
        _ gaussians: [Gaussian], weight: Double
    ) -> (_ block: Int, _ shares: inout MutableSpan<Float>) -> Void {
        let size = PixelSample.blockSize
        let scores = MixtureScores(
            constants: gaussians.map { $0.logShare + $0.logDeterminant / 2 },
            means: gaussians.flatMap(\.mean), factors: gaussians.flatMap(\.factor))
        let network = Buffer(
            gaussians.flatMap { weight > 0 ? $0.logConfusion.map { Float(weight * $0) } : [] })
        return { [features, sample] block, shares in
            let values = features[block]
            scores.score(values.span(), into: &shares, stride: size)
            if weight > 0 {
                let said = sample.probabilities[block]
                MixtureScores.add(network.span(), of: said.span(), to: &shares, stride: size)
            }
            MixtureScores.normalise(&shares, stride: size, count: sample.count(of: block))
        }
    }

    /// Bytes of ``sums(_:)``, where the network takes part.
    static func scratchBytes(pixels: Int, classes: Int, dimensions: Int, threads: Int) -> Int {
        let columns = 1 + dimensions + dimensions * (dimensions + 1) / 2 + classes
        let blocks = pixels / PixelSample.blockSize + 1
        return 4 * threads * (classes + columns) * PixelSample.blockSize
            + (4 + 8) * blocks * classes * columns
    }

    /// Sums over all pixels, `(K, columns)`, in the order of a tree.
    ///
    /// - Parameter expect: fills the shares of a block's pixels in the classes.
    func sums(
        _ expect: (_ block: Int, _ shares: inout MutableSpan<Float>) -> Void
    ) -> [Double] {
        let size = PixelSample.blockSize
        let scratch = (0..<pool.threads).map { _ in
            (
                shares: Buffer<Float>(uninitialized: classes * size),
                terms: Buffer<Float>(uninitialized: columns * size)
            )
        }
        let parts = features.map { _ in Buffer<Float>(uninitialized: classes * columns) }
        pool.forEach(features.count) { worker, block in
            let (shares, terms) = scratch[worker]
            var span = shares.mutableSpan()
            expect(block, &span)
            fill(terms, block: block)
            let part = parts[block]
            var target = part.mutableSpan()
            multiply(
                shares.span(), transposed: false, terms.span(), transposed: true, into: &target,
                rows: classes, columns: columns, inner: size)
        }
        return treeSum(parts.map { $0.array.map(Double.init) })
    }

    /// What is summed of a block's pixels, `(columns, blockSize)`.
    private func fill(_ terms: Buffer<Float>, block: Int) {
        let size = PixelSample.blockSize
        let (source, said) = (features[block], sample.probabilities[block])
        let (x, p) = (source.span(), said.span())
        var target = terms.mutableSpan()
        for pixel in 0..<size { target[pixel] = 1 }
        for index in 0..<dimensions * size { target[size + index] = x[index] }
        var row = 1 + dimensions
        for i in 0..<dimensions {
            for j in 0...i {
                for pixel in 0..<size {
                    target[row * size + pixel] = x[i * size + pixel] * x[j * size + pixel]
                }
                row += 1
            }
        }
        for index in 0..<sample.networkClasses * size { target[row * size + index] = p[index] }
    }

    // MARK: Maximisation

    /// The classes that the sums speak of. One that has almost no pixels left keeps its Gaussian, so
    /// that it can come back.
    ///
    /// - Parameter shapes: whether they and what the network says are learnt too, not only means and
    ///   shares.
    func maximise(
        _ sums: [Double], before: [Gaussian], shapes: Bool = true
    ) -> [Gaussian] {
        let total = Double(sample.count)
        return (0..<classes).map { k in
            let row = Array(sums[k * columns..<(k + 1) * columns])
            var gaussian = before[k]
            let weight = row[0]
            gaussian.logShare = log(max(weight, 0.5) / total)
            guard shapes else {
                if weight > Double(2 * dimensions) {
                    gaussian.mean = row[1...dimensions].map { $0 / weight }
                }
                return gaussian
            }
            let said = row[(1 + dimensions + pairs)...].map { $0 + 1 }
            let all = said.reduce(0, +)
            gaussian.logConfusion = said.enumerated().map { j, count in
                log(count / all) + (j == k ? 0 : Self.floor)
            }
            guard weight > Double(2 * dimensions) else { return gaussian }
            let mean = row[1...dimensions].map { $0 / weight }
            var covariance = [Double](repeating: 0, count: dimensions * dimensions)
            var index = 1 + dimensions
            for i in 0..<dimensions {
                for j in 0...i {
                    let value = row[index] / weight - mean[i] * mean[j]
                    covariance[i * dimensions + j] = value
                    covariance[j * dimensions + i] = value
                    index += 1
                }
                covariance[i * dimensions + i] += Self.ridge
            }
            // Rounding may leave a variance below zero by less than the ridge.
            guard let inverse = Cholesky(covariance)?.inverse, let factor = Cholesky(inverse) else {
                return gaussian
            }
            gaussian.mean = mean
            gaussian.precision = inverse
            gaussian.factor = factor.factor
            gaussian.logDeterminant = factor.logDeterminant
            return gaussian
        }
    }

    /// In the numbers' own units.
    func mixture(_ gaussians: [Gaussian]) -> Mixture {
        let (centre, scale) = moments
        let d = dimensions
        // A class without pixels has half a one, so that it may come back.
        let all = log(gaussians.reduce(0) { $0 + exp($1.logShare) })
        return Mixture(
            means: gaussians.flatMap { gaussian in
                (0..<d).map { gaussian.mean[$0] * scale[$0] + centre[$0] }
            },
            precisions: gaussians.flatMap { gaussian in
                (0..<d * d).map { gaussian.precision[$0] / (scale[$0 / d] * scale[$0 % d]) }
            }, logShares: gaussians.map { min(0, $0.logShare - all) },
            logConfusion: gaussians.flatMap { gaussian in
                gaussian.logConfusion.isEmpty
                    ? Array(repeating: 0, count: classes) : gaussian.logConfusion
            },
            weight: sample.networkClasses > 0 ? Self.networkWeight : 0)
    }
}
