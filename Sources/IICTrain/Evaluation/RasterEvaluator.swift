public import IICInfer

/// Compares a raster of labels with one of truth, window by window.
public struct RasterEvaluator {
    /// Pixels in memory at once, about.
    private static let windowPixels = 1 << 20

    private let labels: LabelReader
    private let truth: LabelReader
    /// What had to be taken for granted of their places, as sentences.
    public let notes: [String]

    /// Opens both and checks that they lie on the same pixels.
    ///
    /// - Throws: ``EvaluationError`` or what opening them throws.
    public init(labels: String, truth: String) throws {
        self.labels = try LabelReader(path: labels)
        self.truth = try LabelReader(path: truth)
        notes = try RasterPlace.check(self.labels.place, truth: self.truth.place)
    }

    /// Names of the true classes, as the truth raster has them.
    public var names: [String] { truth.categories }

    /// Names and colours of the labels' classes by value, as their raster has them.
    public var legend: Legend { labels.legend }

    /// Columns and rows of both.
    public var size: (width: Int, height: Int) { (labels.width, labels.height) }

    /// Counts all pixels.
    ///
    /// - Parameter look: gets labels and truth, `(H, W)` each, of every window.
    /// - Throws: ``EvaluationError``, `Interrupted` or what reading throws.
    public func run(
        isCancelled: () -> Bool = { false },
        look: (_ labels: [Int32], _ truth: [Int32], _ window: PixelWindow) -> Void = { _, _, _ in }
    ) throws -> ConfusionMatrix {
        var tally = Tally()
        try Self.eachWindow(of: labels) { window in
            if isCancelled() { throw Interrupted() }
            let (found, known) = (try labels.read(window), try truth.read(window))
            try tally.add(predicted: found, from: labels.path, truth: known, from: truth.path)
            look(found, known, window)
        }
        guard !tally.isEmpty else {
            throw EvaluationError.nothingToCompare(labels: labels.path, truth: truth.path)
        }
        return tally.matrix()
    }

    /// Checks, before the long part, that a scene lies on the same pixels and that there is memory
    /// to cluster them.
    ///
    /// - Returns: what had to be taken for granted, as sentences.
    /// - Throws: ``EvaluationError`` or `BaselineMemoryError`.
    public func check(_ baselines: Baselines, scene: SceneReader) throws -> [String] {
        let notes = try RasterPlace.check(scene.place, truth: truth.place)
        try baselines.checkMemory(
            for: ScenePixels(scene: scene, truth: truth, labels: labels),
            classes: Self.classes(of: truth))
        return notes
    }

    /// Scores clusterings of the scene's pixels that have a label.
    ///
    /// - Parameter matrix: what ``run(isCancelled:look:)`` counted.
    /// - Throws: ``EvaluationError``, `Interrupted` or what reading throws.
    public func scores(
        of baselines: Baselines, scene: SceneReader, beside matrix: ConfusionMatrix,
        isCancelled: () -> Bool = { false }
    ) throws -> [Baselines.Score] {
        _ = try RasterPlace.check(scene.place, truth: truth.place)
        return try baselines.scores(
            on: ScenePixels(scene: scene, truth: truth, labels: labels),
            classes: matrix.classesPresent, isCancelled: isCancelled)
    }

    /// How many classes a raster of truth has.
    static func classes(of truth: LabelReader) throws -> Int {
        var found: Set<Int32> = []
        try eachWindow(of: truth) { window in
            found.formUnion(try truth.read(window))
        }
        found.remove(LabelReader.none)
        return max(1, found.count)
    }

    /// Rows of a window.
    static func windowRows(of raster: LabelReader) -> Int {
        max(1, min(raster.height, windowPixels / raster.width))
    }

    /// Hands out the windows of a raster, from the top, each of a bounded number of pixels.
    static func eachWindow(
        of raster: LabelReader, _ body: (PixelWindow) throws -> Void
    ) rethrows {
        let rows = windowRows(of: raster)
        for top in stride(from: 0, to: raster.height, by: rows) {
            try body(
                PixelWindow(
                    x: 0, y: top, width: raster.width, height: min(rows, raster.height - top)))
        }
    }
}
