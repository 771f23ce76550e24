import IICInfer
import Logging
import Synchronization

/// What keeps all work from going on.
extension JobKeeper {
    /// What can keep all work from going on.
    enum Obstacle: Sendable, Comparable { case source, folder, ledger, space }

    /// The ledger cannot be read or written.
    func note(ledger error: any Error) {
        if (error as? LedgerError)?.kind == .damaged { state.withLock { $0.isDamaged = true } }
        note(.ledger, "\(error)")
    }

    /// Looks whether what hindered has passed: folders that had gone are there again, the ledger can be
    /// written, or another must begin.
    func tend() {
        var hindrance: String?
        if let gone = outputs.others.first(where: { !PathCalls.isFolder($0) }) {
            hindrance = "The folder “\(gone)” has gone: it is waited for."
        } else if let closed = outputs.others.first(where: { !PathCalls.isWritable($0) }) {
            hindrance = "There is no permission to write to “\(closed)”: it is waited for."
        }
        note(.folder, hindrance)
        guard hindrance == nil else { return }
        let (isDamaged, isHindered) = state.withLock {
            ($0.isDamaged, $0.obstacles[.ledger] != nil)
        }
        do {
            try keepLock()
            if isDamaged || !ledger.isInPlace { try renew(isDamaged: isDamaged) }
            if isHindered {
                try ledger.probe()
                note(.ledger, nil)
            }
        } catch {
            note(ledger: error)
        }
    }

    /// Yields to another daemon that was given the lock while this machine was cut off from its disk, and
    /// goes on when that one has ended.
    private func keepLock() throws {
        guard state.withLock({ $0.lock.isTakenOver || $0.isDisplaced }) else { return }
        state.withLock { $0.isDisplaced = true }
        guard let lock = try LedgerLock.tryAcquire(in: outputs.state) else {
            throw displacement
        }
        state.withLock { state in
            state.lock = lock
            state.isDisplaced = false
        }
    }

    /// Refuses to write where another daemon does.
    func checkLock() throws {
        if state.withLock({ $0.isDisplaced }) { throw displacement }
    }

    private var displacement: OutputInUse {
        OutputInUse(folder: outputs.state, holder: LedgerLock.holder(in: outputs.state))
    }

    /// Begins another ledger, with what is known of the scenes in the folder.
    private func renew(isDamaged: Bool) throws {
        try writing.withLock { _ in
            try OutputFolder.make(outputs.state)
            // Another daemon may have been quicker, where the file of our lock has gone.
            if state.withLock({ !$0.lock.isInPlace }) {
                guard let lock = try LedgerLock.tryAcquire(in: outputs.state) else {
                    let holder = LedgerLock.holder(in: outputs.state)
                    throw OutputInUse(folder: outputs.state, holder: holder)
                }
                state.withLock { $0.lock = lock }
            }
            try? ledger.close()
            if isDamaged {
                let sentence = try Ledger.setAside(in: outputs.state)
                logger.warning("\(sentence)")
            }
            let new = try Ledger(
                folder: outputs.state, isOnNetwork: PathCalls.isOnNetwork(outputs.state))
            for note in new.notes { logger.warning("\(note)") }
            current.withLock { $0 = new }
            state.withLock { state in
                state.isDamaged = false
                state.memories = nil
                state.unwritten.formUnion(state.problems.keys)
                state.unwritten.formUnion(state.refusals.keys)
            }
        }
        logger.notice("A new ledger begins with what lies in the folders.")
        queue.update { state, time in state.recheck(at: time) }
    }

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
            if self.obstacle == nil { logger.notice("Work goes on.") }
            queue.wake()
        }
        live.touch()
    }

    /// Whether the ledger has all that is known.
    var isWritten: Bool { state.withLock { $0.unwritten.isEmpty && $0.obstacles[.ledger] == nil } }

    var obstacle: String? {
        state.withLock { state in
            state.obstacles.min { $0.key < $1.key }?.value
        }
    }
}
