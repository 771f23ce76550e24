import IICInfer

/// How the ranks take their steps together.
extension Trainer {
    /// The shares of the steps' time that the ranks waited for each other: the least and the most of
    /// any; nil in one process.
    package var rankShare: (least: Double, most: Double)? {
        let shares = waits.filter { $0.all > 0 }.map { $0.waited / $0.all }
        guard ranks.count > 1, let least = shares.min(), let most = shares.max() else { return nil }
        return (least, most)
    }

    /// Takes steps until rank 0 takes no more: what the other ranks do.
    package func follow(isCancelled: () -> Bool = { false }) {
        // Whatever ends it, rank 0 has it too and tells the user.
        while (try? step(isCancelled: isCancelled)) != nil {}
    }

    /// Tells the other ranks that no step follows; once is enough.
    package func release() {
        guard ranks.count > 1, ranks.rank == 0, !isReleased else { return }
        isReleased = true
        _ = turn(nil, hasFailed: false, answer: .stop)
    }

    private func turn(
        _ windows: [MaskWindow]?, hasFailed: Bool, answer: Turn.Answer
    ) -> Turn {
        let none = MaskWindow(of: [], height: settings.crop, width: settings.crop)
        let count = Head.allCases.count * (settings.views == .separate ? 2 : 1)
        let turn = Turn(
            ranks, windows: windows ?? Array(repeating: none, count: count), hasFailed: hasFailed,
            answer: answer, waited: engine.waiting.total / .seconds(1),
            all: stepping / .seconds(1))
        waits = turn.waits
        return turn
    }

    /// This rank's part of the next batch, when all ranks have theirs.
    func nextBatch(isCancelled: () -> Bool) throws -> TrainingBatch {
        let read = Result { try feed.batch(step: state.step) }
        var share: BatchFeed.Share?
        var failure: (any Error)?
        switch read {
        case .success(let value): share = value
        case .failure(let error): failure = error
        }
        let isStopping = ranks.count > 1 && isCancelled()
        let turn: Turn = engine.waiting.measure {
            self.turn(
                share?.windows, hasFailed: failure != nil, answer: isStopping ? .interrupted : .go)
        }
        switch turn.answer {
        case .stop: throw Dismissed()
        case .interrupted: throw Interrupted()
        case .go: break
        }
        if let error = ranks.failure(of: turn.failed, mine: failure) { throw error }
        guard var batch = share?.batch, !turn.windows.contains(where: \.isEmpty) else {
            throw TrainingError(
                "No pixel of step \(state.step + 1) counts in the loss, because each one's "
                    + "surroundings leave its crop: give a larger --crop, or less --rotation, "
                    + "--affine-scale or --sparse-translation.",
                exitStatus: .failed)
        }
        batch.setWindows(turn.windows)
        return batch
    }
}
