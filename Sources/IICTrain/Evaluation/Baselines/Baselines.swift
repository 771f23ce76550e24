import IICInfer

/// Clusterings of pixels that need no network: what a labelling must beat.
///
/// Each is fitted to a bounded sample of the pixels, drawn by seed, and then labels all of them.
public struct Baselines: Sendable, Equatable {
    public enum Method: String, Codable, CaseIterable, Sendable {
        /// `KMeans` of single pixels.
        case kmeans
        /// A mixture of Gaussians over pixels and their 3 × 3 means, begun from ``kmeans``: what
        /// refines a model's maps, without the model.
        case mixture

        /// As tables show it.
        public var name: String {
            switch self {
            case .kmeans: "k-means"
            case .mixture: "mixture"
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
    /// That may compute; no score depends on them.
    public var threads: Int
    /// Bytes that the whole program may take.
    public var memoryLimit = Int.max
    /// Bytes that the caller keeps meanwhile.
    public var heldBytes = 0

    public init(
        methods: [Method], clusters: [Int]? = nil, seed: UInt64 = 1, threads: Int = 1
    ) {
        self.methods = methods
        self.clusters = clusters
        self.seed = seed
        self.threads = threads
    }

    /// Scores each method with each number of clusters; reads the pixels twice, however many.
    ///
    /// - Parameter classes: that the truth has.
    /// - Throws: `BaselineMemoryError`, ``EvaluationError/nothingToCompare(labels:truth:)``,
    ///   `Interrupted` or what reading throws.
    package func scores(
        on source: some PixelSource, classes: Int, isCancelled: () -> Bool = { false }
    ) throws -> [Score] {
        try claimMemory(for: source, classes: classes)
        let halo = methods.contains(.mixture) ? 1 : 0
        var pixels = PixelSampler(total: source.count, seed: seed, limit: PixelSampler.limit)
        var patches = PixelSampler(
            total: source.count, seed: seed, limit: halo > 0 ? RefinementSample.pixels : 0,
            halo: halo)
        try source.eachBlock(halo: halo, isCancelled: isCancelled) { block, _ in
            pixels.add(block)
            if halo > 0 { patches.add(block) }
        }
        guard let sample = pixels.drawn else { throw source.nothingToCompare }
        let scaling = Scaling(sample, source: source.sampleType)
        let points = sample.scaled(scaling).values
        let scaledPatches = patches.drawn?.scaled(scaling)

        let runs = methods.flatMap { method in
            numbers(classes: classes).map { (method: method, clusters: $0) }
        }
        var means: [Int: KMeans] = [:]
        let clusterings: [any PixelClustering] = try runs.map { run in
            let found =
                try means[run.clusters]
                ?? KMeans(
                    points: points, dimensions: sample.channels, clusters: run.clusters,
                    seed: seed, isCancelled: isCancelled)
            means[run.clusters] = found
            guard run.method == .mixture, let scaledPatches else { return found }
            return try MixtureClustering(
                patches: scaledPatches, begin: found, pool: ComputePool(threads: threads),
                isCancelled: isCancelled)
        }

        var tallies = runs.map { _ in Tally() }
        try source.eachBlock(halo: halo, isCancelled: isCancelled) { block, truth in
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

    /// Clusters of each method.
    func numbers(classes: Int) -> [Int] {
        if let clusters { return clusters }
        let few = max(classes, Self.clusterLimits.lowerBound)
        return few == Self.manyClusters ? [few] : [few, Self.manyClusters]
    }
}

/// What labels any pixels after it was fitted to some.
package protocol PixelClustering: Sendable {
    /// The cluster of each pixel of a scaled block's own rows, `(H, W)`; ``LabelReader/none`` for
    /// those that are not valid.
    func labels(of block: PixelBlock) -> [Int32]
}
