package import IICInfer

extension FolderState {
    /// What the ledger remembers of a scene, for the model and the settings of now.
    package struct Memory: Sendable, Equatable {
        package enum End: Sendable, Equatable { case done, rejected, cancelled, open }

        /// Of the files that it is about: ``SceneStamp/digest``.
        package var identity: String
        package var end: End
        package var crashes: Int

        package init(identity: String, end: End, crashes: Int) {
            self.identity = identity
            self.end = end
            self.crashes = crashes
        }
    }

    /// What the check of a quiet file found.
    package enum Finding: Sendable, Equatable {
        case whole
        case incomplete
        /// Neither can be told now: no permission, a disk that fails, a part that is not there.
        case unreadable
        /// It is something else than its name says, which will not be opened.
        case refused
        /// Whole by its structure, but with a block that nothing was written to; it has not changed
        /// for this time.
        case sparse(quiet: Duration)
    }

    /// What is to be said of a file that was checked.
    package enum Verdict: Sendable, Equatable {
        case damaged
        case refused
        /// It has blocks that were not written yet, and is mapped after this time all the same.
        case awaitingBlocks(Duration)
        /// That time is over: it is mapped now.
        case missingBlocks
        /// It will be checked again after this time.
        case postponed(Duration)
    }

    /// What a scan asks for.
    package struct Task: Sendable, Equatable {
        /// Files whose structure is to be checked, first come first.
        package var quiet: [FileName] = []
        /// Scenes that were done when the ledger last heard of them: are their outputs in place?
        package var recalled: [FileName] = []
    }

    /// Takes note of what is in the folder now.
    ///
    /// - Parameter recall: what the ledger remembers of a scene that was not seen before.
    package mutating func scan(
        _ listing: SceneListing, at time: Duration,
        recalling recall: (FileName) -> Memory? = { _ in nil }
    ) -> Task {
        isScanned = true
        problems = Set(listing.problems.keys)
        // What cannot be examined now stays what it was.
        for name in scenes.keys where listing.scenes[name] == nil && !problems.contains(name) {
            if !listing.hides(name) {
                scenes[name] = nil
                changes.insert(name)
            }
        }
        refusals = Set(listing.refusals.keys)
        var quiet: [(since: Duration, name: FileName)] = []
        var recalled: [FileName] = []
        var due: [(until: Duration, turn: Int, name: FileName)] = []
        for (name, stamp) in listing.scenes {
            let mark = listing.released[name]
            guard let scene = scenes[name], scene.stamp == stamp else {
                let memory = scenes[name] == nil ? recall(name) : nil
                let arrival = arrive(name, stamp, mark, memory, at: time)
                if arrival == .recalled { recalled.append(name) }
                if case .arriving = arrival, settle <= .zero || mark != nil {
                    quiet.append((time, name))
                }
                continue
            }
            if let mark, mark != scene.mark {
                scenes[name]?.mark = mark
                switch scene.phase {
                case .rejected, .cancelled:
                    scenes[name]?.crashes = 0
                    set(name, .arriving(since: time))
                    quiet.append((time, name))
                case .arriving, .incomplete, .unreadable, .sparse: quiet.append((time, name))
                case .postponed, .crashed: due.append((time, scene.turn, name))
                case .recalled, .ready, .running, .done: break
                }
                continue
            }
            switch scene.phase {
            case .recalled: recalled.append(name)
            case .arriving(let since) where time - since >= settle: quiet.append((since, name))
            // Once more before the verdict: some copies write without touching the time.
            case .incomplete(let since) where time - since >= patience:
                quiet.append((since, name))
            case .unreadable(let until) where time >= until: quiet.append((until, name))
            case .sparse(let until) where time >= until: quiet.append((until, name))
            case .postponed(let until) where time >= until,
                .crashed(let until) where time >= until:
                due.append((until, scene.turn, name))
            default: break
            }
        }
        for scene in due.sorted(by: { ($0.until, $0.turn) < ($1.until, $1.turn) }) {
            if case .crashed = scenes[scene.name]?.phase {
                enqueue(scene.name, isFirst: true)
            } else {
                enqueue(scene.name)
            }
        }
        return Task(
            quiet: quiet.sorted { ($0.since, $0.name) < ($1.since, $1.name) }.map(\.name),
            recalled: recalled.sorted())
    }

    /// Takes note of a scene, or of a version of it, that was not there before.
    private mutating func arrive(
        _ name: FileName, _ stamp: SceneStamp, _ mark: FileStamp?, _ memory: Memory?,
        at time: Duration
    ) -> Phase {
        var scene = Scene(stamp: stamp, phase: .arriving(since: time), mark: mark, plan: plan)
        if let memory, memory.identity == stamp.digest {
            scene.crashes = memory.crashes
            switch memory.end {
            case .done: scene.phase = .recalled
            case .rejected: scene.phase = .rejected
            case .cancelled: scene.phase = .cancelled
            case .open: break
            }
        }
        // What is recalled is in the ledger already.
        if case .arriving = scene.phase { changes.insert(name) }
        scenes[name] = scene
        return scene.phase
    }

    /// Takes note of whether the outputs of a recalled scene are in place.
    package mutating func recalled(_ name: FileName, isInPlace: Bool, at time: Duration) {
        guard scenes[name]?.phase == .recalled else { return }
        if isInPlace {
            // The ledger, and whoever looks at it, has it as done already.
            scenes[name]?.phase = .done
        } else {
            // It was whole once, but its blocks are read again.
            set(name, .arriving(since: time - settle))
        }
    }

    /// Takes note of what was found in a quiet file.
    ///
    /// - Returns: what is to be said of it; nil for nothing.
    package mutating func checked(
        _ name: FileName, _ finding: Finding, at time: Duration
    ) -> Verdict? {
        guard let scene = scenes[name] else { return nil }
        let since: Duration
        switch scene.phase {
        case .arriving(let start), .incomplete(let start): since = start
        case .unreadable, .sparse: since = time
        case .recalled, .ready, .running, .postponed, .crashed, .done, .rejected, .cancelled:
            return nil
        }
        switch finding {
        case .whole:
            scenes[name]?.attempts = 0
            enqueue(name)
        case .unreadable:
            let delay = nextDelay(for: name)
            set(name, .unreadable(until: time + delay))
            return .postponed(delay)
        case .refused:
            set(name, .rejected)
            return .refused
        case .sparse(let quiet):
            return checkedSparse(name, scene, quiet: quiet, at: time)
        case .incomplete:
            guard case .incomplete = scene.phase, time - since >= patience else {
                set(name, .incomplete(since: since))
                return nil
            }
            set(name, .rejected)
            return .damaged
        }
        return nil
    }

    private mutating func checkedSparse(
        _ name: FileName, _ scene: Scene, quiet: Duration, at time: Duration
    ) -> Verdict? {
        var rest = max(.zero, sparseWait - max(.zero, quiet))
        // Seen to be quiet for long enough, whatever another machine's clock made of it.
        if case .sparse(let until) = scene.phase { rest = min(rest, max(.zero, until - time)) }
        guard rest > .zero, scene.mark == nil else {
            scenes[name]?.attempts = 0
            enqueue(name)
            return scene.mark == nil ? .missingBlocks : nil
        }
        set(name, .sparse(until: time + rest))
        return .awaitingBlocks(rest)
    }
}
