import Foundation
import IICInfer
import IICTrain
import Testing

@testable import IICTrain

@Suite struct MixtureFitTests {
    /// Points of clouds of unequal size and shape, and what a network says of them.
    private struct Clouds {
        var points: [[Float]] = []
        var said: [[Float]] = []
        var truth: [Int] = []

        /// - Parameters:
        ///   - distance: of the clouds' middles; they are about 1 wide.
        ///   - right: how often the network is right; else it says any class.
        init(_ count: Int, classes: Int = 3, distance: Float, right: Double) {
            var random = SplitMix64(seed: 5)
            for _ in 0..<count {
                let place = random.unit()
                // Half of the points are the first class's, a quarter the second's, …
                let label = min(classes - 1, Int(-log2(1 - place)))
                let own = (0..<4).map { _ in
                    (0..<4).reduce(Float(0)) { sum, _ in sum + random.uniform(-1...1) }
                }
                points.append(
                    (0..<4).map { band in
                        // Bands that depend on each other, otherwise in each class.
                        let mixed = own[band] + 0.4 * Float(label) * own[(band + 1) % 4]
                        return 0.1 * (mixed + (band % classes == label ? distance : 0))
                    })
                let word = random.unit() < right ? label : random.index(below: classes)
                said.append((0..<classes).map { $0 == word ? 0.9 : 0.1 / Float(classes - 1) })
                truth.append(label)
            }
        }

        /// - Parameter network: whether it takes part.
        func sample(network: Bool = true) -> PixelSample {
            var sample = PixelSample(
                dimensions: points.first?.count ?? 4, networkClasses: network ? said[0].count : 0)
            for index in points.indices {
                sample.add({ points[index][$0] }, probability: { said[index][$0] })
            }
            return sample
        }
    }

