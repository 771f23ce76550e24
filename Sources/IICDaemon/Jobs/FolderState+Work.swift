package import IICInfer

extension FolderState {
    /// How a piece of work ended.
    package enum Outcome: Sendable, Equatable {
        case done
        /// The scene is at fault, and stays so until it changes.
        case rejected
        /// Something else is, a full disk for example, which may pass.
        case postponed
        /// The worker has died over it, or was killed because it took too long.
        case crashed
        /// Somebody does not want it.
        case cancelled
        /// It was given up for the daemon's end; nothing is to be said of the scene.
        case givenUp
    }

    /// A scene that was handed out.
    package struct Ticket: Sendable, Hashable {
        package var name: FileName
        package var stamp: SceneStamp
        /// Workers that have died over this version of it before.
        package var crashes: Int
        package var plan: Int

        package init(name: FileName, stamp: SceneStamp, crashes: Int, plan: Int) {
            self.name = name
            self.stamp = stamp
            self.crashes = crashes
            self.plan = plan
        }
    }

    /// Hands out the scene that has waited longest and that nobody is at; nil if there is none.
    package mutating func next() -> Ticket? {
        var index = head
        while index < line.count {
            let (turn, name) = line[index]
            guard let scene = scenes[name], scene.phase == .ready, scene.turn == turn else {
                if index == head { head += 1 }
                index += 1
                continue
            }
            guard !busy.contains(name) else {
                index += 1
                continue
            }
            if index == head { head += 1 }
            if head > 1000, head > line.count / 2 {
                line.removeFirst(head)
                head = 0
            }
            scenes[name]?.plan = plan
            busy.insert(name)
            set(name, .running)
            return Ticket(name: name, stamp: scene.stamp, crashes: scene.crashes, plan: plan)
        }
        return nil
    }

    /// Whether the scene that was handed out is still there and unchanged, and wanted.
    package func isCurrent(_ ticket: Ticket) -> Bool {
        guard let scene = scenes[ticket.name] else { return false }
        return scene.stamp == ticket.stamp && scene.phase == .running
    }

    /// Takes note of how the work on a scene ended.
    ///
    /// - Returns: how long a scene waits that is tried again; nil if it is not.
    @discardableResult
    package mutating func finished(
        _ ticket: Ticket, _ outcome: Outcome, at time: Duration
    ) -> Duration? {
        let name = ticket.name
        busy.remove(name)
        // Whatever was written of it meanwhile.
        changes.insert(name)
        // It may have been replaced meanwhile; then the verdict is about a file of the past.
        guard let scene = scenes[name], scene.stamp == ticket.stamp, scene.phase == .running else {
            return nil
        }
        // What was begun with another model ends with it, and is done again.
        let isOutdated = ticket.plan != plan
        switch outcome {
        case .done, .rejected, .cancelled:
            if isOutdated && outcome != .cancelled {
                scenes[name]?.crashes = 0
                enqueue(name)
            } else {
                set(name, outcome == .done ? .done : outcome == .rejected ? .rejected : .cancelled)
            }
        case .postponed:
            let delay = nextDelay(for: name)
            set(name, .postponed(until: time + delay))
            return delay
        case .crashed where isOutdated:
            scenes[name]?.crashes = 0
            enqueue(name)
        case .crashed:
            scenes[name]?.crashes = scene.crashes + 1
            guard scene.crashes + 1 < Self.lastCrash else {
                set(name, .rejected)
                return nil
            }
            let delay = Duration.seconds(1 << (scene.crashes + 1))
            set(name, .crashed(until: time + delay))
            return delay
        case .givenUp: enqueue(name)
        }
        return nil
    }

    /// Puts a scene that has no map at the end of the queue, whatever happened to it before.
    ///
    /// - Returns: whether it is one that has ended or waits.
    package mutating func retry(_ name: FileName, at time: Duration) -> Bool {
        guard let scene = scenes[name] else { return false }
        switch scene.phase {
        case .rejected, .cancelled, .postponed, .crashed, .unreadable, .sparse:
            scenes[name]?.crashes = 0
            scenes[name]?.attempts = 0
            // Its structure is looked at again, in the next scan.
            set(name, .arriving(since: time - settle))
            return true
        case .recalled, .arriving, .incomplete, .ready, .running, .done: return false
        }
    }

    /// Takes a scene that is not done out of the queue, until it changes or ``retry(_:at:)`` is called;
    /// the one who works at it finds that it is not ``isCurrent(_:)`` any more.
    ///
    /// - Returns: whether it is one that could still be mapped.
    package mutating func cancel(_ name: FileName) -> Bool {
        guard let scene = scenes[name] else { return false }
        switch scene.phase {
        case .done, .recalled, .rejected, .cancelled: return false
        case .arriving, .incomplete, .unreadable, .sparse, .ready, .running, .postponed, .crashed:
            set(name, .cancelled)
            return true
        }
    }

    /// Has everything that is known told again, and looked at again where it is not at work: for a ledger
    /// that begins anew.
    package mutating func recheck(at time: Duration) {
        for (name, scene) in scenes {
            changes.insert(name)
            switch scene.phase {
            case .done: set(name, .recalled)
            case .rejected: set(name, .arriving(since: time - settle))
            default: break
            }
        }
    }

    /// Begins anew for another model or other settings: what is at work ends as it began, and is done
    /// again.
    package mutating func replan(at time: Duration) {
        plan += 1
        for (name, scene) in scenes {
            scenes[name]?.crashes = 0
            changes.insert(name)
            switch scene.phase {
            case .done, .recalled, .rejected: set(name, .arriving(since: time - settle))
            default: break
            }
        }
    }
}
