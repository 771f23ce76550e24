import Foundation
import IICDaemon
import IICInfer

/// What `iicd watch` makes of scenes, from its flags: how its workers are called.
struct WatchPlan: Sendable {
    private let watch: Watch
    private let outputs: SceneOutputs
    private let arguments: WorkerArguments
    private let bundle: ModelBundle
    /// What workers read: a copy, once there is one, whatever becomes of the user's file.
    private var model: String
    private let settingsHash: String
    private let checker: StructureChecker

    /// Reads the model and the area, and finds out whether scenes could be mapped with them.
    ///
    /// - Parameter arguments: all of the command's, with those that settings add.
    init(_ watch: Watch, arguments: [String], tool: ToolDescription) throws {
        self.watch = watch
        if !watch.launcherCommand.isEmpty { try LauncherCheck.check(program: Self.program) }
        bundle = try ModelBundle(reading: watch.model)
        var settings = watch.flags.settings
        settings.cleanUp = watch.cleanUp.cleanUp
        try watch.grid.apply(to: &settings)
        _ = try SegmentJob(model: bundle, settings: settings)
        let requests = watch.others.requests
        outputs = SceneOutputs(
            maps: watch.output, others: requests,
            network: bundle.architecture.mapping(bundle.mapClasses))
        self.arguments = WorkerArguments(
            arguments, tool: tool, outputs: requests.map { String($0.flag.dropFirst(2)) })
        let parts =
            self.arguments.tokens.sorted() + requests.map { "\($0.flag)=\($0.target)" }.sorted() + [
                settings.area?.contentHash ?? "", Software.version,
                // A map alone is not made again for the name of a class; what is drawn of it is.
                requests.contains { ["--polygons", "--qml", "--stac"].contains($0.flag) }
                    ? bundle.legend.hash : "",
            ]
        settingsHash = SHA256.hex(Array(parts.joined(separator: "\0").utf8))
        checker = StructureChecker(
            program: Self.program, arguments: ["check-scenes"], inside: watch.folder)
        model = watch.model
    }

    /// Copies the model to where nobody replaces it, in the state folder.
    mutating func keepModel() throws {
        model = try Self.keep(watch.model, in: watch.stateFolder)
    }

    private static func keep(
        _ path: String, in folder: String
    ) throws -> String {
        let models = "\(folder)/models"
        try OutputFolder.make(models)
        let copy = "\(models)/\(try SceneHash.sha256(file: path)).safetensors"
        if try FileStamp(copy) == nil { try Self.copy(path, to: copy) }
        return copy
    }

    private static func copy(_ path: String, to target: String) throws {
        let source = try InputFile(path)
        let bytes = try source.read(upTo: source.size, at: 0)
        try AtomicFile.write(bytes.span, to: target)
    }

    /// For the daemon.
    var daemonPlan: DaemonPlan {
        DaemonPlan(
            modelHash: bundle.modelHash, settingsHash: settingsHash, model: watch.model,
            classes: bundle.legend.entries.map {
                .init(name: $0.name, colour: Self.hex($0.colour))
            },
            work: SceneWork(
                check: { try checker.check($0) },
                placedBytes: { outputs.bytes(scene: $0) },
                segment: { order, events in await segment(order, events) },
                reuse: { job, scene, shouldStop in
                    try outputs.prepare(scene: scene)
                    return try job.result.flatMap {
                        try MapCopy.copy(
                            $0, of: job.scene, to: scene, isCancelled: shouldStop)
                    }
                }))
    }

    /// What users should know of the launcher, as sentences; once the state folder is there.
    var launcherNotes: [String] {
        guard !watch.launcherCommand.isEmpty else { return [] }
        return LauncherCheck.notes(program: Self.program, state: watch.stateFolder)
    }

    private static func hex(_ colour: [UInt8]) -> String {
        "#" + colour.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// This program, as it was when it started.
    private static let program = PathCalls.resolved("/proc/self/exe") ?? "/proc/self/exe"

    // MARK: One scene

    private func segment(
        _ order: SceneOrder, _ events: @escaping @Sendable (WorkerEvent) -> Void
    ) async -> WorkerEnding {
        do {
            try outputs.prepare(scene: order.name)
            try OutputFolder.make(SceneLock.folder(in: watch.stateFolder))
            // Somebody may have removed the state folder.
            if try FileStamp(model) == nil,
                try FileName(Self.keep(watch.model, in: watch.stateFolder)) != FileName(model)
            {
                throw UsageError(
                    description: "“\(model)” has gone, and “\(watch.model)” is another model now: "
                        + "send SIGHUP to have it used.")
            }
        } catch {
            let status = (error as? any UserError)?.exitStatus ?? .failed
            return .failed(
                JobFailure(code: status.rawValue, stage: "admission", sentence: "\(error)"))
        }
        let launcher = watch.launcherCommand
        var memory = watch.flags.reading.memory.bytes
        var threads = watch.flags.reading.threads
        // Workers beside each other share a machine; a launcher finds each one its own.
        if launcher.isEmpty {
            memory /= watch.workers
            threads = max(1, watch.flags.settings.threads / watch.workers)
        }
        var call = WorkerOrder(
            executable: Self.program, launcher: launcher,
            arguments: commandLine(order, memory: memory, threads: threads),
            addressSpace: WorkerLimits.addressSpace(memory: memory, threads: threads ?? 1))
        call.launchLimit = watch.launchLimit.duration
        call.timeLimit = WorkerLimits.timeLimit(bytes: order.bytes)
        if let limit = watch.timeLimit {
            call.timeLimit = limit.duration
            call.followsEstimate = false
        }
        let process = Worker(call)
        let watcher = Task {
            while !Task.isCancelled {
                if order.shouldStop() { process.stop() }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        defer { watcher.cancel() }
        let ending = await process.run(onStart: order.onStart, events: events)
        switch ending {
        case .done: break
        case .failed where launcher.isEmpty: break
        // Elsewhere one that nothing was heard of any more may live: it ends, or takes what it finds.
        default: outputs.removeLeftovers(scene: order.name)
        }
        return ending
    }

    private func commandLine(_ order: SceneOrder, memory: Int, threads: Int?) -> [String] {
        var line = ["segment", order.path, "--model=\(model)", "--worker"]
        line.append("--worker-lock=\(SceneLock.path(of: order.name, in: watch.stateFolder))")
        if !watch.launcherCommand.isEmpty { line.append("--worker-launched") }
        if watch.trustVRT { line.append("--worker-trust-vrt") }
        line += outputs.flags(scene: order.name)
        line.append("--memory=\(memory)")
        if let threads { line.append("--threads=\(threads)") }
        line.append("--partial=\(watch.stateFolder)/partial")
        return line + arguments.tokens
    }
}
