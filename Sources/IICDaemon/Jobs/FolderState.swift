package import IICInfer

/// What the daemon knows of the scenes in its folder, and what to do next: pure, no files, no
/// clock.
///
/// ```
///            quiet            whole              next()           finished()
/// arriving ────────▶ checked ────────▶ ready ───────────▶ running ────────────▶ done or rejected
///     ▲                 │ not whole                          │ cannot be written
///     │                 ▼                                    ▼
///     └── changed ── incomplete ──▶ rejected             postponed ──▶ ready
/// ```
/// A scene that differs in any of its files from what was seen goes back to the start, whatever its
/// state; one that cannot be read while it is checked, or has blocks that were not written, waits and
/// is checked again. The word that a scene has arrived (`NAME.done`) ends every wait.
package struct FolderState: Sendable {
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

    /// How a piece of work ended.
    package enum Outcome: Sendable, Equatable {
        case done
        /// The scene is at fault, and stays so until it changes.
        case rejected
        /// Something else is, a full disk for example, which may pass.
        case postponed
    }

    private enum Phase: Sendable, Equatable {
        case arriving(since: Duration)
        case incomplete(since: Duration)
        case unreadable(until: Duration)
        case sparse(until: Duration)
        case ready
        case running
        case postponed(until: Duration)
        case done
        case rejected
    }

    private struct Scene: Sendable {
        var stamp: SceneStamp
        var phase: Phase
        /// The word that the scene has arrived, if there is one.
        var mark: FileStamp?
        /// Failed attempts in a row.
        var attempts = 0
        /// Scenes are served in the order of these.
        var turn = 0
    }

    /// How long a file must not change before it is checked.
    let settle: Duration
    /// How long a file may be quiet and incomplete before it is called damaged.
    let patience: Duration
    /// How long a whole file with blocks that were not written must not change before it is taken.
    let sparseWait: Duration
    private var scenes: [FileName: Scene] = [:]
    /// Scenes in the folder that could not be examined in the last scan.
    private var problems: Set<FileName> = []
    private var refusals: Set<FileName> = []
    private var turns = 0
    private var isScanned = false

    package init(
        settle: Duration, patience: Duration = .seconds(60), sparseWait: Duration = .seconds(600)
    ) {
        self.settle = settle
        self.patience = patience
        self.sparseWait = sparseWait
    }

    /// Takes note of what is in the folder now.
    ///
    /// - Returns: the files whose structure is to be checked, first come first.
    package mutating func scan(_ listing: SceneListing, at time: Duration) -> [FileName] {
        isScanned = true
        problems = Set(listing.problems.keys)
        // What cannot be examined now stays what it was.
        for name in scenes.keys where listing.scenes[name] == nil && !problems.contains(name) {
            if !listing.hides(name) { scenes[name] = nil }
        }
        refusals = Set(listing.refusals.keys)
        var quiet: [(since: Duration, name: FileName)] = []
        var due: [(until: Duration, turn: Int, name: FileName)] = []
        for (name, stamp) in listing.scenes {
            let mark = listing.released[name]
            guard let scene = scenes[name], scene.stamp == stamp else {
                scenes[name] = Scene(stamp: stamp, phase: .arriving(since: time), mark: mark)
                if settle <= .zero || mark != nil { quiet.append((time, name)) }
                continue
            }
            if let mark, mark != scene.mark {
                scenes[name]?.mark = mark
                switch scene.phase {
                case .rejected:
                    scenes[name]?.phase = .arriving(since: time)
                    quiet.append((time, name))
                case .arriving, .incomplete, .unreadable, .sparse: quiet.append((time, name))
                case .postponed: due.append((time, scene.turn, name))
                case .ready, .running, .done: break
                }
                continue
            }
            switch scene.phase {
            case .arriving(let since) where time - since >= settle: quiet.append((since, name))
            // Once more before the verdict: some copies write without touching the time.
            case .incomplete(let since) where time - since >= patience:
                quiet.append((since, name))
            case .unreadable(let until) where time >= until: quiet.append((until, name))
            case .sparse(let until) where time >= until: quiet.append((until, name))
            case .postponed(let until) where time >= until: due.append((until, scene.turn, name))
            default: break
            }
        }
        for scene in due.sorted(by: { ($0.until, $0.turn) < ($1.until, $1.turn) }) {
            enqueue(scene.name)
        }
        return quiet.sorted { ($0.since, $0.name) < ($1.since, $1.name) }.map(\.name)
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
        case .ready, .running, .postponed, .done, .rejected: return nil
        }
        switch finding {
        case .whole:
            scenes[name]?.attempts = 0
            enqueue(name)
        case .unreadable:
            let delay = nextDelay(for: name)
            scenes[name]?.phase = .unreadable(until: time + delay)
            return .postponed(delay)
        case .refused:
            scenes[name]?.phase = .rejected
            return .refused
        case .sparse(let quiet):
            return checkedSparse(name, scene, quiet: quiet, at: time)
        case .incomplete:
            guard case .incomplete = scene.phase, time - since >= patience else {
                scenes[name]?.phase = .incomplete(since: since)
                return nil
            }
            scenes[name]?.phase = .rejected
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
        scenes[name]?.phase = .sparse(until: time + rest)
        return .awaitingBlocks(rest)
    }

    /// Hands out the scene that has waited longest; nil if none is ready.
    package mutating func next() -> (name: FileName, stamp: SceneStamp)? {
        let ready = scenes.filter { $0.value.phase == .ready }
        guard let first = ready.min(by: { $0.value.turn < $1.value.turn }) else { return nil }
        scenes[first.key]?.phase = .running
        return (first.key, first.value.stamp)
    }

    /// Whether the scene that was handed out is still there and unchanged.
    package func isCurrent(_ name: FileName, _ stamp: SceneStamp) -> Bool {
        scenes[name]?.stamp == stamp
    }

    /// Takes note of how the work on a scene ended.
    ///
    /// - Returns: how long a postponed scene waits; nil if the scene is not waiting.
    @discardableResult
    package mutating func finished(
        _ name: FileName, _ stamp: SceneStamp, _ outcome: Outcome, at time: Duration
    ) -> Duration? {
        // It may have been replaced meanwhile; then the verdict is about a file of the past.
        guard let scene = scenes[name], scene.stamp == stamp, scene.phase == .running else {
            return nil
        }
        switch outcome {
        case .done: scenes[name]?.phase = .done
        case .rejected: scenes[name]?.phase = .rejected
        case .postponed:
            let delay = nextDelay(for: name)
            scenes[name]?.phase = .postponed(until: time + delay)
            return delay
        }
        return nil
    }

    /// Whether nothing will happen until a file changes; files that wait for a second attempt
    /// count as settled. Before the first scan nothing is known.
    package var isIdle: Bool {
        isScanned
            && scenes.values.allSatisfy { scene in
                switch scene.phase {
                case .done, .rejected, .postponed, .unreadable: true
                case .arriving, .incomplete, .sparse, .ready, .running: false
                }
            }
    }

    /// When something is due if no file changes: `active` from now while scenes arrive or are worked
    /// on, since a change of these must be seen soon; otherwise when a scene is to be tried again, at
    /// the latest `idle` from now.
    package func pause(at time: Duration, active: Duration, idle: Duration) -> Duration {
        var pause = max(active, idle)
        for scene in scenes.values {
            switch scene.phase {
            case .arriving, .incomplete, .ready, .running: return active
            case .unreadable(let until), .sparse(let until), .postponed(let until):
                pause = min(pause, max(active, until - time))
            case .done, .rejected: break
            }
        }
        return pause
    }

    /// How many scenes have no map and will get none as things stand.
    package var failures: Int {
        let known = scenes.values.count { scene in
            switch scene.phase {
            case .rejected, .postponed, .unreadable: true
            case .arriving, .incomplete, .sparse, .ready, .running, .done: false
            }
        }
        return known + problems.count { scenes[$0] == nil } + refusals.count
    }

    /// How long a scene waits after one more failure, ever longer.
    private mutating func nextDelay(for name: FileName) -> Duration {
        let attempts = scenes[name]?.attempts ?? 0
        scenes[name]?.attempts = attempts + 1
        return .seconds(min(600, 5 << min(attempts, 10)))
    }

    private mutating func enqueue(_ name: FileName) {
        turns += 1
        scenes[name]?.turn = turns
        scenes[name]?.phase = .ready
    }
}
