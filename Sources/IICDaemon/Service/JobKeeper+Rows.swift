import Foundation
import IICInfer
import Logging
import Synchronization

/// What the ledger is told of scenes that nobody is at.
extension JobKeeper {
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
            let changes = queue.takeChanges()
            let names = state.withLock { state in
                defer { state.unwritten = [] }
                return changes.union(state.unwritten).union(state.owed)
            }
            guard !names.isEmpty else { return }
            do {
                try checkLock()
                try write(names.sorted())
                note(.ledger, nil)
            } catch {
                state.withLock { $0.unwritten.formUnion(names) }
                note(ledger: error)
            }
            live.touch()
        }
    }

    private func write(_ names: [FileName]) throws {
        var rows: [Job] = []
        var gone: [FileName] = []
        var reported: [Job] = []
        var unreported: [FileName] = []
        let (failures, owed) = state.withLock { ($0.failures, $0.owed) }
        for name in names {
            let old = try ledger.job(of: name)
            guard let job = row(of: name, old, failure: failures[name]) else {
                if let old, isMoved(old) { continue }
                if old?.state == .failed || owed.contains(name) { unreported.append(name) }
                guard let old else { continue }
                // What was mapped stays known: its map is there, and a renamed scene may have it.
                if old.state != .done { gone.append(name) }
                continue
            }
            let isOwed = owed.contains(name)
            if job.state != .failed, old?.state == .failed || isOwed { unreported.append(name) }
            let isNew = old?.state != .failed || old?.identity != job.identity
            if job.state == .failed, isNew || isOwed { reported.append(job) }
            if job.state == .failed, isNew { live.countFailure() }
            if job != old { rows.append(job) }
        }
        if !rows.isEmpty { try ledger.upsert(rows) }
        if !gone.isEmpty { try ledger.remove(gone) }
        // A failure that was noted meanwhile is another's.
        state.withLock { state in
            for name in names where state.failures[name] == failures[name] {
                state.failures[name] = nil
            }
        }
        for name in unreported { report(name) { try reports.remove(for: name) } }
        for job in reported { report(job.scene) { try reports.write(FailureReport(job)) } }
    }

    /// Writes or removes a report, which is owed for as long as that fails: no other scene waits for it.
    private func report(_ name: FileName, _ body: () throws -> Void) {
        do {
            try body()
            state.withLock { _ = $0.owed.remove(name) }
        } catch {
            if state.withLock({ $0.owed.insert(name).inserted }) { logger.error("\(error)") }
        }
    }

    /// Whether a scene that failed has left the folder by `--after move`: it is to be found there still,
    /// and its report beside the maps.
    private func isMoved(_ job: Job) -> Bool {
        job.state == .failed
            && (try? FileStamp("\(folder)/.failed/\(job.scene.text)")) != nil
    }

    /// A scene's row as it should be now; nil if there is none to be.
    private func row(of name: FileName, _ old: Job?, failure: JobFailure?) -> Job? {
        let standing = queue.read { $0.standing(of: name) }
        let (plan, problem, refusal) = state.withLock {
            ($0.plan, $0.problems[name], $0.refusals[name])
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
        // Another attempt has no reason yet why it failed.
        if now == .arriving, [.failed, .cancelled].contains(job.state) { job.failure = nil }
        if now == .cancelled {
            reason = JobFailure(
                code: IICInfer.ExitStatus.interrupted.rawValue, stage: "cancelled",
                sentence: "“\(name)” was cancelled.")
        }
        job.state = now
        if now != .running, let standing { job.crashes = standing.crashes }
        if let reason { job.failure = reason }
        if now == .done { job.failure = nil }
        return job
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
