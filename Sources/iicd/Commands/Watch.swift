import ArgumentParser
import Foundation
import IICDaemon
import IICInfer
import IICWeb
import Logging

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map the scenes that arrive in a folder, until SIGTERM or Ctrl-C.",
        discussion: """
            A scene NAME.tif (.tiff, .jp2) is picked up when it is whole and none of its files (mask, \
            overviews, world file, NAME.tif.aux.xml) has changed for a while, or as soon as a file \
            NAME.tif.done is made after them; its map is DIR/NAME.tif (NAME.tiff.tif, NAME.jp2.tif), \
            which appears when it is complete. Scenes are never changed. A scene that has its map \
            already, from the same model and settings, is left alone; one of which any file changes \
            is mapped again. What lies in FOLDER/sub goes to DIR/sub.

            Ignored are hidden files and folders, names that end in .part, .tmp, .crdownload, \
            .filepart or ~, what --ignore names, and the folders of outputs. Nothing but GeoTIFF and \
            JPEG 2000 is opened, no link is followed out of FOLDER, and no network is used. VRT files \
            are mapped with --trust-vrt only; all of their parts must lie inside FOLDER.

            What else is made goes to folders too, and is made again when any of it is missing: for \
            NAME.tif NAME.overclusters.tif, NAME.png, NAME.confidence.tif, NAME.probabilities.tif. \
            It appears together with the map.

            Each scene is mapped by a process of its own. What cannot be mapped is reported in \
            DIR/failed; what may pass is tried again. `iicd jobs DIR` shows how things stand, and so \
            does the page of --listen. SIGHUP has the settings file and the model read again.

            SIGTERM or Ctrl-C ends it with exit code 0. What was mapped of a large scene is kept, and \
            the next start goes on from there. --once ends with 1 if a scene has no map in the end, \
            with 75 if another daemon writes to DIR, and with 130 if a signal ended it before.

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

    @Option(
        help: "How often to look while scenes arrive, and where the kernel tells of no changes.")
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

    @Option(
        help: ArgumentHelp(
            "How many scenes are mapped at a time; --memory and --threads are shared out among them, "
                + "but with --launcher each has them.",
            valueName: "n"))
    var workers = 1

    @Option(
        help: ArgumentHelp(
            "What starts workers, here or on other machines, such as \"srun -n1 -c8 --mem=4G\"; parted "
                + "into words as a shell would.",
            valueName: "command"))
    var launcher: String?

    @Option(
        help: """
            How long the launcher may take until its worker is heard of, in a queue for example; then \
            the scene is tried again.
            """)
    var launchLimit = Seconds(seconds: 3600)

    @Option(
        help: """
            How long one scene may take; without it twenty times what its worker estimates, at least \
            ten minutes.
            """)
    var timeLimit: Seconds?

    @Option(
        help: ArgumentHelp(
            """
            What becomes of scenes: keep, move (to FOLDER/.done and FOLDER/.failed), or delete (those \
            that are mapped, once the map was read again).
            """))
    var after = AfterScene.keep

    @Option(
        help: ArgumentHelp(
            "No scene is begun while less than this is free on a disk that is written to.",
            valueName: "size"))
    var minFree: ByteCount?

    @Option(
        help: ArgumentHelp(
            "The folder of the ledger and of unfinished rows (default: DIR/.iicd).",
            valueName: "folder"))
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Serve a page that shows what goes on, and an API; any address but loopback needs "
                + "--token-file.", valueName: "address:port"))
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp(
            "The file with the secret that readers of the page must show.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "End when all scenes in the folder have been processed.")
    var once = false

    @Option(help: "How the log is written: words, or json (one object a line).")
    var logFormat = LogFormat.words

    @Flag(help: "The same as --log-format json.")
    var json = false

    @Option(help: ArgumentHelp("A YAML file with the flags' names.", valueName: "file"))
    var config: String?

    /// The state folder.
    var stateFolder: String { state ?? SegmentOutput.path(of: ".iicd", in: output) }

    /// Where other outputs go, for comparison.
    private var folders: String {
        others.requests.map { "\($0.flag) \($0.target)" }.joined(separator: ", ")
    }

    /// The launcher's words.
    var launcherCommand: [String] { (try? ShellWords.split(launcher ?? "")) ?? [] }

    func validate() throws {
        guard interval.seconds > 0 else { throw ValidationError("--interval must not be 0.") }
        guard (1...1024).contains(workers) else {
            throw ValidationError("--workers must lie between 1 and 1024, not \(workers).")
        }
        do { _ = try ShellWords.split(launcher ?? "") } catch {
            throw ValidationError("--launcher: \(error)")
        }
        guard launchLimit.seconds >= 1 else {
            throw ValidationError("--launch-limit must be at least a second.")
        }
        if let timeLimit, timeLimit.seconds < 1 {
            throw ValidationError("--time-limit must be at least a second.")
        }
        if tokenFile != nil && listen == nil {
            throw ValidationError("--token-file needs --listen, which it is about.")
        }
    }

    func run() async throws {
        // Nothing was begun: a signal ends it as it does later, and what it would have read again is
        // read now.
        let isDeaf = isIgnored(signal: SIGHUP)
        let isOnce = once
        for number in [SIGTERM, SIGINT] {
            _ = isOnce ? signal(number) { _ in _exit(130) } : signal(number) { _ in _exit(0) }
        }
        _ = signal(SIGHUP, SIG_IGN)
        let format = json ? LogFormat.json : logFormat
        let logger = Logger(label: "iicd") { _ in ConsoleLog(json: format == .json) }
        let token = try tokenFile.map { try AccessToken(file: $0) }
        let server = listen.map { address in
            Daemon.ServerSettings(address: address, token: token)
        }
        let requests = others.requests
        var plan = try WatchPlan(self, arguments: ProgramInput.expanded(), tool: .ofThisProgram())
        try Daemon.prepare(folder: folder, outputs: [output] + requests.map(\.target))
        try plan.keepModel()
        for note in plan.launcherNotes { logger.warning("\(note)") }
        var daemon = Daemon(
            folder: folder, maps: output, plan: plan.daemonPlan, logger: logger)
        daemon.others = requests.map(\.target)
        daemon.stateFolder = stateFolder
        daemon.settle = settle.duration
        daemon.interval = interval.duration
        daemon.once = once
        daemon.sparseWait = sparseWait.duration
        daemon.rules.isRecursive = recursive
        daemon.rules.ignored = ignore
        daemon.rules.trustsVRT = trustVRT
        daemon.workers = workers
        daemon.after = after
        daemon.leastFree = minFree?.bytes ?? 0
        daemon.server = server
        if !isDeaf { daemon.reload = { try reloaded() } }
        let left = try await daemon.run()
        if once && !left.isEmpty { throw ScenesLeft(scenes: left) }
    }

    /// What scenes are mapped by from now on: the settings file, the environment and the model are read
    /// again.
    private func reloaded() throws -> DaemonPlan {
        let arguments = try ProgramInput.expanded()
        let watch: Watch?
        do { watch = try IICD.parseAsRoot(arguments) as? Watch } catch {
            throw UsageError(description: IICD.message(for: error))
        }
        guard let watch else {
            throw UsageError(description: "The settings no longer are those of iicd watch.")
        }
        for (flag, old, new) in [
            ("FOLDER", folder, watch.folder), ("--output", output, watch.output),
            ("--state", stateFolder, watch.stateFolder),
            ("--workers", "\(workers)", "\(watch.workers)"),
            ("the folders of other outputs", folders, watch.folders),
        ] where FileName(old) != FileName(new) {
            throw UsageError(
                description: "\(flag) is “\(new)” now and was “\(old)”: that takes a new start.")
        }
        var plan = try WatchPlan(watch, arguments: arguments, tool: .ofThisProgram())
        try plan.keepModel()
        return plan.daemonPlan
    }
}

extension AfterScene: ExpressibleByArgument {}

extension ListenAddress: ExpressibleByArgument {
    public init?(argument: String) {
        guard let address = try? ListenAddress(parsing: argument) else { return nil }
        self = address
    }
}

/// How a daemon writes its log.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case words, json
}

/// The end of `iicd watch --once` that could not map everything.
struct ScenesLeft: UserError {
    let scenes: [FileName]

    var description: String {
        let count = scenes.count
        let names = scenes.prefix(20).map { "“\($0)”" }.joined(separator: ", ")
        let rest = count > 20 ? " and \(count - 20) more" : ""
        return
            "\(count) \(count == 1 ? "scene has" : "scenes have") no map: \(names)\(rest). The log "
            + "above and the reports in the folder “failed” beside the maps say why."
    }
    var exitStatus: IICInfer.ExitStatus { .failed }
}
