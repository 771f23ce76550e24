import IICInfer
import Logging
import ServiceLifecycle
import Synchronization

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
    let keeper: JobKeeper
    let departure: SceneDeparture
    let logger: Logger
    let events: FolderEvents
    private let parts = VRTPartList()
    private let look = Look()
    private let stop = StopSwitch()

    /// When the folder is looked at again, at the latest.
    private final class Look: Sendable {
        let time = Mutex(ContinuousClock.now + .seconds(600))
    }

    /// When the folder should have been looked at again, with a minute to spare and more where a look
    /// takes long.
    var nextLook: ContinuousClock.Instant { look.time.withLock { $0 } }

    /// How often to look where the kernel tells of all changes, in case that it does not.
    private static let idle = Duration.seconds(60)

    init(
        folder: String, rules: SceneRules, interval: Duration, once: Bool, keeper: JobKeeper,
        departure: SceneDeparture, events: FolderEvents, logger: Logger
    ) {
        self.folder = folder
        self.rules = rules
        self.interval = interval
        self.once = once
        self.keeper = keeper
        self.departure = departure
        self.events = events
        self.logger = logger
    }

    private var queue: SceneQueue { keeper.queue }

    func run() async throws {
        let (events, stop) = (events, stop)
        await cancelWhenGracefulShutdown {
            await withTaskCancellationHandler {
                await watch()
            } onCancel: {
                stop.set()
                events.end()
            }
        }
    }

    private func watch() async {
        var unreadable = false
        var problems: [FileName: String] = [:]
        let clock = ContinuousClock()
        while !Task.isCancelled {
            var isNew = false
            var took = Duration.zero
            do {
                let result = try await onOwnThread("scan") { try scan() }
                let found = result.problems
                (isNew, took) = (result.isNew, result.took)
                for (name, problem) in found.sorted(by: { $0.key < $1.key })
                where problems[name] != problem {
                    logger.error("\(problem)")
                }
                problems = found
                keeper.note(.source, nil)
                unreadable = false
            } catch {
                // A network drive that has gone may come back; what was known stays known.
                keeper.note(.source, "\(error) It is waited for.")
                unreadable = true
            }
            if once && !unreadable && keeper.isWritten && queue.read({ $0.isIdle }) { return }
            // A folder of a hundred thousand scenes takes a while to look at.
            let active = max(interval, took * 20)
            let idle = events.isComplete ? max(active, took * 400, Self.idle) : active
            let pause: Duration
            if isNew {
                pause = .zero
            } else if unreadable {
                pause = interval
            } else {
                pause = queue.pause(active: active, idle: idle)
            }
            let begun = clock.now
            look.time.withLock { $0 = clock.now + pause + took * 20 + .seconds(60) }
            do {
                let events = events
                let hasHappened = try await onOwnThread("wait") { events.wait(upTo: pause) }
                // Many files at once are one change.
                if hasHappened || isNew || clock.now < begun + pause {
                    try await Task.sleep(for: min(active, max(.milliseconds(20), took * 10)))
                }
            } catch { return }
        }
    }

    /// - Returns: what cannot be mapped, and why; whether there is more to look at, at once; how long the
    ///   folder took to look at, without the scenes in it.
    private func scan() throws -> (problems: [FileName: String], isNew: Bool, took: Duration) {
        let start = ContinuousClock.now
        let listing = try SceneListing(folder: folder, rules: rules, parts: parts)
        let isNew = events.watch(listing.folders, in: folder)
        let took = ContinuousClock.now - start
        let memories = keeper.memories(of: listing)
        let task = queue.update { state, time in
            state.scan(listing, at: time) { memories[$0] }
        }
        keeper.note(problems: listing.problems, refusals: listing.refusals)
        let work = keeper.plan.work
        let places = task.recalled.map { name in
            (name: name, isInPlace: keeper.isInPlace(name, bytes: work.placedBytes(name)))
        }
        queue.update { state, time in
            for place in places { state.recalled(place.name, isInPlace: place.isInPlace, at: time) }
        }
        // What is not come to is due in the next look, at once: nobody waits for a thousand scenes.
        let end = ContinuousClock.now + max(.seconds(2), took * 10)
        var rejected: [FileName] = []
        var isLeft = false
        for name in task.quiet {
            if stop.isSet || ContinuousClock.now > end {
                isLeft = true
                break
            }
            look.time.withLock { $0 = max($0, ContinuousClock.now + .seconds(180)) }
            if check(name, with: work) { rejected.append(name) }
        }
        keeper.sync()
        // What a daemon that has ended just then did not come to, too.
        for name in places.filter(\.isInPlace).map(\.name) + rejected where !stop.isSet {
            keeper.settle(name, departure) { stop.isSet }
        }
        try keeper.endBeginning(listing)
        return (listing.problems.merging(listing.refusals) { $1 }, isNew || isLeft, took)
    }

    /// - Returns: whether it was given up.
    private func check(_ name: FileName, with work: SceneWork) -> Bool {
        let (finding, failure) = check("\(folder)/\(name.text)", with: work)
        if let failure { keeper.note(name, failure) }
        let verdict = queue.update { state, time in state.checked(name, finding, at: time) }
        let sentence = failure?.sentence ?? ""
        switch verdict {
        case .damaged, .refused:
            logger.error("\(sentence) It is left alone until it changes.")
            return true
        case .postponed(let delay): logger.error("\(sentence) It is tried again in \(delay.words).")
        case .awaitingBlocks(let delay):
            logger.notice("\(sentence) It is mapped in \(delay.words) all the same.")
        case .missingBlocks: logger.warning("\(sentence) It is mapped all the same.")
        case nil: break
        }
        return false
    }

    private func check(
        _ path: String, with work: SceneWork
    ) -> (FolderState.Finding, JobFailure?) {
        func failure(_ error: any Error) -> JobFailure {
            JobFailure(
                code: ((error as? any UserError)?.exitStatus ?? .failed).rawValue,
                stage: "admission", sentence: "\(error)")
        }
        do {
            try work.check(path)
            return (.whole, nil)
        } catch let error as SparseScene {
            return (.sparse(quiet: error.quiet), failure(error))
        } catch let error as SceneRefusal {
            return (.refused, failure(error))
        } catch {
            return (error.isPassing ? .unreadable : .incomplete, failure(error))
        }
    }
}
