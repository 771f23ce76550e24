package import IICInfer

/// Looks at scenes with a model, window by window, for a ``Gallery``.
package struct GalleryScan {
    /// Windows of all scenes together, unless each has one alone.
    package static let windows = 64
    /// Scenes that are shown.
    private static let shown = 6

    /// Bytes that a gallery takes beside its job: pictures, their texts, and one window's numbers.
    package static let memoryBytes = 64 << 20

    private let job: SegmentJob
    private let model: ModelBundle
    private let seed: UInt64

    /// - Parameter job: of the same model, with ``memoryBytes`` less memory than there is.
    /// - Throws: ``SegmentError`` for a model with more classes than a map can hold.
    package init(model: ModelBundle, job: SegmentJob, seed: UInt64) throws {
        try LabelMap(.classes, path: "").check(job.architecture)
        self.model = model
        self.job = job
        self.seed = seed
    }

    /// - Parameters:
    ///   - warn: told, in sentences, what a user should know of a scene.
    ///   - progress: windows done and their total.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: what reading scenes throws, ``LegendError`` where they hold no data at all, or
    ///   ``Interrupted``.
    package func run(
        _ paths: [String], warn: (String) -> Void = { _ in },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> Gallery {
        let samples = try SceneSample.samples(
            of: paths, most: Self.windows, seed: seed
        ) { try job.open($0, for: [MarginEncoder()]).reader }
        let total = samples.reduce(0) { $0 + $1.places.count }
        var tally = ClassTally(
            classes: model.mapClasses, roles: model.bands, windows: total)
        var (scenes, done): ([Gallery.Scene], Int) = ([], 0)
        for (index, path) in paths.enumerated() {
            let sampled = try SampledScene(
                path, job: job, encoder: MarginEncoder(), warn: warn, isCancelled: isCancelled)
            let painter = try ChipPainter(sampled.reader)
            let sample = samples[index]
            var mosaic = index < Self.shown ? Mosaic(sample, legend: model.legend) : nil
            for place in sample.places {
                if isCancelled() { throw Interrupted() }
                let piece = try piece(of: sampled, place.window, scene: index, isCancelled)
                tally.add(piece)
                try mosaic?.add(piece, at: place, painter: painter)
                done += 1
                progress(done, total)
            }
            scenes.append(
                Gallery.Scene(
                    path: path, width: sampled.reader.fileWidth, height: sampled.reader.fileHeight,
                    windows: sample.places.count, pixels: sample.pixels, isWhole: sample.isWhole,
                    stretch: painter.stretch, image: try mosaic?.image.png,
                    map: try mosaic?.map.png))
        }
        guard tally.pixels.contains(where: { $0 > 0 }) else {
            throw LegendError.noData(windows: total)
        }
        return Gallery(
            tally, roles: model.bands, legend: model.legend, scenes: scenes, seed: seed)
    }

    private func piece(
        of sampled: SampledScene, _ window: PixelWindow, scene: Int,
        _ isCancelled: @Sendable () -> Bool
    ) throws -> ClassPiece {
        let encoded = try sampled.pixels(window, isCancelled: isCancelled)
        var values = [Float](repeating: 0, count: window.count * model.bands.count)
        var valid = [UInt8](repeating: 0, count: window.count)
        do {
            var span = values.mutableSpan
            var marks = valid.mutableSpan
            try sampled.reader.readFile(window, into: &span, valid: &marks)
        }
        return ClassPiece(
            scene: scene, size: (sampled.reader.fileWidth, sampled.reader.fileHeight),
            window: window, encoded: encoded, values: values, valid: valid)
    }
}
