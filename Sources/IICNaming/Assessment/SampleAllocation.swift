/// How many points of a sample each class of a map gets: as many for every rare class, the others in
/// proportion to their sizes.
///
/// Source: Olofsson et al. 2014, section 5.1.2: 50 to 100 points for rare classes, the rest allocated
/// to the others in proportion to area.
package struct SampleAllocation: Sendable, Equatable {
    /// Of each stratum.
    package let counts: [Int]
    /// What rare classes get, as far as they have pixels.
    package let least: Int

    package var total: Int { counts.reduce(0, +) }

    /// - Parameters:
    ///   - pixels: of each stratum.
    ///   - total: points in all.
    /// - Throws: ``AssessmentError``.
    package init(pixels: [Int], total: Int) throws(AssessmentError) {
        let all = pixels.reduce(0, +)
        guard total <= all else { throw .tooMany(points: total, pixels: all) }
        let need = pixels.reduce(0) { $0 + min(2, $1) }
        guard total >= need else { throw .tooFew(points: total, classes: pixels.count) }
        let least = max(2, min(50, total / (2 * pixels.count)))
        var counts = pixels.map { min(least, $0) }
        // Those whose part in proportion is no more than they have anyway are rare; leaving them out
        // gives the others less, so until nothing changes.
        var common = Set(pixels.indices)
        while true {
            let rest =
                total
                - pixels.indices.filter { !common.contains($0) }
                .reduce(0) { $0 + counts[$1] }
            let size = common.reduce(0) { $0 + pixels[$1] }
            let rare = common.filter {
                Double(rest) * Double(pixels[$0]) <= Double(counts[$0]) * Double(size)
            }
            if rare.isEmpty {
                for (index, count) in Self.shares(
                    of: rest, sizes: common.sorted().map { ($0, pixels[$0]) })
                {
                    counts[index] = count
                }
                break
            }
            common.subtract(rare)
            if common.isEmpty { break }
        }
        // What no common class could take (a map of few pixels): where there are pixels left.
        var left = total - counts.reduce(0, +)
        while left > 0 {
            for index in counts.indices where left > 0 && counts[index] < pixels[index] {
                counts[index] += 1
                left -= 1
            }
        }
        self.counts = counts
        self.least = least
    }

    /// Whole parts of a number in proportion to sizes, the largest remainders rounded up.
    private static func shares(
        of total: Int, sizes: [(index: Int, pixels: Int)]
    ) -> [(index: Int, count: Int)] {
        let all = sizes.reduce(0) { $0 + $1.pixels }
        guard all > 0 else { return [] }
        let exact = sizes.map { Double(total) * Double($0.pixels) / Double(all) }
        var counts = exact.map { Int($0) }
        let order = exact.indices.sorted {
            let (one, other) = (exact[$0] - Double(counts[$0]), exact[$1] - Double(counts[$1]))
            return one == other ? $0 < $1 : one > other
        }
        let missing = total - counts.reduce(0, +)
        for index in order.prefix(max(0, missing)) { counts[index] += 1 }
        return zip(sizes, counts).map { ($0.index, min($1, $0.pixels)) }
    }

    /// The standard error of overall accuracy to be expected if every class had this user's accuracy:
    /// Olofsson et al. 2014, equation 5, which their equation 13 for sizes is solved from.
    ///
    /// - Parameter sizes: of the strata.
    package func standardError(sizes: [Double], accuracy: Double) -> Double {
        let total = sizes.reduce(0, +)
        return zip(sizes, counts).reduce(0) { sum, stratum in
            let weight = stratum.0 / total
            return sum + weight * weight * accuracy * (1 - accuracy) / Double(max(1, stratum.1 - 1))
        }.squareRoot()
    }
}
