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

    /// What to open the scene for, with ``SegmentJob/open(_:for:)``.
    public static let encoders: [any RowEncoder] = [LabelEncoder(.classes)]

    /// Counts the pixels of a scene that was opened for ``encoders``.
    ///
    /// - Parameters:
    ///   - classes: of the model.
    ///   - progress: called by one thread at a time, not always the caller's.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: ``EvaluationError``, and what ``SegmentJob`` throws.
    public func run(
        job: SegmentJob, scene: SegmentJob.Scene, classes: Int,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> ConfusionMatrix {
        var tally = Tally()
        try job.segment(
            scene,
            write: { _, labels, window in
                try tally.add(
                    predicted: labels.indices.map { Int32(labels[$0]) }, from: self.scene.path,
                    truth: truth.read(window), from: truth.path)
            }, progress: { progress($1, $2) }, isCancelled: isCancelled)
        guard !tally.isEmpty else {
            throw EvaluationError.nothingToCompare(labels: self.scene.path, truth: truth.path)
        }
        return tally.matrix(predictedClasses: classes)
    }

    /// Scores clusterings of the scene's pixels.
    ///
    /// - Parameter matrix: what was counted of the model's labels.
    /// - Throws: ``EvaluationError``, ``Interrupted`` or what reading throws.
    public func scores(
        of baselines: Baselines, beside matrix: ConfusionMatrix,
        isCancelled: () -> Bool = { false }
    ) throws -> [Baselines.Score] {
        try baselines.scores(
            on: ScenePixels(scene: scene, truth: truth, labels: nil),
            classes: matrix.classesPresent, isCancelled: isCancelled)
    }
}
