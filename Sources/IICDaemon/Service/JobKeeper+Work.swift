import Foundation
import IICInfer
import Logging
import Synchronization

/// What the ledger is told of work.
extension JobKeeper {
    /// A scene begins to be mapped.
    func begin(_ ticket: FolderState.Ticket, _ plan: DaemonPlan) throws -> Job {
        sync()
        guard queue.read({ $0.isCurrent(ticket) }) else { throw LedgerMiss(scene: ticket.name) }
        let identity = ticket.stamp.digest
        let job = try update(ticket.name) { job in
            guard job.identity == identity else { throw LedgerMiss(scene: ticket.name) }
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
        // Not by the thread that reads what the process says.
        Thread.detachNewThread { [self] in
            do {
                try writing.withLock { _ in
                    guard let job = try ledger.job(of: job.scene) else { return }
                    try ledger.setWorker(worker.description, of: job.id)
                }
            } catch {
                note(ledger: error)
            }
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
    func settle(
        _ name: FileName, _ departure: SceneDeparture, isCancelled: () -> Bool
    ) {
        guard departure.after != .keep else { return }
        do {
            guard let job = try ledger.job(of: name),
                queue.read({ $0.standing(of: name)?.state }) == job.state
            else { return }
            let outcome: SceneDeparture.Outcome
            if job.state == .done, let result = job.result {
                outcome = try departure.done(
                    name, identity: job.identity, result: result, isCancelled: isCancelled)
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
        } catch is Interrupted {
        } catch {
            logger.error("\(error)")
        }
    }

    private func update(_ name: FileName, _ change: (inout Job) throws -> Void) throws -> Job? {
        try writing.withLock { _ in
            try checkLock()
            guard let job = try ledger.job(of: name) else { return nil }
            return try ledger.update(job.id, change)
        }
    }
}

/// The ledger has no row of a scene that is to be mapped.
struct LedgerMiss: UserError {
    let scene: FileName
    var description: String { "The ledger has no row of “\(scene)”; it is written again." }
    var exitStatus: IICInfer.ExitStatus { .tryAgain }
}
