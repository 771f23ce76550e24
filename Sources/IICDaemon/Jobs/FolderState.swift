package import IICInfer

/// What the daemon knows of the scenes in its folder, and what to do next: pure, no files, no
/// clock.
///
/// ```
///            quiet            whole              next()           finished()
/// arriving ────────▶ checked ────────▶ ready ───────────▶ running ────────────▶ done or rejected
///     ▲                 │ not whole                          │ may pass
///     │                 ▼                                    ▼
///     └── changed ── incomplete ──▶ rejected             postponed ──▶ ready
/// ```
/// A scene that differs in any of its files from what was seen goes back to the start, whatever its
/// state; one that cannot be read while it is checked, or has blocks that were not written, waits and
/// is checked again. The word that a scene has arrived (`NAME.done`) ends every wait. What the ledger
/// remembers of a scene that has not changed since is taken for true.
package struct FolderState: Sendable {
    enum Phase: Sendable, Equatable {
        /// Recalled from the ledger as done; whether its outputs are in place is being looked at.
        case recalled
        case arriving(since: Duration)
        case incomplete(since: Duration)
        case unreadable(until: Duration)
        case sparse(until: Duration)
        case ready
        case running
        case postponed(until: Duration)
        /// A worker has died over it; another tries soon.
        case crashed(until: Duration)
        case done
        case rejected
        case cancelled
    }

    struct Scene: Sendable {
        var stamp: SceneStamp
        var phase: Phase
        /// The word that the scene has arrived, if there is one.
        var mark: FileStamp?
        /// Failed attempts in a row.
        var attempts = 0
        /// Workers that died over this version of the scene.
        var crashes = 0
        /// Scenes are served in the order of these.
        var turn = 0
        /// Of what is made of it; rises with every new model and new settings.
        var plan = 0
    }

    /// How long a file must not change before it is checked.
    let settle: Duration
    /// How long a file may be quiet and incomplete before it is called damaged.
    let patience: Duration
    /// How long a whole file with blocks that were not written must not change before it is taken.
    let sparseWait: Duration
    var scenes: [FileName: Scene] = [:]
    /// Scenes in the folder that could not be examined in the last scan.
    var problems: Set<FileName> = []
    var refusals: Set<FileName> = []
    /// Scenes that were made ready, in the order of their turns; some are so no more.
    var line: [(turn: Int, name: FileName)] = []
    /// Where in ``line`` the first one stands that may be.
    var head = 0
    /// Scenes that somebody is at, some of which are not wanted any more.
    var busy: Set<FileName> = []
    var turns = 0
    package internal(set) var plan = 0
    var isScanned = false
    /// Scenes that differ, in what a person sees of them, from what was told by ``takeChanges()``.
    var changes: Set<FileName> = []

    /// A scene of which ``crashes`` workers have died is rejected.
    static let lastCrash = 3

    package init(
        settle: Duration, patience: Duration = .seconds(60), sparseWait: Duration = .seconds(600)
    ) {
        self.settle = settle
        self.patience = patience
        self.sparseWait = sparseWait
    }

    /// Whether nothing will happen until a file changes; files that wait for a second attempt
    /// count as settled. Before the first scan nothing is known.
    package var isIdle: Bool {
        isScanned && busy.isEmpty
            && scenes.values.allSatisfy { scene in
                switch scene.phase {
                case .done, .rejected, .cancelled, .postponed, .unreadable: true
                case .recalled, .arriving, .incomplete, .sparse, .ready, .running, .crashed: false
                }
            }
    }

    /// Whether no scene is at work or could go on with work that was begun.
    package var isFinished: Bool {
        isScanned && busy.isEmpty
            && scenes.values.allSatisfy { scene in
                switch scene.phase {
                case .done, .rejected, .cancelled: true
                default: false
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
            case .recalled, .arriving, .incomplete, .ready, .running: return active
            case .unreadable(let until), .sparse(let until), .postponed(let until),
                .crashed(let until):
                pause = min(pause, max(active, until - time))
            case .done, .rejected, .cancelled: break
            }
        }
        return pause
    }

    /// Scenes that have no map and will get none as things stand, in the order of their names.
    package var leftOver: [FileName] {
        let known = scenes.filter { _, scene in
            switch scene.phase {
            case .rejected, .cancelled, .postponed, .crashed, .unreadable: true
            case .recalled, .arriving, .incomplete, .sparse, .ready, .running, .done: false
            }
        }.keys
        return Set(known).union(problems.filter { scenes[$0] == nil }).union(refusals).sorted()
    }

    /// What a person sees of a scene.
    package struct Standing: Sendable {
        package var stamp: SceneStamp
        package var state: JobState
        /// When it is tried again.
        package var until: Duration?
        /// Workers that died over it.
        package var crashes: Int
    }

    /// - Returns: nil if it is not there, or is not known to be any.
    package func standing(of name: FileName) -> Standing? {
        guard let scene = scenes[name] else { return nil }
        let (state, until) = Self.shown(scene.phase)
        return Standing(stamp: scene.stamp, state: state, until: until, crashes: scene.crashes)
    }

    private static func shown(_ phase: Phase) -> (JobState, until: Duration?) {
        switch phase {
        case .arriving, .incomplete: (.arriving, nil)
        case .unreadable(let until), .sparse(let until), .postponed(let until), .crashed(let until):
            (.waiting, until)
        case .ready: (.queued, nil)
        case .running: (.running, nil)
        case .recalled, .done: (.done, nil)
        case .rejected: (.failed, nil)
        case .cancelled: (.cancelled, nil)
        }
    }

    /// Whether it was seen before.
    package func knows(_ name: FileName) -> Bool { scenes[name] != nil }

    /// Scenes that are to be shown otherwise than before, those that are gone among them; told once.
    package mutating func takeChanges() -> Set<FileName> {
        defer { changes = [] }
        return changes
    }

    /// The only place where a scene's phase changes.
    mutating func set(_ name: FileName, _ phase: Phase) {
        guard scenes[name] != nil, scenes[name]?.phase != phase else { return }
        scenes[name]?.phase = phase
        changes.insert(name)
    }

    /// Makes a scene ready.
    ///
    /// - Parameter isFirst: whether it goes before all others.
    mutating func enqueue(_ name: FileName, isFirst: Bool = false) {
        turns += 1
        scenes[name]?.turn = turns
        if isFirst { line.insert((turns, name), at: head) } else { line.append((turns, name)) }
        set(name, .ready)
    }

    /// How long a scene waits after one more failure, ever longer.
    mutating func nextDelay(for name: FileName) -> Duration {
        let attempts = scenes[name]?.attempts ?? 0
        scenes[name]?.attempts = attempts + 1
        return .seconds(min(600, 5 << min(attempts, 10)))
    }
}
