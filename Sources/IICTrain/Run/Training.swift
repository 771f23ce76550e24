import IICInfer

/// A whole training, from data on the disk to a model, as `iicd train` runs it.
///
/// ```swift
/// let training = Training(
///     on: .scenes(["scene.tif"]), preset: .quick, model: "model.safetensors", threads: 2)
/// try training.run()
/// ```
public struct Training: Sendable {
    /// What to train on.
    public enum Source: Sendable {
        /// A folder of .mat tiles, in the layout of ``MatFolder``.
        case tiles(String)
        /// Scenes, and the bands that are red, green, blue and infrared, from 1; found by what the
        /// scenes tell if nil.
        case scenes([String], bands: [Int]? = nil)
    }

    public var source: Source
    /// Those of the preset, until they are changed.
    public var settings: TrainingSettings
    /// When it ends; whichever part comes first.
    public var limit: TrainingLimit
    /// The model to write. `MODEL.checkpoint`, `MODEL.best` and the folder `MODEL.run` lie beside it.
    public var model: String
    /// Whether an older model there may be replaced.
    public var replaces = false
    /// Bytes that the whole program may take.
    public var memoryLimit = 4 << 30
    public var threads: Int
    /// Seconds between checkpoints.
    public var checkpointInterval = 60.0

    public init(on source: Source, preset: Preset = .quick, model: String, threads: Int) {
        precondition(threads > 0, "\(threads) threads")
        self.source = source
        settings = preset.settings
        limit = preset.limit
        self.model = model
        self.threads = threads
    }

    /// Trains until the limit is reached or a stop is wanted, and writes everything.
    ///
    /// - Parameters:
    ///   - progress: told after every step, on the caller's thread.
    ///   - warn: told, in sentences, what a user should know of the data.
    ///   - isCancelled: asked often; the training then ends as at its limit.
    /// - Throws: ``TrainingError``; what reading the data throws; `AtomicFileError`; `Interrupted` if not
    ///   even one step was taken, and then nothing is written.
    @discardableResult
    public func run(
        progress: @escaping (TrainingProgress) -> Void = { _ in },
        warn: @escaping (String) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) throws -> TrainingResult {
        let files = TrainingFiles(model: model)
        try files.checkWritable(replacing: replaces)
        let (source, tiles) = try open(warn: warn)
        let trainer = try Trainer(
            settings: settings, source: source, memory: memoryLimit, threads: threads)
        return try TrainingRun(
            trainer: trainer, files: files, tiles: tiles,
            options: TrainingRun.Options(
                limit: limit, interval: checkpointInterval, threads: threads, memory: memoryLimit),
            report: { event in
                switch event {
                case .step(let step): progress(step)
                case .note(let sentence): warn(sentence)
                default: break
                }
            }, isCancelled: isCancelled
        ).run()
    }

    private func open(
        warn: (String) -> Void
    ) throws -> (source: any TrainingSource, tiles: MonitoringTiles) {
        switch source {
        case .tiles(let path):
            let folder = try MatFolder(path: path)
            try folder.checkTiles()
            return (
                try TileSource(folder: folder, crop: settings.crop),
                try MonitoringTiles(folder: folder)
            )
        case .scenes(let paths, let bands):
            let source = try SceneSource(
                paths: paths, bands: bands, crop: settings.largestCrop, batch: settings.batch,
                seed: settings.seed)
            let scenes = try paths.map {
                try SceneReader(path: $0, roles: source.roles, bands: bands)
            }
            for note in scenes.flatMap(\.notes) { warn(note) }
            return (
                source,
                try MonitoringTiles(
                    scenes: scenes, truth: nil, scaling: source.scaling, seed: settings.seed)
            )
        }
    }
}
