internal import IICInfer

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

/// Counts pairs of labels whose number of classes is not known before.
public struct Tally: Sendable {
    private var counts: [UInt64: Int] = [:]
    private var ignored = 0
    private var classes = (predicted: 0, truth: 0)

    public init() {}

    /// Whether no pair was counted.
    public var isEmpty: Bool { counts.isEmpty }

    /// Counts the pairs; negative labels and 255, in either, stand for no data.
    ///
    /// - Throws: ``EvaluationError/tooManyClasses(path:value:)``.
    public mutating func add(
        predicted: [Int32], from predictedPath: String, truth: [Int32], from truthPath: String
    ) throws(EvaluationError) {
        precondition(predicted.count == truth.count, "\(predicted.count) \(truth.count)")
        var last: UInt64 = .max
        var run = 0
        for index in predicted.indices {
            let (p, t) = (predicted[index], truth[index])
            guard p >= 0, t >= 0, p != ConfusionMatrix.nodata, t != ConfusionMatrix.nodata else {
                ignored += 1
                continue
            }
            // Neighbours are mostly alike: one look-up a run.
            let key = UInt64(p) << 32 | UInt64(t)
            if key != last {
                if run > 0 { counts[last, default: 0] += run }
                guard p <= EvaluationError.largestClass else {
                    throw .tooManyClasses(path: predictedPath, value: p)
                }
                guard t <= EvaluationError.largestClass else {
                    throw .tooManyClasses(path: truthPath, value: t)
                }
                classes.predicted = max(classes.predicted, Int(p) + 1)
                classes.truth = max(classes.truth, Int(t) + 1)
                last = key
                run = 0
            }
            run += 1
        }
        if run > 0 { counts[last, default: 0] += run }
    }

    /// The counts as a matrix of as many classes as were met, at least `predictedClasses`.
    public func matrix(predictedClasses: Int = 1) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(
            predictedClasses: max(predictedClasses, classes.predicted, 1),
            trueClasses: max(classes.truth, 1))
        for (key, count) in counts {
            matrix.add(
                predicted: Int32(key >> 32), truth: Int32(truncatingIfNeeded: key), times: count)
        }
        matrix.ignore(ignored)
        return matrix
    }
}
