public import IICInfer

/// Compares a raster of labels with one of truth, strip by strip.
public struct RasterEvaluator {
    /// Pixels in memory at once, about.
    private static let stripPixels = 1 << 20

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
    /// - Parameter progress: told rows done and all rows; may throw to stop.
    public func run(progress: (Int, Int) throws -> Void = { _, _ in }) throws -> ConfusionMatrix {
        var tally = Tally()
        try eachStrip { window in
            try tally.add(
                predicted: labels.read(window), from: labels.path, truth: truth.read(window),
                from: truth.path)
            try progress(window.y + window.height, labels.height)
        }
        guard !tally.isEmpty else {
            throw EvaluationError.nothingToCompare(labels: labels.path, truth: truth.path)
        }
        return tally.matrix()
    }

    /// The same for clusters of a scene's single pixels, as many as there are true classes, on
    /// the pixels that have a label.
    public func runKMeans(scene: SceneReader, seed: UInt64) throws -> ConfusionMatrix {
        guard scene.width == truth.width, scene.height == truth.height else {
            throw EvaluationError.sizesDiffer(
                labels: scene.path, labelsSize: (scene.width, scene.height),
                truth: truth.path, truthSize: (truth.width, truth.height))
        }
        try Self.checkPlaces(
            (scene.path, scene.georeference), (truth.path, truth.georeference))
        let channels = scene.bands.count
        var sampler = PixelSampler(
            total: scene.width * scene.height, channels: channels, seed: seed)
        var classes = 1
        try eachStrip { window in
            let (values, valid) = try Self.pixels(of: scene, in: window)
            sampler.add(values.span) { valid[$0] != 0 }
            for value in try truth.read(window)
            where value != ConfusionMatrix.nodata && value <= EvaluationError.largestClass {
                classes = max(classes, Int(value) + 1)
            }
        }
        guard
            let clustering = PixelClustering(
                sampler, channels: channels, source: scene.sampleType, clusters: classes,
                seed: seed)
        else { throw EvaluationError.nothingToCompare(labels: scene.path, truth: truth.path) }
        var tally = Tally()
        try eachStrip { window in
            let (values, valid) = try Self.pixels(of: scene, in: window)
            var clusters = clustering.labels(values, valid: valid)
            for (index, label) in try labels.read(window).enumerated()
            where label < 0 || label == ConfusionMatrix.nodata {
                clusters[index] = LabelReader.none
            }
            try tally.add(
                predicted: clusters, from: scene.path, truth: truth.read(window), from: truth.path)
        }
        return tally.matrix(predictedClasses: classes)
    }

    private static func pixels(
        of scene: SceneReader, in window: PixelWindow
    ) throws -> (values: [Float], valid: [UInt8]) {
        var values = [Float](repeating: 0, count: window.count * scene.bands.count)
        var valid = [UInt8](repeating: 0, count: window.count)
        var valuesSpan = values.mutableSpan
        var validSpan = valid.mutableSpan
        try scene.read(window, into: &valuesSpan, valid: &validSpan)
        return (values, valid)
    }

    private func eachStrip(_ body: (PixelWindow) throws -> Void) rethrows {
        let rows = max(1, min(labels.height, Self.stripPixels / labels.width))
        for top in stride(from: 0, to: labels.height, by: rows) {
            try body(
                PixelWindow(
                    x: 0, y: top, width: labels.width, height: min(rows, labels.height - top)))
        }
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
