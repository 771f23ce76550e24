public import IICInfer

/// Scores what a model says of a scene against a raster of truth, while it says it: no map is
/// written.
public struct SceneEvaluator {
    private let scene: SceneReader
    private let truth: LabelReader

    /// Opens the truth and checks that it lies on the scene's pixels.
    ///
    /// - Throws: ``EvaluationError`` or what opening it throws.
    public init(scene: SceneReader, truth: String) throws {
        self.scene = scene
        self.truth = try LabelReader(path: truth)
        try RasterEvaluator.checkPlace(of: scene, truth: self.truth)
    }

    /// Names of the true classes, as the truth raster has them.
    public var names: [String] { truth.categories }

    /// Counts the pixels of all tiles; arguments and errors are those of ``SceneSegmenter``.
    public func run(
        segmenter: SceneSegmenter, classes: Int,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> ConfusionMatrix {
        var tally = Tally()
        var seen = 0
        try segmenter.segment(
            scene,
            write: { labels, _, window in
                try tally.add(
                    predicted: labels.indices.map { Int32(labels[$0]) }, from: scene.path,
                    truth: truth.read(window), from: truth.path)
                seen += window.count
            }, progress: progress, isCancelled: isCancelled)
        guard !tally.isEmpty else {
            throw EvaluationError.nothingToCompare(labels: scene.path, truth: truth.path)
        }
        var matrix = tally.matrix(predictedClasses: classes)
        // Tiles without any data are not handed out.
        matrix.ignore(scene.width * scene.height - seen)
        return matrix
    }

    /// The same for clusters of single pixels, as many as there are true classes.
    public func runKMeans(seed: UInt64) throws -> ConfusionMatrix {
        try SceneClusters(scene: scene, truth: truth, labels: nil).matrix(seed: seed)
    }
}
