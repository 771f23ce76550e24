import IICDaemon
import IICInfer
import Testing

/// What the queue makes of crashes, of orders from outside and of what the ledger remembers.
@Suite struct FolderStateWorkTests {
    private let a = SceneStamp(
        main: FileStamp(device: 1, number: 1, size: 1, modified: 1, changed: 1))
    private let b = SceneStamp(
        main: FileStamp(device: 1, number: 1, size: 1, modified: 1, changed: 2))

    private func ready(_ names: FileName...) -> FolderState {
        var state = FolderState(settle: .zero)
        let listing = SceneListing(
            scenes: Dictionary(uniqueKeysWithValues: names.map { ($0, a) }))
        for name in state.scan(listing, at: .zero).quiet {
            _ = state.checked(name, .whole, at: .zero)
        }
        return state
    }

    private struct NoneIsReady: Error {}

    private func take(_ state: inout FolderState) throws -> FolderState.Ticket {
        guard let ticket = state.next() else { throw NoneIsReady() }
        return ticket
    }

    @Test func `the first two deaths of a worker are tried again soon, the third is the last`()
        throws
    {
        var state = ready("x")
        let listing = SceneListing(scenes: ["x": a])
        var time = Duration.zero
        for count in 0..<2 {
            let ticket = try take(&state)
            #expect(ticket.crashes == count)
            let delay = state.finished(ticket, .crashed, at: time) ?? .seconds(99)
            #expect(delay <= .seconds(10))
            #expect(state.standing(of: "x")?.state == .waiting && !state.isIdle)
            time += delay
            _ = state.scan(listing, at: time)
        }
        let last = try take(&state)
        #expect(state.finished(last, .crashed, at: time) == nil)
        #expect(state.standing(of: "x")?.state == .failed && state.leftOver == ["x"])
        _ = state.scan(listing, at: time + .seconds(100_000))
        #expect(state.next() == nil && state.isIdle)
        // Another version of it is another scene.
        for name in state.scan(SceneListing(scenes: ["x": b]), at: time).quiet {
            _ = state.checked(name, .whole, at: time)
        }
        #expect(state.next()?.crashes == 0)
    }

    @Test func `deaths before a restart count, and a daemon's own death does not`() throws {
        var state = FolderState(settle: .zero)
        let memory = FolderState.Memory(identity: a.digest, end: .open, crashes: 2)
        let task = state.scan(SceneListing(scenes: ["x": a]), at: .zero) { _ in memory }
        #expect(task.quiet == ["x"])
        _ = state.checked("x", .whole, at: .zero)
        let ticket = try take(&state)
        #expect(ticket.crashes == 2)
        state.finished(ticket, .givenUp, at: .zero)
        let again = try take(&state)
        #expect(again.crashes == 2)
        state.finished(again, .crashed, at: .zero)
        #expect(state.standing(of: "x")?.state == .failed)
    }

    @Test func `what the ledger remembers holds for the same files only`() {
        for (end, expected) in [
            (FolderState.Memory.End.done, JobState.done), (.rejected, .failed),
            (.cancelled, .cancelled),
        ] {
            let memory = FolderState.Memory(identity: a.digest, end: end, crashes: 0)
            var state = FolderState(settle: .zero)
            let task = state.scan(SceneListing(scenes: ["x": a]), at: .zero) { _ in memory }
            #expect(task.quiet == [] && task.recalled == (end == .done ? ["x"] : []))
            #expect(state.standing(of: "x")?.state == expected)
            // The ledger has it already.
            #expect(state.takeChanges() == [])
            var other = FolderState(settle: .zero)
            let changed = other.scan(SceneListing(scenes: ["x": b]), at: .zero) { _ in memory }
            #expect(changed.quiet == ["x"] && other.takeChanges() == ["x"])
        }
    }

    @Test func `a map that is gone is made again`() {
        let memory = FolderState.Memory(identity: a.digest, end: .done, crashes: 0)
        var state = FolderState(settle: .seconds(5))
        let listing = SceneListing(scenes: ["x": a, "y": a])
        let task = state.scan(listing, at: .zero) { _ in memory }
        #expect(task.recalled == ["x", "y"] && !state.isIdle)
        state.recalled("x", isInPlace: true, at: .zero)
        state.recalled("y", isInPlace: false, at: .zero)
        #expect(state.standing(of: "x")?.state == .done)
        #expect(state.scan(listing, at: .zero).quiet == ["y"])
    }

    @Test func `no scene is handed out while somebody is still at it`() throws {
        var state = ready("x", "y")
        let old = try take(&state)
        for name in state.scan(SceneListing(scenes: [old.name: b, "y": a]), at: .zero).quiet {
            _ = state.checked(name, .whole, at: .zero)
        }
        #expect(!state.isCurrent(old))
        #expect(state.next()?.name == "y" && state.next() == nil && !state.isIdle)
        state.finished(old, .givenUp, at: .zero)
        #expect(state.next()?.stamp == b)
    }

    @Test func `somebody may take a scene out and put it back`() throws {
        var state = ready("x", "y")
        #expect(state.cancel("y") && !state.cancel("y") && !state.cancel("z"))
        #expect(state.standing(of: "y")?.state == .cancelled)
        let ticket = try take(&state)
        #expect(ticket.name == "x" && state.next() == nil)
        #expect(state.cancel("x") && !state.isCurrent(ticket))
        #expect(state.finished(ticket, .givenUp, at: .zero) == nil)
        #expect(state.standing(of: "x")?.state == .cancelled && state.isIdle)
        #expect(state.retry("x", at: .seconds(1)) && !state.retry("x", at: .seconds(1)))
        let listing = SceneListing(scenes: ["x": a, "y": a])
        #expect(state.scan(listing, at: .seconds(1)).quiet == ["x"])
        _ = state.checked("x", .whole, at: .seconds(1))
        #expect(state.next()?.name == "x")
    }

    @Test func `with another model all is done again, and what is at work ends as it began`() throws
    {
        var state = ready("x", "y", "z")
        let done = try take(&state)
        state.finished(done, .done, at: .zero)
        let old = try take(&state)
        state.replan(at: .zero)
        #expect(state.standing(of: done.name)?.state == .arriving)
        #expect(state.isCurrent(old))
        state.finished(old, .done, at: .zero)
        #expect(state.standing(of: old.name)?.state == .queued)
        let listing = SceneListing(scenes: ["x": a, "y": a, "z": a])
        for name in state.scan(listing, at: .zero).quiet {
            _ = state.checked(name, .whole, at: .zero)
        }
        var plans: [Int] = []
        while let ticket = state.next() {
            plans.append(ticket.plan)
            state.finished(ticket, .done, at: .zero)
        }
        #expect(plans == [1, 1, 1] && state.isFinished)
    }

    @Test func `a hundred thousand scenes are handed out without delay`() {
        let names = (0..<100_000).map { FileName("\($0)") }
        var state = FolderState(settle: .zero)
        let listing = SceneListing(
            scenes: Dictionary(uniqueKeysWithValues: names.map { ($0, a) }))
        for name in state.scan(listing, at: .zero).quiet {
            _ = state.checked(name, .whole, at: .zero)
        }
        var count = 0
        while let ticket = state.next() {
            state.finished(ticket, .done, at: .zero)
            count += 1
        }
        #expect(count == names.count)
    }
}
