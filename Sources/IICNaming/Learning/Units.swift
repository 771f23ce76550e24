package import IICInfer

/// Fine clusters of pixels that a person names one by one.
package struct Units: Sendable {
    private let clusters: KMeans
    /// Each unit's members, as places in the sample, those nearest to its centre first.
    package let members: [[Int]]
    /// The unit of each pixel of the sample.
    package let labels: [Int]

    package var count: Int { members.count }

    /// Pixels that centres are found with.
    private static let mostPoints = 12_000

    /// k-means of the pixels' own numbers.
    ///
    /// - Parameters:
    ///   - space: what points are, `(n, D)`.
    ///   - wanted: units; fewer come out where pixels are alike.
    package init(
        _ space: [Float], dimensions: Int, wanted: Int, seed: UInt64,
        isCancelled: () -> Bool = { false }
    ) throws(Interrupted) {
        let count = space.count / dimensions
        let step = max(1, (count + Self.mostPoints - 1) / Self.mostPoints)
        var some: [Float] = []
        for point in stride(from: 0, to: count, by: step) {
            some += space[point * dimensions..<(point + 1) * dimensions]
        }
        clusters = try KMeans(
            points: some, dimensions: dimensions, clusters: wanted, seed: seed, restarts: 1,
            iterations: 40, isCancelled: isCancelled)
        var (labels, distances): ([Int], [Float]) = ([], [])
        for point in 0..<count {
            let (label, distance) = clusters.nearest(space.span, at: point * dimensions)
            labels.append(label)
            distances.append(distance)
        }
        let found = Dictionary(grouping: 0..<count) { labels[$0] }
        let order = found.keys.sorted()
        members = order.map { label in
            (found[label] ?? []).sorted { (distances[$0], $0) < (distances[$1], $1) }
        }
        let numbers = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
        self.labels = labels.map { numbers[$0] ?? 0 }
        self.numbers = numbers
    }

    private let numbers: [Int: Int]

    /// The unit that a point lies in; nil for one whose cluster has no pixel of the sample.
    package func unit(of points: Span<Float>, at index: Int) -> Int? {
        numbers[clusters.nearest(points, at: index).cluster]
    }

    /// The nearest tenth of a unit's members: what is proposed.
    package func heart(_ unit: Int) -> ArraySlice<Int> {
        members[unit].prefix(max(1, members[unit].count / 10))
    }

    /// Some of a unit's members, evenly from its centre to its edge: what stands for all of them.
    package func some(_ unit: Int) -> [Int] {
        let all = members[unit]
        let step = max(1, (all.count + Self.most - 1) / Self.most)
        return stride(from: 0, to: all.count, by: step).map { all[$0] }
    }

    private static let most = 200
}
