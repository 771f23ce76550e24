import IICInfer
import Logging
import ServiceLifecycle

/// Looks into the folder again and again, and finds out which scenes have arrived.
///
/// The kernel tells when to look (``FolderEvents``). What another machine writes on a network file
/// system it does not tell: there, looking by the clock is all there is.
struct FolderWatcher: Service {
    let folder: String
    let rules: SceneRules
    let interval: Duration
    /// Whether to return when there is nothing left to wait for.
    let once: Bool
    let queue: SceneQueue
    let work: SceneWork
    let logger: Logger
    private let parts = VRTPartList()
    private let events = FolderEvents()

    /// How often to look where the kernel tells of all changes, in case that it does not.
    private static let idle = Duration.seconds(60)

    init(
        folder: String, rules: SceneRules, interval: Duration, once: Bool, queue: SceneQueue,
        work: SceneWork, logger: Logger
    ) {
        self.folder = folder
        self.rules = rules
        self.interval = interval
        self.once = once
        self.queue = queue
        self.work = work
        self.logger = logger
    }

    func run() async throws {
        let events = events
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                await watch()
            } onCancel: {
                events.end()
            }
        }
    }

    private func watch() async {
        var unreadable = false
        var problems: [FileName: String] = [:]
        let clock = ContinuousClock()
        while !Task.isCancelled {
            let start = clock.now
            var isNew = false
            do {
                let result = try await onOwnThread("scan") { try scan() }
                let found = result.problems
                isNew = result.isNew
                for (name, problem) in found.sorted(by: { $0.key < $1.key })
                where problems[name] != problem {
                    logger.error("\(problem)")
                }
                problems = found
                if unreadable { logger.notice("“\(folder)” can be read again.") }
                unreadable = false
            } catch {
                // A network drive that has gone may come back; what was known stays known.
                if !unreadable { logger.error("\(error) Waiting for it.") }
                unreadable = true
            }
            if once && !unreadable && queue.read({ $0.isIdle }) { return }
            // A folder of a hundred thousand scenes takes a while to look at.
            let took = clock.now - start
            let active = max(interval, took * 20)
            let idle = events.isComplete ? max(active, took * 100, Self.idle) : active
            let pause: Duration
            if isNew {
                pause = .zero
            } else if unreadable {
                pause = interval
            } else {
                pause = queue.pause(active: active, idle: idle)
            }
            do {
                let events = events
                let hasHappened = try await onOwnThread("wait") { events.wait(upTo: pause) }
                // Many files at once are one change.
                if hasHappened || isNew {
                    try await Task.sleep(for: min(active, max(.milliseconds(20), took * 10)))
                }
            } catch { return }
        }
    }

    /// - Returns: what cannot be mapped, and why; whether a folder is new.
    private func scan() throws -> (problems: [FileName: String], isNew: Bool) {
        let listing = try SceneListing(folder: folder, rules: rules, parts: parts)
        let isNew = events.watch(listing.folders, in: folder)
        for name in queue.update({ state, time in state.scan(listing, at: time) }) {
            let (finding, failure) = check("\(folder)/\(name.text)")
            let verdict = queue.update { state, time in
                state.checked(name, finding, at: time)
            }
            switch verdict {
            case .damaged, .refused: logger.error("\(failure) It is left alone until it changes.")
            case .postponed(let delay): logger.error("\(failure) It is tried again in \(delay).")
            case .awaitingBlocks(let delay):
                logger.notice("\(failure) It is mapped in \(delay) all the same.")
            case .missingBlocks: logger.warning("\(failure) It is mapped all the same.")
            case nil: break
            }
        }
        return (listing.problems.merging(listing.refusals) { $1 }, isNew)
    }

    private func check(_ path: String) -> (FolderState.Finding, failure: String) {
        do {
            try work.check(path)
            return (.whole, "")
        } catch let error as SparseScene {
            return (.sparse(quiet: error.quiet), "\(error)")
        } catch let error as SceneRefusal {
            return (.refused, "\(error)")
        } catch {
            return (error.isPassing ? .unreadable : .incomplete, "\(error)")
        }
    }
}
