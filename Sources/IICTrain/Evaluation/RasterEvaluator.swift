public import IICInfer

/// Compares a raster of labels with one of truth, window by window.
public struct RasterEvaluator {
    /// Pixels in memory at once, about.
    private static let windowPixels = 1 << 20

    private let labels: LabelReader
    private let truth: LabelReader

    /// Opens both and checks that they lie on the same pixels.
    ///
    /// - Throws: ``EvaluationError`` or what opening them throws.
    public init(labels: String, truth: String) throws {
        self.labels = try LabelReader(path: labels)
        self.truth = try LabelReader(path: truth)
        guard self.labels.width == self.truth.width, self.labels.height == self.truth.height else {
            throw EvaluationError.sizesDiffer(
                labels: labels, labelsSize: (self.labels.width, self.labels.height),
                truth: truth, truthSize: (self.truth.width, self.truth.height))
        }
        try Self.checkPlaces(
            (labels, self.labels.georeference), (truth, self.truth.georeference))
    }

    /// Names of the true classes, as the truth raster has them.
    public var names: [String] { truth.categories }

    /// Counts all pixels.
    ///
    /// - Throws: ``EvaluationError``, ``Interrupted`` or what reading throws.
    public func run(isCancelled: () -> Bool = { false }) throws -> ConfusionMatrix {
        var tally = Tally()
        try Self.eachWindow(of: labels) { window in
            if isCancelled() { throw Interrupted() }
            try tally.add(
                predicted: labels.read(window), from: labels.path, truth: truth.read(window),
                from: truth.path)
        }
        guard !tally.isEmpty else {
            throw EvaluationError.nothingToCompare(labels: labels.path, truth: truth.path)
        }
        return tally.matrix()
    }

    /// Scores clusterings of the scene's pixels that have a label.
    ///
    /// - Parameter matrix: what ``run(isCancelled:)`` counted.
    /// - Throws: ``EvaluationError``, ``Interrupted`` or what reading throws.
    public func scores(
        of baselines: Baselines, scene: SceneReader, beside matrix: ConfusionMatrix,
        isCancelled: () -> Bool = { false }
    ) throws -> [Baselines.Score] {
        try Self.checkPlace(of: scene, truth: truth)
        return try baselines.scores(
            on: ScenePixels(scene: scene, truth: truth, labels: labels),
            classes: matrix.classesPresent, isCancelled: isCancelled)
    }

    /// Hands out the windows of a raster, from the top, each of a bounded number of pixels.
    static func eachWindow(
        of raster: LabelReader, _ body: (PixelWindow) throws -> Void
    ) rethrows {
        let rows = max(1, min(raster.height, windowPixels / raster.width))
        for top in stride(from: 0, to: raster.height, by: rows) {
            try body(
                PixelWindow(
                    x: 0, y: top, width: raster.width, height: min(rows, raster.height - top)))
        }
    }

    /// Throws if a scene and its truth do not lie on the same pixels.
    static func checkPlace(
        of scene: SceneReader, truth: LabelReader
    ) throws(EvaluationError) {
        guard scene.width == truth.width, scene.height == truth.height else {
            throw .sizesDiffer(
                labels: scene.path, labelsSize: (scene.width, scene.height),
                truth: truth.path, truthSize: (truth.width, truth.height))
        }
        try checkPlaces((scene.path, scene.georeference), (truth.path, truth.georeference))
    }

    /// Throws if two rasters that both know their place lie elsewhere.
    static func checkPlaces(
        _ labels: (path: String, place: Georeference), _ truth: (path: String, place: Georeference)
    ) throws(EvaluationError) {
        if let a = labels.place.transform, let b = truth.place.transform {
            // A hundredth of a pixel: what other programs lose by writing decimal numbers.
            let tolerance = 0.01 * max(abs(a[1]), abs(a[2]), abs(a[4]), abs(a[5]))
            for index in [0, 3] where abs(a[index] - b[index]) > tolerance {
                throw .placesDiffer(labels: labels.path, truth: truth.path, what: "corners")
            }
            for index in [1, 2, 4, 5] where abs(a[index] - b[index]) > tolerance / 100 {
                throw .placesDiffer(labels: labels.path, truth: truth.path, what: "pixel sizes")
            }
        }
    }
}
