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
/// A file whose size or time of change differs from what was seen goes back to the start, whatever
/// its state.
package struct FolderState: Sendable {
    /// What tells one version of a file from another.
    package struct Stamp: Hashable, Sendable {
        package var size: Int
        /// Nanoseconds since 1970.
        package var modified: Int

        package init(size: Int, modified: Int) {
            self.size = size
            self.modified = modified
        }
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
        case ready
        case running
        case postponed(until: Duration)
        case done
        case rejected
    }

    private struct Scene: Sendable {
        var stamp: Stamp
        var phase: Phase
        /// Failed attempts in a row.
        var attempts = 0
        /// Scenes are served in the order of these.
        var turn = 0
    }

    /// How long a file must not change before it is looked at.
    let settle: Duration
    /// How long a file may be quiet and incomplete before it is called damaged.
    let patience: Duration
    private var scenes: [String: Scene] = [:]
    private var turns = 0

    package init(settle: Duration, patience: Duration = .seconds(60)) {
        self.settle = settle
        self.patience = patience
    }

    /// Takes note of what is in the folder now.
    ///
    /// - Returns: the files whose structure is to be looked at, by name.
    package mutating func scan(_ listing: [String: Stamp], at time: Duration) -> [String] {
        for name in scenes.keys where listing[name] == nil { scenes[name] = nil }
        var quiet: [String] = []
        for (name, stamp) in listing {
            guard let scene = scenes[name], scene.stamp == stamp else {
                scenes[name] = Scene(stamp: stamp, phase: .arriving(since: time))
                if settle <= .zero { quiet.append(name) }
                continue
            }
            switch scene.phase {
            case .arriving(let since) where time - since >= settle: quiet.append(name)
            // Once more before the verdict: some copies write without touching the time.
            case .incomplete(let since) where time - since >= patience: quiet.append(name)
            case .postponed(let until) where time >= until: enqueue(name)
            default: break
            }
        }
        return quiet.sorted()
    }

    /// Takes note of whether a quiet file is whole.
    ///
    /// - Returns: whether the file is now known to be damaged, which is to be said once.
    package mutating func checked(_ name: String, whole: Bool, at time: Duration) -> Bool {
        guard let scene = scenes[name] else { return false }
        switch scene.phase {
        case .arriving(let since):
            if whole { enqueue(name) } else { scenes[name]?.phase = .incomplete(since: since) }
        case .incomplete(let since):
            if whole {
                enqueue(name)
            } else if time - since >= patience {
                scenes[name]?.phase = .rejected
                return true
            }
        default: break
        }
        return false
    }

    /// Hands out the scene that has waited longest; nil if none is ready.
    package mutating func next() -> (name: String, stamp: Stamp)? {
        let ready = scenes.filter { $0.value.phase == .ready }
        guard let first = ready.min(by: { $0.value.turn < $1.value.turn }) else { return nil }
        scenes[first.key]?.phase = .running
        return (first.key, first.value.stamp)
    }

    /// Whether the scene that was handed out is still there and unchanged.
    package func isCurrent(_ name: String, _ stamp: Stamp) -> Bool {
        scenes[name]?.stamp == stamp
    }

    /// Takes note of how the work on a scene ended.
    ///
    /// - Returns: how long a postponed scene waits; nil if the scene is not waiting.
    @discardableResult
    package mutating func finished(
        _ name: String, _ stamp: Stamp, _ outcome: Outcome, at time: Duration
    ) -> Duration? {
        // It may have been replaced meanwhile; then the verdict is about a file of the past.
        guard let scene = scenes[name], scene.stamp == stamp, scene.phase == .running else {
            return nil
        }
        switch outcome {
        case .done: scenes[name]?.phase = .done
        case .rejected: scenes[name]?.phase = .rejected
        case .postponed:
            let delay = Duration.seconds(min(600, 5 << min(scene.attempts, 10)))
            scenes[name]?.attempts += 1
            scenes[name]?.phase = .postponed(until: time + delay)
            return delay
        }
        return nil
    }

    /// Whether nothing will happen until a file changes; files that wait for a second attempt
    /// count as settled.
    package var isIdle: Bool {
        scenes.values.allSatisfy { scene in
            switch scene.phase {
            case .done, .rejected, .postponed: true
            case .arriving, .incomplete, .ready, .running: false
            }
        }
    }

    /// How many scenes have no map and will get none as things stand.
    package var failures: Int {
        scenes.values.count { scene in
            switch scene.phase {
            case .rejected, .postponed: true
            default: false
            }
        }
    }

    private mutating func enqueue(_ name: String) {
        turns += 1
        scenes[name]?.turn = turns
        scenes[name]?.phase = .ready
    }
}
