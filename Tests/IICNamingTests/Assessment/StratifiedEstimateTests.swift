import IICInfer
import Testing

@testable import IICNaming

@Suite struct StratifiedEstimateTests {
    /// Olofsson et al. 2014, section 5: deforestation, forest gain, stable forest, stable non-forest.
    static let example = StratifiedEstimate(
        sizes: [200_000, 150_000, 3_200_000, 6_450_000],
        counts: [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])

    private func text(_ estimate: Estimate?, _ digits: Int = 2) -> String {
        guard let estimate, let width = estimate.halfWidth else { return "none" }
        return "\(fixed(estimate.value, digits)) \(fixed(width, digits))"
    }

    @Test func `the paper's example gives the paper's numbers`() {
        let example = Self.example
        #expect(text(example.overall) == "0.95 0.02")
        #expect(
            (0..<4).map { text(example.users($0)) }
                == ["0.88 0.07", "0.73 0.10", "0.93 0.04", "0.96 0.02"])
        #expect(
            (0..<4).map { text(example.producers($0)) }
                == ["0.75 0.21", "0.85 0.25", "0.93 0.03", "0.96 0.02"])
        #expect(
            (0..<4).map { text(example.area($0), 0) }
                == ["235086 68418", "129846 41731", "3175221 172332", "6459846 180907"])
        // A pixel has 0.09 ha.
        #expect(
            (0..<4).map { text(example.area($0).scaled(by: 0.09), 0) }
                == ["21158 6158", "11686 3756", "285770 15510", "581386 16282"])
        #expect(
            (0..<4).map { fixed(example.share(0, $0), 4) } == [
                "0.0176", "0.0000", "0.0013", "0.0011",
            ])
        #expect(
            (0..<4).map { fixed(example.share(3, $0), 4) } == [
                "0.0040", "0.0020", "0.0179", "0.6212",
            ])
    }

    @Test func `a class that the map does not have has an area, and is never found`() throws {
        let estimate = StratifiedEstimate(sizes: [100, 300], counts: [[8, 1, 1], [2, 26, 2]])
        #expect(estimate.classes == 3)
        // 100 · 1/10 + 300 · 2/30.
        #expect(abs(estimate.area(2).value - 30) < 1e-9)
        #expect(try #require(estimate.area(2).standardError) > 0)
        let producers = try #require(estimate.producers(2))
        #expect(producers.value == 0 && producers.standardError == nil)
        #expect(abs((0..<3).reduce(0) { $0 + estimate.area($1).value } - 400) < 1e-9)
    }

    @Test func `strata without sample are left out, those of one point are taken at their worst`()
        throws
    {
        let estimate = StratifiedEstimate(
            sizes: [100, 300, 50], counts: [[1, 0, 0], [2, 28, 0], [0, 0, 0]])
        #expect(estimate.sampledSize == 400)
        #expect(estimate.users(2) == nil && estimate.producers(2) == nil)
        #expect(estimate.users(0) == Estimate(value: 1, standardError: nil))
        #expect(estimate.area(2).value == 0)
        let p = 28.0 / 30
        let variance = 0.25 * 0.25 * 0.25 + 0.75 * 0.75 * p * (1 - p) / 29
        #expect(
            abs(try #require(estimate.overall.standardError) - variance.squareRoot()) < 1e-12)
        // The sample has nothing of it.
        let other = StratifiedEstimate(sizes: [1, 1], counts: [[0, 5], [0, 5]])
        #expect(other.producers(0) == nil)
        #expect(other.users(0)?.value == 0)
    }

    @Test func `95 of 100 intervals hold the truth`() {
        // Shares of the true classes in each of the map's.
        let sizes = [2_000.0, 18_000, 30_000]
        let truth = [[0.8, 0.15, 0.05], [0.06, 0.86, 0.08], [0.05, 0.09, 0.86]]
        let points = [60, 90, 150]
        var generator = SplitMix64(seed: 7)
        let rounds = 4000
        var held = [0, 0, 0, 0, 0]
        var means = [0.0, 0, 0, 0, 0]
        func area(_ j: Int) -> Double {
            sizes.indices.reduce(0) { $0 + sizes[$1] * truth[$1][j] }
        }
        let total = sizes.reduce(0, +)
        let expected =
            [sizes.indices.reduce(0) { $0 + sizes[$1] * truth[$1][$1] } / total]
            + (0..<3).map(area) + [sizes[0] * truth[0][0] / area(0)]
        for _ in 0..<rounds {
            let counts = zip(truth, points).map { shares, count in
                var row = [0, 0, 0]
                for _ in 0..<count {
                    let u = generator.unit()
                    row[u < shares[0] ? 0 : u < shares[0] + shares[1] ? 1 : 2] += 1
                }
                return row
            }
            let estimate = StratifiedEstimate(sizes: sizes, counts: counts)
            let found =
                [estimate.overall] + (0..<3).map { estimate.area($0) }
                + [estimate.producers(0) ?? Estimate(value: 0, standardError: 0)]
            for (index, one) in found.enumerated() {
                means[index] += one.value / Double(rounds)
                if abs(one.value - expected[index]) <= one.halfWidth ?? 0 { held[index] += 1 }
            }
        }
        for index in 0..<4 {
            #expect(abs(means[index] / expected[index] - 1) < 0.01, "\(index)")
            let share = Double(held[index]) / Double(rounds)
            #expect((0.92...0.975).contains(share), "\(index): \(share)")
        }
        // A ratio of sums, whose interval holds for large samples.
        let share = Double(held[4]) / Double(rounds)
        #expect((0.85...0.985).contains(share), "\(share)")
    }
}
