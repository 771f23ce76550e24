package import IICInfer

/// Labels the same pixels with two models, and finds which classes are the same.
package struct ClassComparison {
    /// Windows of all scenes together, unless each has one alone.
    private static let windows = GalleryScan.windows

    private let old: SegmentJob
    private let new: SegmentJob
    private let seed: UInt64

    /// Bytes that the second model takes, which the budget of the first does not know: its weights,
    /// and these as the engine wants them, 64 numbers for 9.
    package static func memoryBytes(_ models: ModelBundle...) -> Int {
        let numbers = models.map { $0.weights.layout.count }.max() ?? 0
        return 4 * 10 * numbers + 8 << 20
    }

    /// - Parameters:
    ///   - old, new: whose settings have ``memoryBytes(_:)`` less than there is.
    /// - Throws: ``SegmentError`` for a model with more classes than a map can hold.
    package init(old: SegmentJob, new: SegmentJob, seed: UInt64) throws {
        for job in [old, new] { try LabelMap(.classes, path: "").check(job.architecture) }
        self.old = old
        self.new = new
        self.seed = seed
    }

    /// - Parameters:
    ///   - warn: told, in sentences, what a user should know of a scene.
    ///   - progress: windows done and their total.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: what reading scenes throws, ``LegendError`` where the models cannot be matched, or
    ///   ``Interrupted``.
    package func run(
        _ paths: [String], warn: (String) -> Void = { _ in },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> ClassMatching {
        let (rows, columns) = (old.readOut.classes, new.readOut.classes)
        // Refused before the work.
        _ = try ClassMatching(
            counts: Array(repeating: 0, count: rows * columns), oldClasses: rows,
            newClasses: columns)
        let samples = try SceneSample.samples(
            of: paths, most: Self.windows, seed: seed
        ) { try new.open($0, for: [LabelEncoder(.classes)]).reader }
        let total = samples.reduce(0) { $0 + $1.places.count }
        var counts = [Int](repeating: 0, count: rows * columns)
        var done = 0
        for (path, sample) in zip(paths, samples) {
            func open(_ job: SegmentJob, warn: (String) -> Void) throws -> SampledScene {
                try SampledScene(
                    path, job: job, encoder: LabelEncoder(.classes), warn: warn,
                    isCancelled: isCancelled)
            }
            // What there is to say of a scene is said once.
            let scenes = [try open(old) { _ in }, try open(new, warn: warn)]
            for place in sample.places {
                if isCancelled() { throw Interrupted() }
                let labels = try scenes.map {
                    try $0.pixels(place.window, isCancelled: isCancelled)
                }
                for (before, now) in zip(labels[0], labels[1])
                where before != MapWriter.nodata && now != MapWriter.nodata {
                    counts[Int(before) * columns + Int(now)] += 1
                }
                done += 1
                progress(done, total)
            }
        }
        guard counts.contains(where: { $0 > 0 }) else { throw LegendError.noData(windows: total) }
        return try ClassMatching(counts: counts, oldClasses: rows, newClasses: columns)
    }
}
