import Foundation
import IICInfer
import Logging
import Synchronization

/// Keeps the ledger true: what the queue knows of a scene is written there, and what the ledger
/// remembers is told to the queue.
///
/// All writes go through here, one at a time, and each writes what is so at that moment: no two can
/// come in the wrong order.
final class JobKeeper: Sendable {
    struct State: Sendable {
        var plan: DaemonPlan
        /// Why scenes are not mapped, until the ledger has it.
        var failures: [FileName: JobFailure] = [:]
        /// Scenes that are in the folder and not in the queue: why they cannot be examined, or will not
        /// be opened.
        var problems: [FileName: String] = [:]
        var refusals: [FileName: String] = [:]
        /// What the ledger held when the daemon began, until the first scan.
        var memories: [FileName: LedgerEntry]?
        var obstacles: [Obstacle: String] = [:]
        /// Scenes whose rows could not be written.
        var unwritten: Set<FileName> = []
    }

    let folder: String
    let queue: SceneQueue
    let ledger: Ledger
    let reports: FailureReports
    let live = LiveJobs()
    let logger: Logger
    let state: Mutex<State>
    /// Held while rows are written.
    private let writing = Mutex(())

    init(
        folder: String, plan: DaemonPlan, queue: SceneQueue, ledger: Ledger,
        reports: FailureReports, logger: Logger
    ) throws {
        self.folder = folder
        self.queue = queue
        self.ledger = ledger
        self.reports = reports
        self.logger = logger
        var memories: [FileName: LedgerEntry] = [:]
        try ledger.forEachEntry { memories[$0.scene] = $0 }
        state = Mutex(State(plan: plan, memories: memories))
    }

    var plan: DaemonPlan { state.withLock { $0.plan } }

    // MARK: What the ledger remembers

    /// For the queue, when it sees a scene for the first time.
    func recall(_ name: FileName) -> FolderState.Memory? {
        let (memories, plan) = state.withLock { ($0.memories, $0.plan) }
        let old: Memory?
        if let memories {
            old = memories[name].map(Memory.init)
        } else {
            old = (try? ledger.job(of: name)).map(Memory.init)
        }
        guard let old, old.modelHash == plan.modelHash, old.settingsHash == plan.settingsHash
        else { return nil }
        let end: FolderState.Memory.End =
            switch old.state {
            case .done: .done
            case .failed: .rejected
            case .cancelled: .cancelled
            case .arriving, .waiting, .queued, .running: .open
            }
        return .init(identity: old.identity, end: end, crashes: old.crashes)
    }

    /// Whether the files of a recalled scene are those that were made, as far as their sizes tell.
    ///
    /// - Parameter bytes: of the files that are there; nil if some are missing.
    func isInPlace(_ name: FileName, bytes: Int?) -> Bool {
        guard let bytes else { return false }
        if let memories = state.withLock({ $0.memories }) {
            return memories[name]?.fileBytes == bytes
        }
        let files = (try? ledger.job(of: name))?.result?.files
        return files?.reduce(0) { $0 + $1.bytes } == bytes
    }

    /// What a row tells of what became of its scene.
    private struct Memory {
        let state: JobState
        let identity: String
        let modelHash: String
        let settingsHash: String
        let crashes: Int

        init(_ entry: LedgerEntry) {
            (state, identity, crashes) = (entry.state, entry.identity, entry.crashes)
            (modelHash, settingsHash) = (entry.modelHash, entry.settingsHash)
        }

        init(_ job: Job) {
            (state, identity, crashes) = (job.state, job.identity, job.crashes)
            (modelHash, settingsHash) = (job.modelHash, job.settingsHash)
        }
    }

    /// After the first scan scenes are asked for one by one; rows and reports of those that have gone
    /// while no daemon ran are removed.
    func endBeginning() throws {
        let memories = state.withLock { state in
            defer { state.memories = nil }
            return state.memories
        }
        guard let memories else { return }
        let known = queue.read { state in
            Set(memories.keys.filter { state.standing(of: $0)?.state == .done })
        }
        if !known.isEmpty {
            logger.info("Scenes that have their maps already: \(known.count).")
        }
        let rejected = queue.read { state in
            memories.keys.count { state.standing(of: $0)?.state == .failed }
        }
        if rejected > 0 {
            logger.warning(
                "Scenes that were given up before, and have not changed since: \(rejected).")
        }
        let others = memories.filter { $0.value.state != .done && !known.contains($0.key) }.keys
        state.withLock { $0.unwritten.formUnion(others) }
        sync()
        var failed: [FileName] = []
        try ledger.forEachEntry { if $0.state == .failed { failed.append($0.scene) } }
        try reports.removeStale(keeping: failed)
    }

