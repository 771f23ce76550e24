import Foundation
package import IICInfer
package import IICWeb
package import Logging
import ServiceLifecycle
import UnixSignals

/// The long-running program: watches a folder and has the scenes that arrive in it mapped, until SIGTERM
/// or Ctrl-C.
package struct Daemon: Sendable {
    package var folder: String
    /// The folder of the maps.
    package var maps: String
    /// The folders of what goes with the maps.
    package var others: [String] = []
    /// The folder of the ledger and of unfinished maps.
    package var stateFolder: String
    /// What is taken for a scene; the folders of outputs never are looked into.
    package var rules = SceneRules()
    package var settle: Duration = .seconds(5)
    package var interval: Duration = .seconds(1)
    package var patience: Duration = .seconds(60)
    /// How long a file with blocks that were not written must not change before it is mapped.
    package var sparseWait: Duration = .seconds(600)
    /// Whether to end when all scenes that are there have been processed.
    package var once = false
    /// How many scenes are mapped at a time.
    package var workers = 1
    /// What becomes of scenes.
    package var after = AfterScene.keep
    /// Bytes that must be free on the disks of outputs and of the state folder.
    package var leastFree = 0
    package var server: ServerSettings?
    package var plan: DaemonPlan
    /// Called on SIGHUP: what is made of scenes from now on. Nil if the signal is not for that, as under
    /// nohup.
    package var reload: (@Sendable () throws -> DaemonPlan)?
    package var logger: Logger

    /// Where the page is served.
    package struct ServerSettings: Sendable {
        package var address: ListenAddress
        package var token: AccessToken?

        package init(address: ListenAddress, token: AccessToken?) {
            self.address = address
            self.token = token
        }
    }

    package init(folder: String, maps: String, plan: DaemonPlan, logger: Logger) {
        self.folder = folder
        self.maps = maps
        stateFolder = "\(maps)/.iicd"
        self.plan = plan
        self.logger = logger
    }

    /// Returns after a clean shutdown.
    ///
    /// - Returns: the scenes that have no map, as far as is known.
    /// - Throws: ``Interrupted`` if a signal ended it before ``once`` could; ``OutputInUse``.
    @discardableResult
    package func run() async throws -> [FileName] {
        let manager = ServiceManager()
        try Self.prepare(folder: folder, outputs: [maps] + others)
        try OutputFolder.make(stateFolder)
        let lock = try await lock(manager)
        let keeper = try await keeper(lock)
        var rules = rules
        rules.outputs += [maps, stateFolder] + others
        let events = FolderEvents()
        let departure = SceneDeparture(
            folder: folder, after: after, rules: rules, state: stateFolder)
        do { try departure.resume() } catch {
            logger.error("What an earlier daemon began to move or delete stays: \(error)")
        }
        let watcher = FolderWatcher(
            folder: folder, rules: rules, interval: interval, once: once, keeper: keeper,
            departure: departure, events: events, logger: logger)
        let runner = SceneRunner(
            folder: folder, workers: workers, keeper: keeper, departure: departure,
            nudge: { events.nudge() }, logger: logger)
        let space = FreeSpace(minimum: leastFree, folders: [maps, stateFolder] + others)
        keeper.note(.space, space.shortage())
        let pulse = DaemonPulse(
            keeper: keeper, space: space, manager: manager, nextLook: { watcher.nextLook },
            logger: logger)
        var services: [any Service] = [watcher, pulse]
        if let server {
            let board = DaemonBoard(
                keeper: keeper, folder: folder, maps: maps, workers: workers,
                nudge: { events.nudge() })
            let page = try StatusServer(
                address: server.address, token: server.token, board: board, logger: logger)
            logger.notice("The page is at \(page.address.url).")
            services.append(page)
        }
        if let reload {
            services.append(
                PlanReloader(
                    keeper: keeper, reload: reload, manager: manager, nudge: { events.nudge() },
                    logger: logger))
        }
        // They are ended one by one, from the last on: workers hear of it first.
        services.append(runner)
        // The group's own messages are for its developers.
        var quiet = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
        quiet.logLevel = .critical
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        logger.notice("Watching “\(folder)”; maps go to “\(maps)”.")
        manager.ready()
        try await group.run()
        manager.stopping()
        // Nothing can go on with what unfinished maps have left.
        if keeper.queue.read({ $0.isFinished }) {
            PartialRows.removeAll(in: keeper.outputs.partial)
        }
        logger.notice("Stopped.")
        if once && !keeper.queue.read({ $0.isIdle }) { throw Interrupted() }
        return keeper.queue.read { $0.leftOver }
    }

    // MARK: Before anything starts

    /// Refuses folders that cannot work, and makes those of outputs.
    package static func prepare(folder: String, outputs: [String]) throws {
        _ = try FolderListing.names(in: folder)
        for output in outputs {
            try OutputFolder.make(output)
            guard try !isSameFolder(folder, output) else {
                throw UsageError(
                    description:
                        "“\(output)” is the watched folder itself, where maps and what goes "
                        + "with them would be taken for scenes or for parts of them: give another "
                        + "folder, such as “\(folder)/maps”.")
            }
            // Reports a missing permission now; a disk that fills up later is waited for.
            try AtomicFile.checkWritable(folder: output)
        }
    }

    /// Waits until no other daemon writes to the same folders.
    private func lock(_ manager: ServiceManager) async throws -> LedgerLock {
        var isTold = false
        while true {
            // Whoever has it may have to wait for the folder itself.
            if PathCalls.isFolder(maps), !PathCalls.isFolder(stateFolder) {
                try OutputFolder.make(stateFolder)
            }
            if PathCalls.isFolder(stateFolder),
                let lock = try LedgerLock.tryAcquire(in: stateFolder)
            {
                return lock
            }
            let holder = LedgerLock.holder(in: stateFolder)
            guard !once else { throw OutputInUse(folder: maps, holder: holder) }
            if !isTold {
                logger.notice("\(OutputInUse(folder: maps, holder: holder)) Waiting for its end.")
                manager.status("Waiting for another daemon on \(maps)")
                isTold = true
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Opens the ledger, and waits for what workers of a daemon that is gone still do.
    private func keeper(_ lock: LedgerLock) async throws -> JobKeeper {
        let ledger = try Ledger(
            folder: stateFolder, isOnNetwork: PathCalls.isOnNetwork(stateFolder))
        for note in ledger.notes { logger.warning("\(note)") }
        // Once for all that needs it: there may be a hundred thousand.
        var memories: [FileName: LedgerEntry] = [:]
        try ledger.forEachEntry { memories[$0.scene] = $0 }
        try await end(memories.values.compactMap { $0.worker.flatMap(WorkerIdentity.init) })
        try ledger.requeueRunning()
        SceneLock.removeUnused(in: stateFolder)
        let leftovers = ([maps, stateFolder] + others).flatMap {
            AtomicFile.removeLeftovers(below: $0)
        }
        if !leftovers.isEmpty {
            logger.notice("Removed what a killed process left behind: \(leftovers.count) files.")
        }
        let outputs = DaemonFolders(state: stateFolder, others: [maps] + others)
        PartialRows.removeAll(in: outputs.partial, unusedFor: .seconds(30 * 86_400))
        let queue = SceneQueue(
            FolderState(settle: settle, patience: patience, sparseWait: sparseWait))
        return JobKeeper(
            folder: folder, outputs: outputs, plan: plan, queue: queue, ledger: ledger,
            memories: memories, lock: lock, reports: FailureReports(maps: maps), logger: logger)
    }

    /// Waits for workers whose daemon has gone; they end by themselves, or are killed after a while, with
    /// what they have started.
    ///
    /// A launcher whose worker waits in a queue ends by a signal alone, and needs time to leave the queue.
    private func end(_ workers: [WorkerIdentity]) async throws {
        let start = ContinuousClock.now
        var told: Set<WorkerIdentity> = []
        for worker in workers {
            while worker.isAlive {
                let time = ContinuousClock.now - start
                if time > .seconds(1.5), told.insert(worker).inserted {
                    Worker.send(SIGTERM, to: worker.pid)
                }
                if time > .seconds(5) { Worker.send(SIGKILL, to: worker.pid) }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Whether outputs would go where the scenes come from.
    package static func isSameFolder(
        _ folder: String, _ output: String, calls: FileCalls = .system
    ) throws(FileError) -> Bool {
        let stamps = try [folder, output].map { path throws(FileError) in
            guard let stamp = try FileStamp(path, calls: calls) else {
                throw FileError(path: path, reason: .noFolder)
            }
            return stamp
        }
        return stamps[0].file == stamps[1].file
    }
}

/// Another daemon writes to the same folder.
package struct OutputInUse: UserError {
    package let folder: String
    /// Who, as far as is known.
    package let holder: String

    package var description: String {
        "Another iicd watch (\(holder)) writes to “\(folder)”."
    }
    package var exitStatus: IICInfer.ExitStatus { .tryAgain }
}
