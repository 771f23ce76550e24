import IICInfer
import Logging
import Synchronization

/// What the ledger remembers.
extension JobKeeper {
    /// What became of a scene that the queue has not seen.
    private func recall(_ name: FileName) -> FolderState.Memory? {
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
    ///
    /// - Parameter listing: what was found in the first scan.
    func endBeginning(_ listing: SceneListing) throws {
        guard let memories = state.withLock({ $0.memories }) else { return }
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
        let others = memories.filter {
            $0.value.state != .done && !known.contains($0.key) && !listing.hides($0.key)
        }.keys
        state.withLock { state in
            state.unwritten.formUnion(others)
            state.memories = nil
        }
        sync()
        var failed: [FileName] = []
        try ledger.forEachJob(in: .failed, limit: .max) { failed.append($0.scene) }
        try reports.removeStale(keeping: failed)
    }

    /// From here on scenes are mapped by another plan; what was made by the one before is made again
    /// where it would be otherwise.
    func replan(_ plan: DaemonPlan) {
        let isSame = state.withLock { state in
            defer { state.plan = plan }
            return (state.plan.modelHash, state.plan.settingsHash)
                == (plan.modelHash, plan.settingsHash)
        }
        if !isSame { queue.update { state, time in state.replan(at: time) } }
        live.touch()
    }

    /// What the ledger remembers of scenes that the queue has not seen.
    func memories(of listing: SceneListing) -> [FileName: FolderState.Memory] {
        let new = queue.read { state in listing.scenes.keys.filter { !state.knows($0) } }
        return new.reduce(into: [:]) { memories, name in memories[name] = recall(name) }
    }
}