    /// From here on scenes are mapped by another plan.
    func replan(_ plan: DaemonPlan) {
        state.withLock {
            $0.plan = plan
            $0.memories = nil
        }
        queue.update { state, time in state.replan(at: time) { self.recall($0) } }
        live.touch()
    }

    // MARK: What the ledger is told

    /// Why a scene is about to wait or to fail.
    func note(_ name: FileName, _ failure: JobFailure) {
        state.withLock { $0.failures[name] = failure }
    }

    /// Scenes that the folder's listing tells of and the queue does not know.
    func note(problems: [FileName: String], refusals: [FileName: String]) {
        let changed = state.withLock { state -> Set<FileName> in
            let before = state.problems.merging(state.refusals) { $1 }
            let now = problems.merging(refusals) { $1 }
            state.problems = problems
            state.refusals = refusals
            let names = Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }
            state.unwritten.formUnion(names)
            return names
        }
        if !changed.isEmpty { sync() }
    }

    /// Writes the rows of all scenes that are to be shown otherwise than before.
    func sync() {
        writing.withLock { _ in
            let names = queue.takeChanges().union(state.withLock { $0.unwritten })
            guard !names.isEmpty else { return }
            do {
                try write(names.sorted())
                state.withLock { $0.unwritten = [] }
                note(.ledger, nil)
            } catch {
                state.withLock { $0.unwritten = names }
                note(.ledger, "\(error)")
            }
            live.touch()
        }
    }

    private func write(_ names: [FileName]) throws {
        var rows: [Job] = []
        var gone: [FileName] = []
        var reported: [Job] = []
        var unreported: [FileName] = []
        for name in names {
            let old = try ledger.job(of: name)
            guard let job = row(of: name, old) else {
                guard let old, !isMoved(old) else { continue }
                if old.state == .failed { unreported.append(name) }
                // What was mapped stays known: its map is there, and a renamed scene may have it.
                if old.state != .done { gone.append(name) }
                continue
            }
            if old?.state == .failed, job.state != .failed { unreported.append(name) }
            if job.state == .failed, old?.state != .failed || old?.identity != job.identity {
                reported.append(job)
            }
            if job != old { rows.append(job) }
        }
        for name in unreported { try reports.remove(for: name) }
        for job in reported {
            try reports.write(FailureReport(job))
            live.countFailure()
        }
        if !rows.isEmpty { try ledger.upsert(rows) }
        if !gone.isEmpty { try ledger.remove(gone) }
        state.withLock { state in for name in names { state.failures[name] = nil } }
    }

    /// Whether a scene that failed has left the folder by `--after move`: it is to be found there still,
    /// and its report beside the maps.
    private func isMoved(_ job: Job) -> Bool {
        job.state == .failed
            && (try? FileStamp("\(folder)/.failed/\(job.scene.text)")) != nil
    }

    /// A scene's row as it should be now; nil if there is none to be.
    private func row(of name: FileName, _ old: Job?) -> Job? {
        let standing = queue.read { $0.standing(of: name) }
        let (plan, failure, problem, refusal) = state.withLock {
            ($0.plan, $0.failures[name], $0.problems[name], $0.refusals[name])
        }
        let identity: String
        let bytes: Int
        let now: JobState
        var reason = failure
        if let standing {
            (identity, bytes, now) = (standing.stamp.digest, standing.stamp.size, standing.state)
        } else if let sentence = refusal ?? problem, refusal != nil || old?.state != .done {
            (identity, bytes, now) = ("", 0, refusal != nil ? .failed : .waiting)
            reason = JobFailure(
                code: IICInfer.ExitStatus.badInput.rawValue, stage: "admission", sentence: sentence)
        } else {
            return nil
        }
        var job =
            old
            ?? Job(
                scene: name, state: now, identity: identity, bytes: bytes,
                modelHash: plan.modelHash, settingsHash: plan.settingsHash, seen: .now)
        let isOther = job.identity != identity
        // What is at work ends with the plan that it was begun with.
        let isOutdated =
            now != .running
            && (job.modelHash != plan.modelHash || job.settingsHash != plan.settingsHash)
        if isOther || isOutdated {
            if isOther { job.contentHash = nil }
            (job.identity, job.bytes) = (identity, bytes)
            (job.modelHash, job.settingsHash) = (plan.modelHash, plan.settingsHash)
            (job.attempts, job.crashes) = (0, 0)
            (job.begun, job.ended, job.failure, job.result) = (nil, nil, nil, nil)
        }
        if now != .waiting { job.nextAttempt = nil }
        if let until = standing?.until {
            let next = Date.now.addingTimeInterval((until - queue.time) / .seconds(1))
            // The same moment, reckoned twice, differs a little.
            if abs(job.nextAttempt?.timeIntervalSince(next) ?? .infinity) > 0.5 {
                job.nextAttempt = next
            }
        }
        job.state = now
        if let reason { job.failure = reason }
        if now == .done { job.failure = nil }
        return job
    }

    // MARK: Work

    /// A scene begins to be mapped.
    func begin(_ ticket: FolderState.Ticket) throws -> Job {
        sync()
        let plan = plan
        let job = try update(ticket.name) { job in
            job.state = .running
            (job.modelHash, job.settingsHash) = (plan.modelHash, plan.settingsHash)
            job.attempts += 1
            (job.begun, job.ended, job.nextAttempt) = (.now, nil, nil)
        }
        guard let job else { throw LedgerMiss(scene: ticket.name) }
        live.begin(job)
        return job
    }

    /// A process is at it.
    func started(_ job: Job, process: Int32) {
        live.note(job.scene, process: process)
        guard let worker = WorkerIdentity(pid: process) else { return }
        do {
            try writing.withLock { _ in try ledger.setWorker(worker.description, of: job.id) }
        } catch {
            note(.ledger, "\(error)")
        }
    }

    /// A scene is mapped: its files are in place and flushed.
    func done(_ ticket: FolderState.Ticket, _ result: JobResult, contentHash: String?) throws {
        let identity = ticket.stamp.digest
        let picture = live.picture(of: ticket.name)
        let job = try update(ticket.name) { job in
            // Of a version that is the past nothing is kept.
            guard job.identity == identity else { return }
            (job.state, job.result, job.ended) = (.done, result, .now)
            job.contentHash = contentHash ?? job.contentHash
            job.failure = nil
        }
        if let job, let picture {
            try writing.withLock { _ in try ledger.savePicture(picture, of: job.id) }
        }
        live.end(ticket.name)
    }

    /// A scene was not mapped.
    func failed(
        _ ticket: FolderState.Ticket, _ failure: JobFailure, crashed: Bool, contentHash: String?
    ) throws {
        let identity = ticket.stamp.digest
        live.end(ticket.name)
        note(ticket.name, failure)
        _ = try update(ticket.name) { job in
            guard job.identity == identity else { return }
            job.ended = .now
            job.contentHash = contentHash ?? job.contentHash
            if crashed { job.crashes = ticket.crashes + 1 }
            job.failure = failure
        }
    }

    /// Has a scene leave the folder, if that is wanted of one that is mapped, or will not be.
    func settle(_ name: FileName, _ departure: SceneDeparture) {
        guard departure.after != .keep else { return }
        do {
            guard let job = try ledger.job(of: name),
                queue.read({ $0.standing(of: name)?.state }) == job.state
            else { return }
            let outcome: SceneDeparture.Outcome
            if job.state == .done, let result = job.result {
                outcome = try departure.done(name, identity: job.identity, result: result)
            } else if job.state == .failed {
                outcome = try departure.failed(name, identity: job.identity)
            } else {
                return
            }
            switch outcome {
            case .kept: break
            case .moved(let target): logger.info("“\(name)” was moved to “\(target)”.")
            case .deleted: logger.info("“\(name)” was deleted: its map is right.")
            case .stays(let sentence): logger.warning("\(sentence)")
            }
        } catch {
            logger.error("\(error)")
        }
    }

    private func update(_ name: FileName, _ change: (inout Job) throws -> Void) throws -> Job? {
        try writing.withLock { _ in
            guard let job = try ledger.job(of: name) else { return nil }
            return try ledger.update(job.id, change)
        }
    }

    // MARK: Obstacles

    /// What can keep all work from going on.
    enum Obstacle: Sendable, Comparable { case ledger, space }

    /// - Parameter sentence: why nothing can be begun now; nil once it can.
    func note(_ obstacle: Obstacle, _ sentence: String?) {
        let old = state.withLock { state in
            defer { state.obstacles[obstacle] = sentence }
            return state.obstacles[obstacle]
        }
        guard (old == nil) != (sentence == nil) else { return }
        if let sentence {
            logger.error("\(sentence) No scene is begun until that has passed.")
        } else {
            logger.notice("Work goes on.")
            queue.wake()
        }
        live.touch()
    }

    var obstacle: String? {
        state.withLock { state in
            state.obstacles.min { $0.key < $1.key }?.value
        }
    }
}

extension FailureReport {
    fileprivate init(_ job: Job) {
        self.init(
            scene: job.scene,
            failure: job.failure
                ?? JobFailure(code: 1, stage: "unknown", sentence: "It cannot be mapped."),
            attempts: job.attempts, time: .now, modelHash: job.modelHash, identity: job.identity)
    }
}

/// The ledger has no row of a scene that is to be mapped.
struct LedgerMiss: UserError {
    let scene: FileName
    var description: String { "The ledger has no row of “\(scene)”; it is written again." }
    var exitStatus: IICInfer.ExitStatus { .tryAgain }
}
