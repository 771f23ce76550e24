import IICInfer

/// Clusterings of pixels that need no network: what a labelling must beat.
///
/// Each is fitted to a bounded sample of the pixels, drawn by seed, and then labels all of them.
public struct Baselines: Sendable, Equatable {
    public enum Method: String, Codable, CaseIterable, Sendable {
        /// ``KMeans`` of single pixels.
        case kmeans

        /// As tables show it.
        public var name: String {
            switch self {
            case .kmeans: "k-means"
            }
        }
    }

    /// What one method with one number of clusters found.
    public struct Score: Sendable, Equatable {
        public var method: Method
        public var clusters: Int
        public var matrix: ConfusionMatrix

        public init(method: Method, clusters: Int, matrix: ConfusionMatrix) {
            self.method = method
            self.clusters = clusters
            self.matrix = matrix
        }
    }

    /// How many clusters may be asked for; a map has no more classes either.
    public static let clusterLimits = 2...254

    /// How many are tried beside as many as there are true classes: enough for most to be of one
    /// class, which many-to-one accuracy rewards.
    public static let manyClusters = 24

    public var methods: [Method]
    /// Of each method; nil for as many as there are true classes, and ``manyClusters``.
    public var clusters: [Int]?
    public var seed: UInt64

    public init(methods: [Method], clusters: [Int]? = nil, seed: UInt64 = 1) {
        self.methods = methods
        self.clusters = clusters
        self.seed = seed
    }

    /// Scores each method with each number of clusters; reads the pixels twice, however many.
    ///
    /// - Parameter classes: that the truth has.
    /// - Throws: ``EvaluationError/nothingToCompare(labels:truth:)``, ``Interrupted`` or what
    ///   reading throws.
    package func scores(
        on source: some PixelSource, classes: Int, isCancelled: () -> Bool = { false }
    ) throws -> [Score] {
        var sampler = PixelSampler(total: source.count, seed: seed)
        try source.eachBlock(isCancelled: isCancelled) { block, _ in sampler.add(block) }
        guard !sampler.points.isEmpty else { throw source.nothingToCompare }
        let scaling = sampler.scaling(source: source.sampleType)
        let points = sampler.scaledPoints(scaling)

        let runs = methods.flatMap { method in
            numbers(classes: classes).map { (method: method, clusters: $0) }
        }
        let clusterings: [any PixelClustering] = try runs.map { run in
            switch run.method {
            case .kmeans:
                try KMeans(
                    points: points, dimensions: scaling.bands.count, clusters: run.clusters,
                    seed: seed, isCancelled: isCancelled)
            }
        }

        var tallies = runs.map { _ in Tally() }
        try source.eachBlock(isCancelled: isCancelled) { block, truth in
            let scaled = block.scaled(scaling)
            let truth = try truth()
            for index in runs.indices {
                if isCancelled() { throw Interrupted() }
                try tallies[index].add(
                    predicted: clusterings[index].labels(of: scaled), nodata: nil,
                    from: source.path, truth: truth, from: source.truthPath)
            }
        }
        return try zip(runs, tallies).map { run, tally in
            guard !tally.isEmpty else { throw source.nothingToCompare }
            return Score(
                method: run.method, clusters: run.clusters,
                matrix: tally.matrix(predictedClasses: run.clusters))
        }
    }

    private func numbers(classes: Int) -> [Int] {
        if let clusters { return clusters }
        let few = max(classes, Self.clusterLimits.lowerBound)
        return few == Self.manyClusters ? [few] : [few, Self.manyClusters]
    }
}

/// What labels any pixels after it was fitted to some.
package protocol PixelClustering: Sendable {
    /// The cluster of each pixel of a scaled block, `(H, W)`; ``LabelReader/none`` for those that
    /// are not valid.
    func labels(of block: PixelBlock) -> [Int32]
}
