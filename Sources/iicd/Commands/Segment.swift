import ArgumentParser
import Foundation
import IICInfer

struct Segment: SharedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map scenes with a model.",
        discussion: """
            The map is a Cloud-Optimised GeoTIFF of class numbers (255 for no data) on the scene's \
            own pixels, with names and areas of the classes in the .aux.xml beside it. Scenes are \
            read and maps written window by window, so memory does not depend on their size.

            What else is made appears together with the map or not at all. Where a flag names a \
            folder, files are called like their scenes: for NAME.tif NAME.tif, \
            NAME.overclusters.tif, NAME.png, NAME.confidence.tif, NAME.probabilities.tif. With \
            several scenes each flag must name a folder.

            EXAMPLES
              iicd segment scene.tif -m model.safetensors -o map.tif --preview map.png
              iicd segment a.tif b.tif -m model.safetensors -o maps/ --confidence maps/
              iicd segment scene.tif -m model.safetensors -o part.tif --bbox 1000,0,2000,800
              iicd segment scene.tif -m model.safetensors -o part.tif --aoi district.gpkg
              iicd segment item.json -m model.safetensors -o map.tif
              iicd segment archive/ -m model.safetensors -o maps/ --shard 3/64
              mpirun -n 8 iicd segment huge.tif -m model.safetensors -o map.tif
              iicd segment --stack B04.jp2 B03.jp2 B02.jp2 B08.jp2 -m model.safetensors -o map.tif
            """)

    @Argument(
        help: ArgumentHelp(
            """
            Scenes: any raster that GDAL reads; a STAC Item, a file or an address; or a folder of \
            .tif, .tiff, .jp2 and .vrt.
            """,
            valueName: "scene"))
    var scenes: [String]

    @Option(name: .shortAndLong, help: "The model file.") var model: String

    @Option(
        name: [.customShort("o"), .long],
        help:
            "The map's file, or a folder for maps named like their scenes; one with a / at the end is made."
    )
    var output: String

    @OptionGroup var flags: SegmentFlags

    @Flag(
        help: """
            The scenes are the bands of one, a file each: in the order red, green, blue, infrared, \
            unless their names tell another.
            """)
    var stack = false

    @OptionGroup var grid: GridFlags

    @Option(
        help: ArgumentHelp(
            "Map this part only, in pixels from the upper left corner.", valueName: "x0,y0,x1,y1"),
        transform: { try PixelBounds(argument: $0) })
    var bbox: PixelBounds?

    @OptionGroup var others: OutputFlags

    @OptionGroup var cleanUp: CleanUpFlags

    @Option(
        help: ArgumentHelp(
            """
            Do one of n shares of the work: where -o names a folder, some of the scenes, those with a \
            map apart; where it names a file, a part of one scene, MAP.i-of-n.part, for iicd merge. n \
            alone lets SLURM_ARRAY_TASK_ID (from 1) or JOB_COMPLETION_INDEX (from 0) say which.
            """, valueName: "i/n"))
    var shard: ShardChoice?

    @Option(
        help: ArgumentHelp(
            "Keep finished rows of large scenes in DIR, so that the same command goes on from there.",
            valueName: "dir"))
    var partial: String?

    @Flag(help: "Print one JSON object for each map.") var json = false

    @Option(help: ArgumentHelp("A YAML file with the flags' names.", valueName: "file"))
    var config: String?

    @OptionGroup var worker: WorkerFlags

    /// What is made of each scene, the map first.
    func requests(_ watcher: LabelMap.Watcher? = nil) -> [OutputRequest] {
        [OutputRequest.map(output, watcher: watcher)] + others.requests
    }

    func validate() throws {
        guard !worker.isOn || scenes.count == 1 else {
            throw ValidationError("A worker maps one scene, not \(scenes.count).")
        }
        try validateShare()
        if stack {
            guard scenes.count > 1 else {
                throw ValidationError("--stack needs a file for each band, and one is given.")
            }
            for request in requests() where SegmentOutput.isFolder(request.target) {
                throw ValidationError(
                    "“\(request.target)” is a folder: with --stack, \(request.flag) names a file.")
            }
            return
        }
        guard !isOneScene else { return }
        let many = scenes.count > 1 ? "\(scenes.count) scenes" : "a folder of scenes"
        for request in requests() where !SegmentOutput.isFolder(request.target) {
            throw ValidationError(
                "“\(request.target)” is no folder: with \(many) \(request.flag) must name one.")
        }
    }

    /// The outputs of each scene.
    private func outputs(
        of sources: [String], _ network: Architecture, watcher: LabelMap.Watcher?
    ) throws -> [[any MapOutput]] {
        var outputs = [[any MapOutput]](repeating: [], count: sources.count)
        for request in requests(watcher) {
            let files = try SegmentOutput.files(of: sources, for: request)
            for (index, path) in files.enumerated() {
                outputs[index].append(request.make(path, network))
            }
        }
        return outputs
    }

    /// What there is to do, before any scene is read.
    ///
    /// - Parameter watcher: of the maps in the making.
    func prepare(
        watcher: LabelMap.Watcher? = nil
    ) throws -> (job: SegmentJob, work: [(scene: String, outputs: [any MapOutput])]) {
        let inputs = [model, config, grid.aoi].compactMap(\.self)
        let bundle = try ModelBundle(reading: model)
        let sources = try sources
        let work = try zip(
            sources,
            outputs(
                of: sources, bundle.architecture.mapping(bundle.mapClasses), watcher: watcher)
        ).map { (scene: $0, outputs: $1) }
        // Those of a part are the parts' own; merging looks at the map's.
        if !makesPart {
            try OutputPaths.check(
                work.flatMap { $0.outputs.flatMap { $0.files + $0.companions } },
                inputs: (stack ? scenes : sources) + inputs)
        }
        var settings = flags.settings
        settings.bounds = bbox?.window
        settings.cleanUp = cleanUp.cleanUp
        try grid.apply(to: &settings)
        if let partial {
            try OutputFolder.make(partial)
            try AtomicFile.checkWritable(folder: partial)
        }
        return (try SegmentJob(model: bundle, settings: settings, inputs: inputs), work)
    }

    func run() throws {
        if worker.isOn {
            try SegmentWorker(flags: worker, scene: scenes[0], partial: partial).run {
                try prepare(watcher: $0)
            }
            return
        }
        let share = try share
        if let share, makesPart { return try runPart(share) }
        let ranks = try JobRanks.ranks
        let (job, all) = try ranks.together { try prepare() }
        // Those that stay empty go again.
        var made: [String] = []
        defer { for folder in made.reversed() { PathCalls.remove(folder) } }
        for request in requests()
        where ranks.rank == 0 && SegmentOutput.isFolder(request.target) {
            try OutputFolder.make(request.target, made: &made)
        }
        if ranks.count > 1 { return try run(job, all, by: ranks) }
        let work = try share.map { try self.work(of: $0, in: all) } ?? all
        Interruption.install()
        var failure: ExitStatus?
        for (scene, outputs) in work {
            do {
                if share != nil, try isThere(scene, outputs, of: job) { continue }
                try segment(scene, to: outputs, with: job)
            } catch let error as any UserError
                where all.count > 1 && error.exitStatus != .interrupted
            {
                // One bad scene must not cost the others their maps.
                StandardError.write("iicd: \(error.description)\n")
                // What may pass wins, so that whoever starts jobs again starts this one.
                if failure.map({ !$0.isPassing && error.exitStatus.isPassing }) ?? true {
                    failure = error.exitStatus
                }
            }
        }
        if let failure { throw ExitCode(failure.rawValue) }
    }

    func segment(
        _ scene: String, to outputs: [any MapOutput], with job: SegmentJob,
        by ranks: any Ranks = SingleRank()
    ) throws {
        let bar = StageBar(label: SegmentOutput.label(of: scene), json: json)
        defer { bar.finish() }
        let summary = try job.run(
            scene: scene, outputs: outputs, partial: partial.map { PartialRows(folder: $0) },
            by: ranks, warn: { StandardError.warn($0) },
            progress: { bar.update($0, done: $1, of: $2) },
            isCancelled: { Interruption.requested })
        bar.finish()
        SegmentOutput.show(summary, json: json)
    }
}
