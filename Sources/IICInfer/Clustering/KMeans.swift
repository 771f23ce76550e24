/// Clusters of pixel values: the baseline that a map has to beat.
///
/// Lloyd's iterations from the starts of k-means++ (Arthur and Vassilvitskii, 2007), the best of
/// several; the same data and seed give the same clusters.
package struct KMeans: Sendable {
    /// Number of clusters.
    package private(set) var clusters: Int
    /// Values of a point.
    package private(set) var dimensions: Int
    /// `(clusters, dimensions)`.
    package private(set) var centres: [Float]
    /// Sum of squared distances of the fitted points to their centres.
    package private(set) var inertia: Double = 0

    /// Fits clusters to `points`, `(n, dimensions)`; the caller samples them to bound memory.
    ///
    /// - Parameter isCancelled: asked before each pass over the points.
    /// - Throws: ``Interrupted``.
    /// - Precondition: at least one point.
    package init(
        points: [Float], dimensions: Int, clusters: Int, seed: UInt64, restarts: Int = 8,
        iterations: Int = 100, isCancelled: () -> Bool = { false }
    ) throws(Interrupted) {
        precondition(clusters > 0 && dimensions > 0 && restarts > 0)
        precondition(points.count >= dimensions && points.count.isMultiple(of: dimensions))
        self.clusters = clusters
        self.dimensions = dimensions
        centres = []
        var random = SplitMix64(seed: seed)
        for restart in 0..<restarts {
            var trial = KMeans(clusters: clusters, dimensions: dimensions)
            try trial.start(points, random: &random, isCancelled: isCancelled)
            try trial.improve(points, iterations: iterations, isCancelled: isCancelled)
            if restart == 0 || trial.inertia < inertia { self = trial }
        }
    }

    private init(clusters: Int, dimensions: Int) {
        self.clusters = clusters
        self.dimensions = dimensions
        centres = []
    }

    /// The nearest centre to the point that starts at `index` of `points`, and its squared distance.
    package func nearest(_ points: Span<Float>, at index: Int) -> (cluster: Int, distance: Float) {
        var best = 0
        var least = Float.infinity
        for cluster in 0..<centres.count / dimensions {
            var distance: Float = 0
            for dimension in 0..<dimensions {
                let difference =
                    points[index + dimension] - centres[cluster * dimensions + dimension]
                distance += difference * difference
            }
            if distance < least {
                least = distance
                best = cluster
            }
        }
        return (best, least)
    }

    /// Each next centre is a point drawn in proportion to its squared distance to the others.
    private mutating func start(
        _ points: [Float], random: inout SplitMix64, isCancelled: () -> Bool
    ) throws(Interrupted) {
        let count = points.count / dimensions
        let first = random.index(below: count)
        centres = Array(points[first * dimensions..<(first + 1) * dimensions])
        var distances = [Float](repeating: .infinity, count: count)
        while centres.count < clusters * dimensions {
            if isCancelled() { throw Interrupted() }
            let last = centres.count - dimensions
            var sum = 0.0
            for point in 0..<count {
                var distance: Float = 0
                for dimension in 0..<dimensions {
                    let d = points[point * dimensions + dimension] - centres[last + dimension]
                    distance += d * d
                }
                distances[point] = min(distances[point], distance)
                sum += Double(distances[point])
            }
            var rest = random.unit() * sum
            var chosen = count - 1
            for point in 0..<count {
                rest -= Double(distances[point])
                if rest < 0 {
                    chosen = point
                    break
                }
            }
            centres += points[chosen * dimensions..<(chosen + 1) * dimensions]
        }
    }

    private mutating func improve(
        _ points: [Float], iterations: Int, isCancelled: () -> Bool
    ) throws(Interrupted) {
        let count = points.count / dimensions
        var previous = Double.infinity
        for _ in 0..<iterations {
            if isCancelled() { throw Interrupted() }
            var sums = [Double](repeating: 0, count: clusters * dimensions)
            var sizes = [Int](repeating: 0, count: clusters)
            inertia = 0
            for point in 0..<count {
                let (cluster, distance) = nearest(points.span, at: point * dimensions)
                inertia += Double(distance)
                sizes[cluster] += 1
                for dimension in 0..<dimensions {
                    sums[cluster * dimensions + dimension] +=
                        Double(points[point * dimensions + dimension])
                }
            }
            // A cluster that lost all its points stays where it is.
            for cluster in 0..<clusters where sizes[cluster] > 0 {
                for dimension in 0..<dimensions {
                    let index = cluster * dimensions + dimension
                    centres[index] = Float(sums[index] / Double(sizes[cluster]))
                }
            }
            guard previous - inertia > 1e-6 * inertia else { break }
            previous = inertia
        }
    }
}