    private func fit(
        _ sample: PixelSample, classes: Int = 3, labels: [Int]? = nil, threads: Int = 2
    ) throws -> Mixture {
        try #require(
            try MixtureFit.fit(
                sample, classes: classes, labels: labels, pool: ComputePool(threads: threads)))
    }

    private func isUsable(_ mixture: Mixture) -> Bool {
        let numbers = mixture.means + mixture.precisions + mixture.logShares + mixture.logConfusion
        let size = mixture.dimensions * mixture.dimensions
        return numbers.allSatisfy(\.isFinite)
            && (0..<mixture.classes).allSatisfy {
                Cholesky(Array(mixture.precisions[$0 * size..<($0 + 1) * size])) != nil
            }
    }

    @Test func `it is what a plain computation in double precision finds`() throws {
        let clouds = Clouds(3000, distance: 3, right: 0.7)
        let fitted = try fit(clouds.sample())
        let said = clouds.said.map { $0.map(Double.init) }
        let plain = PlainMixture(
            points: clouds.points.map { $0.map(Double.init) }, said: said,
            labels: said.map { $0.firstIndex(of: $0.max() ?? 0) ?? 0 }, classes: 3)
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
        }
        // Shares are of single precision, and sums of 3,000 of them; bands are 0.2 wide, precisions
        // some hundreds.
        #expect(distance(fitted.means, plain.means.flatMap(\.self)) < 1e-6)
        #expect(distance(fitted.precisions, plain.precisions.flatMap(\.self)) < 1e-2)
        #expect(distance(fitted.logShares, plain.logShares) < 1e-5)
        #expect(distance(fitted.logConfusion, plain.logConfusion.flatMap(\.self)) < 1e-5)
        // It has found something that it did not begin with.
        let shares = fitted.logShares.map { exp($0) }
        #expect(distance(shares, [0.5, 0.25, 0.25]) < 0.05, "\(shares)")
    }

    @Test func `threads do not change a bit`() throws {
        // Three blocks, the last one not full.
        let sample = Clouds(10_000, distance: 2, right: 0.5).sample()
        let one = try fit(sample, threads: 1)
        #expect(try fit(sample, threads: 2) == one && fit(sample, threads: 5) == one)
    }

    @Test func `a class that begins without pixels keeps finite numbers`() throws {
        let clouds = Clouds(1000, distance: 3, right: 1)
        let mixture = try fit(clouds.sample(), labels: clouds.truth.map { min($0, 1) })
        #expect(isUsable(mixture))
        // As one that never had any to begin with.
        let alone = try fit(clouds.sample(), labels: Array(repeating: 0, count: 1000))
        #expect(isUsable(alone))
        _ = MixtureReadOut(alone)
    }

    @Test func `a band of one value does no harm`() throws {
        var clouds = Clouds(1000, distance: 3, right: 1)
        for index in clouds.points.indices { clouds.points[index][2] = 0.3 }
        let mixture = try fit(clouds.sample())
        #expect(isUsable(mixture))
        #expect((0..<3).allSatisfy { abs(mixture.means[$0 * 4 + 2] - 0.3) < 1e-6 })
    }

    @Test func `one class has the moments of all points`() throws {
        var clouds = Clouds(3000, distance: 3, right: 1)
        clouds.said = clouds.said.map { _ in [1] }
        let mixture = try fit(clouds.sample(), classes: 1)
        let points = clouds.points
        func mean(_ value: ([Float]) -> Double) -> Double {
            points.reduce(0) { $0 + value($1) } / Double(points.count)
        }
        let centre = (0..<4).map { band in mean { Double($0[band]) } }
        func covariance(_ i: Int, _ j: Int) -> Double {
            mean { (Double($0[i]) - centre[i]) * (Double($0[j]) - centre[j]) }
        }
        // Its inverse times the covariance is the identity, up to the ridge.
        let inverse = mixture.precisions
        for i in 0..<4 {
            #expect(abs(mixture.means[i] - centre[i]) < 1e-6)
            for j in 0..<4 {
                var product = 0.0
                for k in 0..<4 {
                    let ridge = k == j ? MixtureFit.ridge * covariance(j, j) : 0
                    product += inverse[i * 4 + k] * (covariance(k, j) + ridge)
                }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-4, "\(i) \(j)")
            }
        }
        #expect(mixture.logShares == [0] && mixture.logConfusion == [0])
    }

    @Test func `a sample without pixels has no mixture`() throws {
        let empty = PixelSample(dimensions: 4, networkClasses: 3)
        #expect(try MixtureFit.fit(empty, classes: 3, pool: ComputePool(threads: 2)) == nil)
    }

    @Test func `labels may come from elsewhere, and then there is no network`() throws {
        let clouds = Clouds(3000, distance: 8, right: 0)
        // One in four is wrong.
        let labels = clouds.truth.enumerated().map { $0 % 4 == 0 ? ($1 + 1) % 3 : $1 }
        let mixture = try fit(clouds.sample(network: false), labels: labels)
        #expect(isUsable(mixture) && mixture.weight == 0)
        #expect(mixture.logConfusion == Array(repeating: 0, count: 9))
        for k in 0..<3 {
            let share = Double(clouds.truth.count { $0 == k }) / 3000
            #expect(abs(exp(mixture.logShares[k]) - share) < 0.005)
        }
    }

    /// By how much the scores of two classes differ at most, by what the network says.
    private func say(right: Double) throws -> (least: Double, most: Double) {
        let clouds = Clouds(6000, distance: 8, right: right)
        let mixture = try fit(clouds.sample(), labels: clouds.truth)
        let differences = (0..<27).compactMap { index -> Double? in
            let (j, k, other) = (index % 3, index / 3 % 3, index / 9)
            guard k < other else { return nil }
            return abs(mixture.logConfusion[k * 3 + j] - mixture.logConfusion[other * 3 + j])
        }
        return (differences.min() ?? 0, differences.max() ?? 0)
    }

    @Test func `a network that knows nothing has little say, one that knows all has much`() throws {
        let floor = -MixtureFit.floor
        let noise = try say(right: 0).most
        // 1,500 points in the smallest classes: shares of a third are known to within 0.1 or so.
        #expect(noise < floor + 0.2 && noise > floor - 0.2)
        #expect(try say(right: 1).most > 2 && say(right: 0.5).most < say(right: 1).most)
    }

    @Test(arguments: [1, 2, 30]) func `it ends when that is asked for`(question: Int) {
        var asked = 0
        #expect(throws: Interrupted.self) {
            try MixtureFit.fit(
                Clouds(100, distance: 3, right: 1).sample(), classes: 3,
                pool: ComputePool(threads: 2)
            ) {
                asked += 1
                return asked == question
            }
        }
        #expect(asked == question)
    }

    @Test func `a mixture follows its classes to another light`() throws {
        let clouds = Clouds(6000, distance: 4, right: 0.8)
        let first = try fit(clouds.sample())
        var darker = clouds
        darker.points = clouds.points.map { $0.map { $0 - 0.1 } }
        let adapted = try MixtureFit.adapt(
            first, to: darker.sample(), pool: ComputePool(threads: 2))
        for (old, new) in zip(first.means, adapted.means) {
            #expect(abs(new - (old - 0.1)) < 0.02, "\(old) \(new)")
        }
        for (old, new) in zip(first.logShares, adapted.logShares) {
            #expect(abs(exp(old) - exp(new)) < 0.02, "\(old) \(new)")
        }
        #expect(adapted.precisions == first.precisions)
        #expect(adapted.logConfusion == first.logConfusion)
        let alone = try MixtureFit.adapt(first, to: darker.sample(), pool: ComputePool(threads: 1))
        #expect(alone == adapted)
    }

    @Test func `a mixture without pixels to move to stays`() throws {
        let first = try fit(Clouds(500, distance: 4, right: 0.8).sample())
        let none = PixelSample(dimensions: 4, networkClasses: 3)
        #expect(try MixtureFit.adapt(first, to: none, pool: ComputePool(threads: 1)) == first)
    }
}
