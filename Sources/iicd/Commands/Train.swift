public import ArgumentParser
import Foundation
import IICInfer
public import IICTrain

struct Train: SharedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network without labels.",
        discussion: """
            DATA is a folder of .mat tiles (imgs/N.mat) or one or more scenes, from which random \
            crops are drawn. All files are updated during the training. Ctrl-C keeps them, and \
            --resume continues from there, bit for bit.

            FILES
              MODEL              the checkpoint with the highest label agreement so far; no
                                 ground truth is used
              MODEL.checkpoint   the last whole state, for --resume
              MODEL.best         the most accurate checkpoint, where truth is known
                                 (gt/N.mat or --truth)
              MODEL.run/         metrics.jsonl, an event file for TensorBoard, and report.html

            PRESETS
              quick          a first map in minutes (the default): a quarter of the
                             width, eight sub-heads (random restarts), the best kept;
                             ends by --patience 100, after 3 minutes at most
              potsdam3/6     the paper's for 3 and 6 classes: days on two cores
              reproduction3/6
                             the settings of an earlier reproduction

            EXAMPLES
              iicd train scene.tif -o m.safetensors
              iicd train tiles -o m.safetensors --classes 4 --time 10m
              iicd train tiles -o m.safetensors --resume --time 20m
              iicd train potsdam -o m.safetensors --preset potsdam3 --epochs 5
              iicd train tiles -o m.safetensors --rotation 30 --shear 10
              iicd train tiles -o m.safetensors --heads overclustering
            """)

    @Argument(help: "A folder with imgs/N.mat, or scenes.") var data: [String]

    @Option(name: .shortAndLong, help: "The model to write.") var output: String

    @Option(help: "Settings to start from; see PRESETS.")
    var preset: Preset?

    @Option(help: "End after so many passes over the data.") var epochs: Int?
    @Option(help: "End after so many steps.") var steps: Int?
    @Option(help: "End after this time, such as 10m; the steps taken are printed.")
    var time: Seconds?
    @Option(
        help: ArgumentHelp(
            "End when agreement has not grown for so many steps; 0: never.",
            valueName: "steps"))
    var patience: Int?

    @Option(help: ArgumentHelp("Scenes' bands, from 1.", valueName: "r,g,b,ir"))
    var bands: BandNumbers?

    @Option(
        help: ArgumentHelp(
            "True classes on the scene's pixels, to measure accuracy; never used to train.",
            valueName: "raster"))
    var truth: String?

    @Option(help: "Memory limit, such as 4GiB.") var memory = ByteCount(bytes: 4 << 30)
    @Option(help: "Threads (default: one a processor).") var threads: Int?

    @Flag(help: "Continue from the checkpoint beside MODEL.") var resume = false
    @Flag(help: "Replace an older MODEL and begin anew.") var overwrite = false

    @Option(help: "Time between checkpoints.") var checkpointInterval = Seconds(seconds: 60)

    @Option(help: "A YAML file with the flags' names.") var config: String?

    @Flag(help: "Print progress as one JSON object a line.") var json = false

    // Whatever is not given here is the preset's.
    @OptionGroup(title: "Network") var network: NetworkFlags
    @OptionGroup(title: "Objective") var objective: ObjectiveFlags
    @OptionGroup(title: "Crops and views") var views: ViewFlags
    @OptionGroup(title: "Optimisation") var optimizer: OptimizerFlags

    func validate() throws {
        guard !resume || !overwrite else {
            throw ValidationError("Give either --resume or --overwrite, not both.")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must lie between 1 and 1024, not \(threads).")
        }
        // A resumed training's settings are its checkpoint's, which is not read yet.
        let problem = resume ? nil : settings(from: (preset ?? .quick).settings).problem
        if let problem = problem ?? limit(for: preset ?? .quick).problem {
            throw ValidationError(problem)
        }
        if let numbers = bands?.bands,
            numbers.count != trainingRoles.count || numbers.min() ?? 0 < 1
        {
            let text = numbers.map(String.init).joined(separator: ",")
            throw ValidationError("--bands needs four numbers such as 1,2,3,4, not “\(text)”.")
        }
    }

    /// `base` with every setting that a flag names.
    private func settings(from base: TrainingSettings) -> TrainingSettings {
        var settings = base
        network.apply(to: &settings)
        objective.apply(to: &settings)
        views.apply(to: &settings)
        optimizer.apply(to: &settings)
        return settings
    }

    private func limit(for preset: Preset) -> TrainingLimit {
        preset.limit.replaced(
            by: TrainingLimit(
                epochs: epochs, steps: steps, seconds: time?.seconds, patience: patience))
    }

    func run() throws {
        Interruption.install()
        let files = TrainingFiles(model: output)
        try files.checkWritable(replacing: resume || overwrite)
        let resumed = resume ? try files.readCheckpoint() : nil
        let settings = settings(from: resumed?.settings ?? (preset ?? .quick).settings)
        if let resumed {
            if let problem = settings.problem { throw UsageError(description: problem) }
            try resumed.check(settings)
            if let preset, preset.rawValue != resumed.settings.preset {
                throw UsageError(
                    description: "The checkpoint was trained with --preset "
                        + "\(resumed.settings.preset), not \(preset.rawValue).")
            }
        }
        let (source, tiles) = try openData(settings)
        try resumed?.check(source: source)
        let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        let trainer = try Trainer(
            settings: settings, source: source, memory: memory.bytes, threads: threads,
            resuming: resumed?.state)
        let limit = limit(for: Preset(rawValue: settings.preset) ?? .quick)
        let display = TrainingDisplay(limit: limit, memory: memory.bytes, json: json)
        defer { display.finish() }
        let result = try TrainingRun(
            trainer: trainer, files: files, tiles: tiles,
            options: TrainingRun.Options(
                limit: limit, interval: checkpointInterval.seconds, threads: threads,
                memory: memory.bytes),
            report: display.show, isCancelled: { Interruption.requested }
        ).run()
        display.finish()
        print(TrainingDisplay.text(of: result, model: output))
        if result.isInterrupted { throw Stopped(model: output) }
    }

    /// What to train on, and the tiles of it that monitoring passes label.
    private func openData(
        _ settings: TrainingSettings
    ) throws -> (source: any TrainingSource, tiles: MonitoringTiles) {
        guard let path = data.first(where: PathCalls.isFolder) else {
            return try openScenes(settings)
        }
        guard data.count == 1 else {
            throw UsageError(
                description: "“\(path)” is a folder: train on one folder of tiles, or on scenes.")
        }
        guard bands == nil else {
            throw UsageError(
                description:
                    "--bands is for scenes: the tiles of “\(path)” hold red, green, blue "
                    + "and infrared in this order.")
        }
        guard truth == nil else {
            throw UsageError(
                description: "--truth is for scenes: the truth of tiles lies in “\(path)/gt”.")
        }
        let folder = try MatFolder(path: path)
        try folder.checkTiles()
        return (
            try TileSource(folder: folder, crop: settings.crop), try MonitoringTiles(folder: folder)
        )
    }

    private func openScenes(
        _ settings: TrainingSettings
    ) throws -> (source: any TrainingSource, tiles: MonitoringTiles) {
        guard truth == nil || data.count == 1 else {
            throw UsageError(
                description: "--truth needs one scene, whose pixels it lies on; there are "
                    + "\(data.count).")
        }
        let source = try SceneSource(
            paths: data, bands: bands?.bands, crop: settings.largestCrop, batch: settings.batch,
            seed: settings.seed)
        let scenes = try data.map {
            try SceneReader(path: $0, roles: source.roles, bands: bands?.bands)
        }
        for note in scenes.flatMap(\.notes) { StandardError.warn(note) }
        let tiles = try MonitoringTiles(
            scenes: scenes, truth: try truth.map { try LabelReader(path: $0) },
            scaling: source.scaling, seed: settings.seed)
        return (source, tiles)
    }
}

extension Preset: ExpressibleByArgument {}
