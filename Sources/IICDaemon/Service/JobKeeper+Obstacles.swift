import IICInfer
import Logging
import Synchronization

/// What keeps all work from going on.
extension JobKeeper {
    /// What can keep all work from going on.
    enum Obstacle: Sendable, Comparable { case folder, ledger, space }

    /// The ledger cannot be read or written.
    func note(ledger error: any Error) {
        if (error as? LedgerError)?.kind == .damaged { state.withLock { $0.isDamaged = true } }
        note(.ledger, "\(error)")
    }

    /// Looks whether what hindered has passed: folders that had gone are there again, the ledger can be
    /// written, or another must begin.
    func tend() {
        let gone = outputs.others.first { !PathCalls.isFolder($0) }
        note(.folder, gone.map { "The folder “\($0)” has gone: it is waited for." })
        guard gone == nil else { return }
        let (isDamaged, isHindered) = state.withLock {
            ($0.isDamaged, $0.obstacles[.ledger] != nil)
        }
        do {
            if isDamaged || !ledger.isInPlace { try renew(isDamaged: isDamaged) }
            if isHindered {
                try ledger.probe()
                note(.ledger, nil)
            }
        } catch {
            note(ledger: error)
        }
    }

    /// Begins another ledger, with what is known of the scenes in the folder.
    private func renew(isDamaged: Bool) throws {
        try writing.withLock { _ in
            try? ledger.close()
            try OutputFolder.make(outputs.state)
            if isDamaged {
                let sentence = try Ledger.setAside(in: outputs.state)
                logger.warning("\(sentence)")
            }
            // The lock of the beginning may be that of a file that has gone.
            if let lock = try LedgerLock.tryAcquire(in: outputs.state) {
                state.withLock { $0.lock = lock }
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
