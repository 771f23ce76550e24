import Foundation
package import IICInfer
package import Logging
import ServiceLifecycle
import UnixSignals

/// The long-running program: watches a folder and maps the scenes that arrive in it, until SIGTERM,
/// Ctrl-C or the end of its terminal.
package struct Daemon: Sendable {
    package var folder: String
    /// The folder of the maps.
    package var maps: String
    /// The folders of what goes with the maps.
    package var others: [String] = []
    /// What is taken for a scene; the folders of outputs never are looked into.
    package var rules = SceneRules()
    package var settle: Duration = .seconds(5)
    package var interval: Duration = .seconds(1)
    package var patience: Duration = .seconds(60)
    /// How long a file with blocks that were not written must not change before it is mapped.
    package var sparseWait: Duration = .seconds(600)
    /// Whether to end when all scenes that are there have been processed.
    package var once = false
    package var work: SceneWork
    package var logger: Logger

    package init(folder: String, maps: String, work: SceneWork, logger: Logger) {
        self.folder = folder
        self.maps = maps
        self.work = work
        self.logger = logger
    }

    /// Returns after a clean shutdown.
    ///
    /// - Returns: how many scenes have no map, as far as is known.
    /// - Throws: ``Interrupted`` if a signal ended it before ``once`` could.
    @discardableResult
    package func run() async throws -> Int {
        try prepare()
        let queue = SceneQueue(
            FolderState(settle: settle, patience: patience, sparseWait: sparseWait))
        var rules = rules
        rules.outputs += [maps] + others
        let watcher = FolderWatcher(
            folder: folder, rules: rules, interval: interval, once: once, queue: queue, work: work,
            logger: logger)
        let runner = SceneRunner(
            folder: folder, maps: maps, queue: queue, work: work, logger: logger)
        // Under nohup a closed terminal is no reason to stop.
        let signals: [UnixSignal] =
            isIgnored(signal: SIGHUP) ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
        // The group's own messages are for its developers.
        var quiet = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
        quiet.logLevel = .critical
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: watcher, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: runner, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: signals, logger: quiet))
        logger.notice("Watching “\(folder)”; maps go to “\(maps)”.")
        try await group.run()
        logger.notice("Stopped.")
        if once && !queue.read({ $0.isIdle }) { throw Interrupted() }
        return queue.read { $0.failures }
    }

    /// Refuses folders that cannot work, before anything starts.
    private func prepare() throws {
        _ = try FolderListing.names(in: folder)
        for output in [maps] + others { try prepare(output) }
    }

    /// Makes a folder of outputs, if it is not there, and clears it of what a killed process left.
    private func prepare(_ output: String) throws {
        try OutputFolder.make(output)
        guard try !isSameFolder(output) else {
            throw UsageError(
                description: "“\(output)” is the watched folder itself, where maps and what goes "
                    + "with them would be taken for scenes or for parts of them: give another "
                    + "folder, such as “\(folder)/maps”.")
        }
        let leftovers = AtomicFile.removeLeftovers(below: output)
        if !leftovers.isEmpty {
            logger.notice("Removed what a killed process left behind: \(leftovers.count) files.")
        }
        // Reports a missing permission now; a disk that fills up later is waited for.
        try AtomicFile.checkWritable(folder: output)
    }

    /// Whether outputs would go where the scenes come from.
    ///
    /// - Parameter output: their folder; that of the maps unless given.
    package func isSameFolder(
        _ output: String? = nil, calls: FileCalls = .system
    ) throws(FileError) -> Bool {
        let stamps = try [folder, output ?? maps].map { path throws(FileError) in
            guard let stamp = try FileStamp(path, calls: calls) else {
                throw FileError(path: path, reason: .noFolder)
            }
            return stamp
        }
        return stamps[0].file == stamps[1].file
    }
}
