public import IICInfer

/// Scores what a model says of a scene against a raster of truth, while it says it: no map is
/// written.
public struct SceneEvaluator {
    private let scene: SceneReader
    private let truth: LabelReader
    /// What had to be taken for granted of their places, as sentences.
    public let notes: [String]

    /// Opens the truth and checks that it lies on the scene's pixels.
    ///
    /// - Throws: ``EvaluationError`` or what opening it throws.
    public init(scene: SceneReader, truth: String) throws {
        self.scene = scene
        self.truth = try LabelReader(path: truth)
        notes = try RasterPlace.check(scene.place, truth: self.truth.place)
    }

    /// Names of the true classes, as the truth raster has them.
    public var names: [String] { truth.categories }

    /// The true class of a pixel; nil where it is not known.
    package func truth(x: Int, y: Int) throws -> Int? {
        let values = try truth.read(PixelWindow(x: x, y: y, width: 1, height: 1))
        return values[0] < 0 ? nil : Int(values[0])
    }

    /// What to open the scene for, with `SegmentJob/open(_:for:)`.
    ///
    /// - Parameter pictures: whether ``EvaluationSamples`` are kept meanwhile.
    public static func encoders(pictures: Bool) -> [any RowEncoder] {
        [EvaluationEncoder(pictures: pictures)]
    }

    /// Counts the pixels of a scene that was opened for ``encoders(pictures:)``.
    ///
    /// - Parameters:
    ///   - classes: of the model.
    ///   - look: gets labels and truth, `(H, W)` each, of every window; by one thread at a time.
    ///   - progress: called by one thread at a time, not always the caller's.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: ``EvaluationError``, and what `SegmentJob` throws.
    public func run(
        job: SegmentJob, scene: SegmentJob.Scene, classes: Int,
        look: (_ labels: [Int32], _ truth: [Int32], _ window: PixelWindow) -> Void = { _, _, _ in },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> ConfusionMatrix {
        var tally = Tally()
        try job.segment(
            scene,
            write: { _, labels, window in
                let found = labels.indices.map { Int32(labels[$0]) }
                let known = try truth.read(window)
                try tally.add(
                    predicted: found, from: self.scene.path, truth: known, from: truth.path)
                look(found, known, window)
            }, progress: { progress($1, $2) }, isCancelled: isCancelled)
        guard !tally.isEmpty else {
            throw EvaluationError.nothingToCompare(labels: self.scene.path, truth: truth.path)
        }
        return tally.matrix(predictedClasses: classes)
    }

    /// Checks, before the long part, that there is memory to cluster the scene's pixels.
    ///
    /// - Throws: `BaselineMemoryError`.
    public func check(_ baselines: Baselines) throws {
        try baselines.checkMemory(
            for: ScenePixels(scene: scene, truth: truth, labels: nil),
            classes: RasterEvaluator.classes(of: truth))
    }

    /// Scores clusterings of the scene's pixels.
    ///
    /// - Parameter matrix: what was counted of the model's labels.
    /// - Throws: ``EvaluationError``, `Interrupted` or what reading throws.
    public func scores(
        of baselines: Baselines, beside matrix: ConfusionMatrix,
        isCancelled: () -> Bool = { false }
    ) throws -> [Baselines.Score] {
        try baselines.scores(
            on: ScenePixels(scene: scene, truth: truth, labels: nil),
            classes: matrix.classesPresent, isCancelled: isCancelled)
    }
}

/// A model's classes, for a scene that is scored.
private struct EvaluationEncoder: RowEncoder {
    let pictures: Bool
    private let encoder = LabelEncoder(.classes)

    init(pictures: Bool) { self.pictures = pictures }

    var labellings: [Labelling] { encoder.labellings }
    var pixelBytes: Int { encoder.pixelBytes }

    func memoryBytes(width: Int, height: Int) -> Int {
        pictures ? EvaluationSamples.bytes(width: width, height: height) : 0
    }

    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        encoder.encode(row, into: &pixels)
    }
}
