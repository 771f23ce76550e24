/// A number that a sample tells, and how far it may be off.
package struct Estimate: Hashable, Sendable {
    /// Standard errors to either side that hold the truth in 95 of 100 samples.
    package static let z = 1.96

    package var value: Double
    /// Nil where the sample does not tell.
    package var standardError: Double?

    /// Half the width of the 95 % interval.
    package var halfWidth: Double? { standardError.map { $0 * Self.z } }

    func scaled(by factor: Double) -> Estimate {
        Estimate(value: value * factor, standardError: standardError.map { $0 * factor })
    }
}

/// What a sample that was drawn at random within each of a map's classes tells of the map: error
/// matrix, accuracies and the classes' shares of the area.
///
/// Source: Olofsson, Foody, Herold, Stehman, Woodcock and Wulder, *Good practices for estimating area
/// and assessing accuracy of land change*, Remote Sensing of Environment 148 (2014), whose equations
/// are named. Beyond them: a stratum without sample is left out of the area that is estimated, and one
/// with a single point has the largest variance that a share can have, 1/4 (half of its range,
/// squared), where the equations divide by 0.
package struct StratifiedEstimate: Sendable {
    /// A_m,i: of each stratum, in pixels or in any unit of area.
    package let sizes: [Double]
    /// n_ij: points of stratum i whose reference is class j. The strata's classes come first, in their
    /// order; then those that the map does not have.
    package let counts: [[Int]]
    private let totals: [Int]
    /// Of the strata that have a sample.
    package let sampledSize: Double

    /// - Precondition: all rows have the same number of columns, one or more for each stratum; some
    ///   stratum that has a size has a sample.
    package init(sizes: [Double], counts: [[Int]]) {
        precondition(sizes.count == counts.count, "\(sizes.count) \(counts.count)")
        precondition(counts.allSatisfy { $0.count == counts[0].count && $0.count >= sizes.count })
        self.sizes = sizes
        self.counts = counts
        totals = counts.map { $0.reduce(0, +) }
        sampledSize = zip(sizes, totals).reduce(0) { $1.1 > 0 ? $0 + $1.0 : $0 }
        precondition(sampledSize > 0, "no sample")
    }

    package var classes: Int { counts[0].count }

    /// n_i·, the points of a stratum.
    package func points(_ i: Int) -> Int { totals[i] }

    /// W_i: a stratum's share of the sampled area.
    package func weight(_ i: Int) -> Double { totals[i] > 0 ? sizes[i] / sampledSize : 0 }

    /// n_ij / n_i·.
    private func proportion(_ i: Int, _ j: Int) -> Double {
        totals[i] > 0 ? Double(counts[i][j]) / Double(totals[i]) : 0
    }

    /// Of a stratum's proportion: p (1 − p) / (n_i· − 1).
    private func variance(_ i: Int, _ j: Int) -> Double {
        guard totals[i] > 1 else { return totals[i] == 1 ? 0.25 : 0 }
        let p = proportion(i, j)
        return p * (1 - p) / Double(totals[i] - 1)
    }

    /// The share of the area that is mapped as i and is truly j: equation 4.
    package func share(_ i: Int, _ j: Int) -> Double { weight(i) * proportion(i, j) }

    /// Overall accuracy: equations 1 and 5.
    package var overall: Estimate {
        let strata = sizes.indices
        return Estimate(
            value: strata.reduce(0) { $0 + share($1, $1) },
            standardError: strata.reduce(0) { $0 + weight($1) * weight($1) * variance($1, $1) }
                .squareRoot())
    }

    /// Of what is mapped as a class, the share that is truly of it: equations 2 and 6. Nil without
    /// sample.
    package func users(_ i: Int) -> Estimate? {
        guard totals[i] > 0 else { return nil }
        return Estimate(
            value: proportion(i, i),
            standardError: totals[i] > 1 ? variance(i, i).squareRoot() : nil)
    }

    /// Of what is truly of a class, the share that is mapped as it: equations 3, 7 and 8. Nil where
    /// the sample has none of it, or where what is mapped as it has no sample.
    package func producers(_ j: Int) -> Estimate? {
        // N̂_·j, equation 8.
        let size = sizes.indices.reduce(0) { $0 + sizes[$1] * proportion($1, j) }
        guard size > 0 else { return nil }
        guard j < sizes.count else { return Estimate(value: 0, standardError: nil) }
        guard totals[j] > 0 else { return nil }
        let accuracy = sizes[j] * proportion(j, j) / size
        let own = sizes[j] * sizes[j] * (1 - accuracy) * (1 - accuracy) * variance(j, j)
        let others = sizes.indices.reduce(0) {
            $1 == j ? $0 : $0 + sizes[$1] * sizes[$1] * variance($1, j)
        }
        return Estimate(
            value: accuracy,
            standardError: (own + accuracy * accuracy * others).squareRoot() / size)
    }

    /// A class's share of the area: equations 9 and 10.
    package func areaShare(_ j: Int) -> Estimate {
        Estimate(
            value: sizes.indices.reduce(0) { $0 + share($1, j) },
            standardError: sizes.indices.reduce(0) {
                $0 + weight($1) * weight($1) * variance($1, j)
            }.squareRoot())
    }

    /// A class's area, in the unit of the sizes: equations 11 and 12.
    package func area(_ j: Int) -> Estimate { areaShare(j).scaled(by: sampledSize) }
}
