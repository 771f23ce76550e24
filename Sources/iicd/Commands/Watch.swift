import ArgumentParser
import Foundation
import IICDaemon
import IICInfer
import Logging

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map the scenes that arrive in a folder, until SIGTERM, SIGHUP or Ctrl-C.",
        discussion: """
            A scene NAME.tif (.tiff, .jp2) is picked up when none of its files (mask, overviews, \
            world file, NAME.tif.aux.xml) has changed for a while and it is whole, or as soon as a \
            file NAME.tif.done is made after them; its map is DIR/NAME.tif (NAME.tiff.tif, \
            NAME.jp2.tif), which appears when it is complete. Scenes are never changed. A scene that \
            has its map already, from the same model, is left alone; one of which any file changes \
            is mapped again. What lies in FOLDER/sub goes to DIR/sub.

            Ignored are hidden files and folders, names that end in .part, .tmp, .crdownload, \
            .filepart or ~, what --ignore names, and DIR itself. Nothing but GeoTIFF and JPEG 2000 is \
            opened, no link is followed out of FOLDER, and no network is used. VRT files are mapped \
            with --trust-vrt only; all of their parts must lie inside FOLDER.

            What else is made goes to folders too, and is made again when any of it is missing: for \
            NAME.tif NAME.overclusters.tif, NAME.png, NAME.confidence.tif, NAME.probabilities.tif. \
            It appears together with the map.

            A signal ends it with exit code 0; with --once, if scenes are left, with 130.

            EXAMPLES
              iicd watch /data/incoming -m model.safetensors -o /data/maps
              iicd watch incoming -m model.safetensors -o maps --confidence maps --once
            """)

    @Argument(help: "The folder in which scenes arrive.") var folder: String

    @Option(name: .shortAndLong, help: "The model file.") var model: String

    @Option(name: [.customShort("o"), .long], help: "The folder for the maps.")
    var output: String

    @OptionGroup var flags: SegmentFlags
    @OptionGroup var others: OutputFlags

    @OptionGroup var cleanUp: CleanUpFlags

    @OptionGroup var grid: GridFlags

    @Option(help: "How long a scene must stay unchanged before it is picked up.")
    var settle = Seconds(seconds: 5)

    @Option(help: "How often the folder is scanned.")
    var interval = Seconds(seconds: 1)

    @Flag(
        inversion: .prefixedNo, help: "Map scenes in the folders inside FOLDER too.")
    var recursive = true

    @Option(
        help: ArgumentHelp(
            "Pass over names, or paths below FOLDER, of this form (*, ?, [a-z]); repeatable.",
            valueName: "pattern"))
    var ignore: [String] = []

    @Flag(
        name: .customLong("trust-vrt"),
        help: "Map VRT files, of GeoTIFF and JPEG 2000 files inside FOLDER.")
    var trustVRT = false

    @Option(
        help: ArgumentHelp(
            "How long a scene with blocks that were not written must stay unchanged before it is "
                + "mapped all the same."))
    var sparseWait = Seconds(seconds: 600)

    @Flag(help: "End when all scenes in the folder have been processed.")
    var once = false

    @Flag(help: "Log one JSON object a line.")
    var json = false

    @Option(help: ArgumentHelp("A YAML file with the flags' names.", valueName: "file"))
    var config: String?

    func validate() throws {
        guard interval.seconds > 0 else { throw ValidationError("--interval must not be 0.") }
    }

    func run() async throws {
        let json = json
        let logger = Logger(label: "iicd") { _ in ConsoleLog(json: json) }
        let bundle = try ModelBundle(reading: model)
        var settings = flags.settings
        settings.cleanUp = cleanUp.cleanUp
        try grid.apply(to: &settings)
        let job = try SegmentJob(
            model: bundle, settings: settings,
            inputs: [model, config, grid.aoi].compactMap(\.self))
        // Scenes may come from anybody. An area was read before, wherever it lies.
        GDAL.restrict(trustingVRT: trustVRT)
        let outputs = SceneOutputs(
            maps: output, others: others.requests, network: bundle.architecture)
        let work = SceneWork.segmenting(with: job, outputs: outputs, inside: folder) {
            logger.warning("\($0)")
        }
        var daemon = Daemon(folder: folder, maps: output, work: work, logger: logger)
        daemon.others = outputs.others.map(\.target)
        daemon.settle = settle.duration
        daemon.interval = interval.duration
        daemon.once = once
        daemon.sparseWait = sparseWait.duration
        daemon.rules.isRecursive = recursive
        daemon.rules.ignored = ignore
        daemon.rules.trustsVRT = trustVRT
        let failures = try await daemon.run()
        if once && failures > 0 {
            throw ScenesLeft(count: failures)
        }
    }
}

/// The end of `iicd watch --once` that could not map everything.
struct ScenesLeft: UserError {
    let count: Int

    var description: String {
        "\(count) \(count == 1 ? "scene has" : "scenes have") no map; the log above says why."
    }
    var exitStatus: ExitStatus { .failed }
}
