import IICInfer
import Logging
import ServiceLifecycle
import Synchronization

/// Has the scenes that are ready mapped, so many at a time.
struct SceneRunner: Service {
    let folder: String
    let workers: Int
    let keeper: JobKeeper
    let departure: SceneDeparture
    /// Has the folder's watcher look what is due.
    let nudge: @Sendable () -> Void
    let logger: Logger

    private var queue: SceneQueue { keeper.queue }

    func run() async throws {
        let stop = StopSwitch()
        let running = Count()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await _ in queue.wakeups.cancelOnGracefulShutdown() {
                    while !stop.isSet, running.value < workers,
                        keeper.obstacle == nil, let ticket = queue.next()
                    {
                        running.add(1)
                        group.addTask {
                            await process(ticket, stop: stop)
                            running.add(-1)
                            queue.wake()
                        }
                    }
                    if stop.isSet { return }
                }
            }
        } onGracefulShutdown: {
            stop.set()
        }
        keeper.sync()
    }

    private func process(_ ticket: FolderState.Ticket, stop: StopSwitch) async {
        let name = ticket.name
        let plan = keeper.plan
        let outcome: FolderState.Outcome
        do {
            let job = try await onOwnThread("begin") { try keeper.begin(ticket, plan) }
            outcome = try await process(ticket, job, plan, stop: stop)
        } catch {
            // The ledger fails: nothing was made that it does not know of. Or the scene has gone.
            if !stop.isSet, !(error is LedgerMiss) { keeper.note(ledger: error) }
            keeper.live.end(name)
            outcome = .givenUp
        }
        let delay = queue.update { state, time in state.finished(ticket, outcome, at: time) }
        if let delay { logger.notice("“\(name)” is tried again in \(delay.words).") }
        try? await onOwnThread("ledger") {
            keeper.sync()
            keeper.settle(name, departure) { stop.isSet }
        }
        nudge()
    }

    private func process(
        _ ticket: FolderState.Ticket, _ job: Job, _ plan: DaemonPlan, stop: StopSwitch
    ) async throws -> FolderState.Outcome {
        let name = ticket.name
        let shouldStop: @Sendable () -> Bool = {
            stop.isSet || !queue.read { $0.isCurrent(ticket) }
        }
        let content = try await content(of: ticket, job, plan, shouldStop: shouldStop)
        if let result = content.result {
            logger.info("“\(name)” has the content of “\(content.twin)”, whose map it is given.")
            var count = result
            count.isUnchanged = true
            keeper.live.count(.done(count), bytes: job.bytes)
            try await keep(ticket, result, hash: try await content.hash.value, stop: stop)
            return .done
        }
        logger.info("Segmenting “\(name)”.")
        let order = SceneOrder(
            name: name, path: "\(folder)/\(name.text)", bytes: job.bytes, shouldStop: shouldStop,
            onStart: { process in keeper.started(job, process: process) })
        let ending = await plan.work.segment(order) { event in
            switch event {
            case .warning(let sentence): logger.warning("\(sentence)")
            case .started(let host, let process):
                logger.info("“\(name)” is at work on \(host), by process \(process).")
            case .progress, .rows: break
            }
            keeper.live.note(name, event)
        }
        keeper.live.count(ending, bytes: job.bytes)
        // It is read while the scene is mapped, and of no use where that failed early.
        let hash: String?
        if case .done = ending {
            hash = try? await content.hash.value
        } else {
            content.hash.cancel()
            hash = nil
        }
        if stop.isSet, ending == .stopped {
            logger.notice("“\(name)” was given up for the shutdown; it goes on at the next start.")
            keeper.live.end(name)
            return .givenUp
        }
        if case .done(let result) = ending {
            try await keep(ticket, result, hash: hash, stop: stop)
            let seconds = (result.seconds * 10).rounded() / 10
            logger.info(
                result.isUnchanged
                    ? "“\(name)” has its map already." : "Mapped “\(name)” in \(seconds) s.")
            return .done
        }
        if shouldStop() {
            logger.notice("“\(name)” has changed, gone, or was cancelled while it was segmented.")
            keeper.live.end(name)
            return .givenUp
        }
        let (outcome, failure) = verdict(on: ending, of: ticket)
        logger.error("\(failure.sentence)")
        do {
            try await onOwnThread("failed") {
                try keeper.failed(
                    ticket, failure, crashed: outcome == .crashed, contentHash: hash)
            }
        } catch {
            keeper.note(ledger: error)
        }
        return outcome
    }

    /// Writes what was made into the ledger, which may have to wait for space on its disk.
    private func keep(
        _ ticket: FolderState.Ticket, _ result: JobResult, hash: String?, stop: StopSwitch
    ) async throws {
        while true {
            do {
                return try await onOwnThread("done") {
                    try keeper.done(ticket, result, contentHash: hash)
                }
            } catch {
                keeper.note(ledger: error)
                if stop.isSet { throw error }
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func verdict(
        on ending: WorkerEnding, of ticket: FolderState.Ticket
    ) -> (FolderState.Outcome, JobFailure) {
        let name = ticket.name
        let count = ticket.crashes + 1
        let isLast = count >= FolderState.lastCrash
        let again = isLast ? "It is not tried again." : "It is tried again."
        switch ending {
        case .failed(let failure):
            // Of this nobody knows whether it may pass.
            if failure.code == IICInfer.ExitStatus.failed.rawValue { return (.crashed, failure) }
            // What ends otherwise than iicd does (a launcher, a program that is not there) may pass.
            let isPermanent = [.usage, .badInput].contains(
                IICInfer.ExitStatus(rawValue: failure.code))
            return (isPermanent ? .rejected : .postponed, failure)
        case .broken(let failure):
            return (
                .crashed,
                JobFailure(
                    code: failure.code, stage: failure.stage,
                    sentence: "The worker of “\(name)” broke off: \(failure.sentence) (\(count) of "
                        + "\(FolderState.lastCrash)). \(again)")
            )
        case .crashed(let signal):
            return (
                .crashed,
                JobFailure(
                    code: 128 + signal, stage: "worker",
                    sentence: "The worker of “\(name)” died by signal \(signal) (\(count) of "
                        + "\(FolderState.lastCrash)). \(again)")
            )
        case .timedOut(let limit):
            return (
                .crashed,
                JobFailure(
                    code: 128 + 9, stage: "worker",
                    sentence:
                        "The worker of “\(name)” took longer than \(limit.words) and was ended "
                        + "(\(count) of \(FolderState.lastCrash)). \(again) --time-limit gives it "
                        + "more.")
            )
        case .done, .stopped:
            return (
                .postponed,
                JobFailure(
                    code: IICInfer.ExitStatus.interrupted.rawValue, stage: "worker",
                    sentence: "The worker of “\(name)” was interrupted.")
            )
        }
    }

    // MARK: Content

    /// The hash of a scene's content, which may still be reckoned, and what a scene of the same content
    /// was given, if there is one.
    private struct Content: Sendable {
        var hash: Task<String?, any Error>
        var result: JobResult?
        var twin: FileName = ""
    }

    /// Reads a scene for its hash, unless the ledger has it: before it is mapped if there is a map that it
    /// might be given, beside that otherwise, when its bytes come from memory.
    private func content(
        of ticket: FolderState.Ticket, _ job: Job, _ plan: DaemonPlan,
        shouldStop: @escaping @Sendable () -> Bool
    ) async throws -> Content {
        let hash = Task<String?, any Error> {
            if let known = job.contentHash { return known }
            return try await onOwnThread("hash") {
                try? ContentHash.sha256(
                    of: ticket.name, in: folder, stamp: ticket.stamp, isCancelled: shouldStop)
            }
        }
        let mayHaveTwin = try await onOwnThread("twins") {
            try keeper.ledger.hasDone(
                bytes: job.bytes, model: plan.modelHash, settings: plan.settingsHash,
                excluding: ticket.name)
        }
        guard mayHaveTwin, let known = try await hash.value else { return Content(hash: hash) }
        return try await onOwnThread("reuse") {
            let twins = try keeper.ledger.jobs(
                withContent: known, model: plan.modelHash, settings: plan.settingsHash,
                excluding: ticket.name)
            for twin in twins where !shouldStop() {
                if let result = try? plan.work.reuse(twin, ticket.name, shouldStop) {
                    return Content(hash: hash, result: result, twin: twin.scene)
                }
            }
            return Content(hash: hash)
        }
    }
}

/// A switch that is turned on once, from any thread.
final class StopSwitch: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}

/// A number that many threads change.
private final class Count: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ change: Int) { count.add(change, ordering: .relaxed) }
}

extension Error {
    /// Whether what failed may pass by itself.
    var isPassing: Bool { (self as? any UserError)?.exitStatus.isPassing ?? false }
}
