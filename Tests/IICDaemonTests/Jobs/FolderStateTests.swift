import IICInfer
import Testing
import IICDaemon

@Suite struct FolderStateTests {
    private let a = stamp(size: 1, changed: 1)
    private let b = stamp(size: 2, changed: 1)
    private let c = stamp(size: 2, changed: 2)

    private static func stamp(size: Int, changed: Int) -> SceneStamp {
        SceneStamp(
            main: FileStamp(device: 1, number: 1, size: size, modified: 1, changed: changed))
    }

    private func state() -> FolderState { FolderState(settle: .seconds(5)) }

    /// A state in which `names` are ready.
    private func ready(_ names: FileName...) -> FolderState {
        var state = state()
        let listing = Dictionary(uniqueKeysWithValues: names.map { ($0, a) })
        _ = state.scan(listing, at: .zero)
        for name in state.scan(listing, at: .seconds(5)) {
            _ = state.checked(name, .whole, at: .seconds(5))
        }
        return state
    }

    @Test func `a scene is checked when it has not changed for the settle time`() {
        var state = state()
        #expect(state.scan(["x": a], at: .zero) == [])
        #expect(state.scan(["x": a], at: .seconds(4)) == [])
        #expect(state.scan(["x": b], at: .seconds(5)) == [])
        #expect(state.scan(["x": c], at: .seconds(9)) == [])
        #expect(state.scan(["x": c], at: .seconds(13)) == [])
        #expect(state.scan(["x": c], at: .seconds(14)) == ["x"])
        #expect(state.nextName() == nil)
        #expect(state.checked("x", .whole, at: .seconds(14)) == nil)
        #expect(state.nextName() == "x")
        #expect(state.nextName() == nil)
    }

    @Test func `a quiet but incomplete file waits and is called damaged once`() {
        var state = state()
        _ = state.scan(["x": a], at: .zero)
        #expect(state.scan(["x": a], at: .seconds(5)) == ["x"])
        #expect(state.checked("x", .incomplete, at: .seconds(5)) == nil)
        #expect(state.scan(["x": a], at: .seconds(30)) == [])
        #expect(!state.isIdle)
        #expect(state.scan(["x": a], at: .seconds(60)) == ["x"])
        #expect(state.checked("x", .incomplete, at: .seconds(60)) == .damaged)
        #expect(state.scan(["x": a], at: .seconds(999)) == [])
        #expect(state.nextName() == nil)
        #expect(state.isIdle && state.failures == 1)
        #expect(state.scan(["x": b], at: .seconds(1000)) == [])
        #expect(state.scan(["x": b], at: .seconds(1005)) == ["x"])
        _ = state.checked("x", .whole, at: .seconds(1005))
        #expect(state.nextStamp() == b)
    }

    @Test func `an incomplete file that becomes whole without a sign is found at last`() {
        var state = state()
        _ = state.scan(["x": a], at: .zero)
        _ = state.scan(["x": a], at: .seconds(5))
        _ = state.checked("x", .incomplete, at: .seconds(5))
        _ = state.scan(["x": a], at: .seconds(60))
        #expect(state.checked("x", .whole, at: .seconds(60)) == nil)
        #expect(state.nextName() == "x")
    }

    @Test func `a scene that is done is not done again until it changes`() {
        var state = ready("x")
        _ = state.next()
        state.finished("x", a, .done, at: .seconds(6))
        #expect(state.scan(["x": a], at: .seconds(100)) == [])
        #expect(state.nextName() == nil)
        #expect(state.isIdle && state.failures == 0)
        _ = state.scan(["x": b], at: .seconds(101))
        #expect(state.scan(["x": b], at: .seconds(106)) == ["x"])
    }

    @Test func `a mask that arrives is a change of the scene`() {
        var state = ready("x")
        _ = state.next()
        state.finished("x", a, .done, at: .seconds(6))
        let masked = SceneStamp(main: a.main, sidecars: ["x.msk": b.main])
        #expect(state.scan(["x": masked], at: .seconds(7)) == [] && !state.isIdle)
        #expect(state.scan(["x": masked], at: .seconds(12)) == ["x"])
        _ = state.checked("x", .whole, at: .seconds(12))
        #expect(state.nextStamp() == masked)
    }

    @Test func `before the first scan nothing is known to be done`() {
        var state = state()
        #expect(!state.isIdle)
        _ = state.scan([:], at: .zero)
        #expect(state.isIdle)
    }

    @Test func `a scene that is deleted while it waits is forgotten`() {
        var state = ready("x", "y")
        _ = state.scan(["y": a], at: .seconds(6))
        #expect(state.nextName() == "y")
        #expect(state.nextName() == nil)
        #expect(!state.isCurrent("x", a))
    }

    @Test func `a scene that changes while it runs is done again`() {
        var state = ready("x")
        _ = state.next()
        #expect(state.isCurrent("x", a))
        _ = state.scan(["x": b], at: .seconds(6))
        #expect(!state.isCurrent("x", a))
        #expect(state.finished("x", a, .done, at: .seconds(7)) == nil)
        #expect(state.scan(["x": b], at: .seconds(11)) == ["x"])
        _ = state.checked("x", .whole, at: .seconds(11))
        #expect(state.nextStamp() == b)
    }

    @Test func `a verdict on a file that has gone changes nothing`() {
        var state = ready("x")
        _ = state.next()
        _ = state.scan([:], at: .seconds(6))
        #expect(state.finished("x", a, .postponed, at: .seconds(7)) == nil)
        #expect(state.checked("x", .incomplete, at: .seconds(99)) == nil)
        #expect(state.isIdle && state.failures == 0)
    }

    @Test func `what cannot be written is tried again, ever more rarely`() {
        var state = ready("x")
        var time = Duration.seconds(10)
        var delays: [Duration] = []
        for _ in 0..<10 {
            #expect(state.nextName() == "x")
            guard let delay = state.finished("x", a, .postponed, at: time) else { break }
            delays.append(delay)
            _ = state.scan(["x": a], at: time + delay - .milliseconds(1))
            #expect(state.nextName() == nil)
            time += delay
            _ = state.scan(["x": a], at: time)
        }
        #expect(
            delays == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600].map { Duration.seconds($0) })
    }

    @Test func `scenes are served in the order in which they became ready`() {
        var state = state()
        _ = state.scan(["z": a], at: .zero)
        _ = state.scan(["z": a, "m": a, "b": a], at: .seconds(3))
        for name in state.scan(["z": a, "m": a, "b": a], at: .seconds(5)) {
            _ = state.checked(name, .whole, at: .seconds(5))
        }
        for name in state.scan(["z": a, "m": a, "b": a], at: .seconds(8)) {
            _ = state.checked(name, .whole, at: .seconds(8))
        }
        let order = [state.nextName(), state.nextName(), state.nextName()]
        #expect(order == ["z", "b", "m"])
    }

    @Test func `scenes that are tried again are served in the order of their turns`() {
        let names = (0..<12).map { FileName("\($0)") }
        var state = state()
        // The last name came first.
        for time in names.indices {
            let listing = Dictionary(uniqueKeysWithValues: names.suffix(time + 1).map { ($0, a) })
            _ = state.scan(listing, at: .milliseconds(time))
        }
        let all = Dictionary(uniqueKeysWithValues: names.map { ($0, a) })
        for name in state.scan(all, at: .seconds(6)) {
            _ = state.checked(name, .whole, at: .seconds(6))
        }
        var order: [FileName] = []
        while let name = state.nextName() {
            order.append(name)
            state.finished(name, a, .postponed, at: .seconds(7 + order.count))
        }
        #expect(order == names.reversed())
        _ = state.scan(all, at: .seconds(100))
        var again: [FileName] = []
        while let name = state.nextName() { again.append(name) }
        #expect(again == order)
    }

    @Test func `a scene that cannot be read waits, is checked again and is never condemned`() {
        var state = state()
        _ = state.scan(["x": a], at: .zero)
        var time = Duration.seconds(100)
        var delays: [Duration] = []
        for _ in 0..<9 {
            #expect(state.scan(["x": a], at: time) == ["x"])
            guard case .postponed(let delay) = state.checked("x", .unreadable, at: time) else {
                break
            }
            delays.append(delay)
            #expect(state.scan(["x": a], at: time + delay - .milliseconds(1)) == [])
            #expect(state.nextName() == nil && state.isIdle && state.failures == 1)
            time += delay
        }
        #expect(delays == [5, 10, 20, 40, 80, 160, 320, 600, 600].map { Duration.seconds($0) })
        // It can be read now, and its copy goes on: the patience begins here.
        #expect(state.scan(["x": a], at: time) == ["x"])
        #expect(state.checked("x", .incomplete, at: time) == nil)
        #expect(state.scan(["x": a], at: time + .seconds(59)) == [])
        #expect(state.scan(["x": a], at: time + .seconds(60)) == ["x"])
        #expect(state.checked("x", .whole, at: time + .seconds(60)) == nil)
        #expect(state.nextName() == "x")
    }

    @Test func `what cannot be examined stays what it was`() {
        var state = ready("x")
        _ = state.next()
        let blind = SceneListing(problems: ["x": "no permission", "y": "no permission"])
        _ = state.scan(blind, at: .seconds(6))
        #expect(state.isCurrent("x", a))
        state.finished("x", a, .done, at: .seconds(7))
        // The one that was never seen has no map.
        #expect(state.failures == 1 && state.isIdle)
        #expect(state.scan(["x": a], at: .seconds(8)) == [] && state.failures == 0)
    }

    @Test func `the word that a scene has arrived ends its quiet period at once`() {
        var state = state()
        var listing = SceneListing(scenes: ["x": a])
        #expect(state.scan(listing, at: .zero) == [])
        listing.released = ["x": b.main]
        #expect(state.scan(listing, at: .seconds(1)) == ["x"])
        _ = state.checked("x", .whole, at: .seconds(1))
        #expect(state.nextName() == "x")
        state.finished("x", a, .postponed, at: .seconds(2))
        #expect(state.scan(listing, at: .seconds(3)) == [] && state.nextName() == nil)
        // A word once more.
        listing.released = ["x": c.main]
        #expect(state.scan(listing, at: .seconds(4)) == [])
        #expect(state.nextName() == "x")
        state.finished("x", a, .done, at: .seconds(5))
        listing.released = ["x": a.main]
        #expect(state.scan(listing, at: .seconds(6)) == [] && state.nextName() == nil)
    }

    @Test func `the word ends the wait of what was unreadable or damaged`() {
        for finding in [FolderState.Finding.unreadable, .refused] {
            var state = state()
            var listing = SceneListing(scenes: ["x": a])
            _ = state.scan(listing, at: .zero)
            #expect(state.scan(listing, at: .seconds(5)) == ["x"])
            let verdict = state.checked("x", finding, at: .seconds(5))
            #expect(verdict == (finding == .refused ? .refused : .postponed(.seconds(5))))
            #expect(state.isIdle && state.failures == 1)
            #expect(state.scan(listing, at: .seconds(6)) == [])
            listing.released = ["x": b.main]
            #expect(state.scan(listing, at: .seconds(7)) == ["x"])
            _ = state.checked("x", .whole, at: .seconds(7))
            #expect(state.nextName() == "x")
        }
    }

    @Test func `a file with blocks that were not written waits, and is taken at last`() {
        var state = state()
        _ = state.scan(["x": a], at: .zero)
        _ = state.scan(["x": a], at: .seconds(5))
        #expect(
            state.checked("x", .sparse(quiet: .seconds(5)), at: .seconds(5))
                == .awaitingBlocks(.seconds(595)))
        #expect(!state.isIdle && state.nextName() == nil)
        #expect(state.scan(["x": a], at: .seconds(599)) == [])
        #expect(state.scan(["x": a], at: .seconds(600)) == ["x"])
        // The clock of another machine does not make it wait for ever.
        #expect(
            state.checked("x", .sparse(quiet: .seconds(-9000)), at: .seconds(600))
                == .missingBlocks)
        #expect(state.nextName() == "x")
    }

    @Test func `blocks that were not written are waited for no longer when the word comes`() {
        var state = state()
        var listing = SceneListing(scenes: ["x": a])
        _ = state.scan(listing, at: .zero)
        _ = state.scan(listing, at: .seconds(5))
        _ = state.checked("x", .sparse(quiet: .seconds(5)), at: .seconds(5))
        listing.released = ["x": b.main]
        #expect(state.scan(listing, at: .seconds(6)) == ["x"])
        #expect(state.checked("x", .sparse(quiet: .seconds(6)), at: .seconds(6)) == nil)
        #expect(state.nextName() == "x")
        // One that has been so for long is taken at once, with a warning.
        var old = self.state()
        _ = old.scan(["x": a], at: .zero)
        _ = old.scan(["x": a], at: .seconds(5))
        #expect(
            old.checked("x", .sparse(quiet: .seconds(86_400)), at: .seconds(5)) == .missingBlocks)
    }

    @Test func `scenes of a folder that cannot be read stay what they were`() {
        var state = ready("sub/x", "sub2/x")
        var listing = SceneListing(problems: ["sub": "no permission"])
        listing.unreadable = ["sub"]
        _ = state.scan(listing, at: .seconds(6))
        #expect(state.nextName() == "sub/x" && state.nextName() == nil)
        #expect(state.failures == 1)
    }

    @Test func `what is refused counts as left over`() {
        var state = state()
        var listing = SceneListing()
        listing.refusals = ["x.vrt": "not trusted"]
        _ = state.scan(listing, at: .zero)
        #expect(state.isIdle && state.failures == 1)
        _ = state.scan(SceneListing(), at: .seconds(1))
        #expect(state.failures == 0)
    }

    @Test func `a look is due when a scene is, and seldom if none is`() {
        func pause(_ state: FolderState, _ time: Duration) -> Duration {
            state.pause(at: time, active: .seconds(1), idle: .seconds(60))
        }
        var state = state()
        #expect(pause(state, .zero) == .seconds(60))
        _ = state.scan(["x": a], at: .zero)
        #expect(pause(state, .zero) == .seconds(1))
        _ = state.scan(["x": a], at: .seconds(5))
        _ = state.checked("x", .whole, at: .seconds(5))
        #expect(pause(state, .seconds(5)) == .seconds(1))
        _ = state.next()
        state.finished("x", a, .postponed, at: .seconds(6))
        #expect(pause(state, .seconds(7)) == .seconds(4))
        #expect(pause(state, .seconds(30)) == .seconds(1))
        _ = state.scan(["x": a], at: .seconds(30))
        _ = state.next()
        state.finished("x", a, .done, at: .seconds(31))
        #expect(pause(state, .seconds(31)) == .seconds(60))
    }

    @Test func `names that differ in bytes alone are two scenes`() {
        var state = ready("caf\u{E9}.tif", "cafe\u{301}.tif")
        #expect(state.nextName() != nil && state.nextName() != nil && state.nextName() == nil)
    }

    @Test(arguments: [
        ("a.tif", true), ("A.TIFF", true), ("b.Vrt", true), (".a.tif", false), (".tif", false),
        ("a.tif.part", false), ("a.tif~", false), ("a.tmp", false), ("a.tif.aux.xml", false),
        ("a.png", false), ("tif", false), ("a.jp2", true), ("a.tif.done", false),
        ("a.partial", false), ("ä b.tif", true),
    ])
    func `only visible rasters are scenes`(name: FileName, isScene: Bool) {
        #expect(SceneNames.isScene(name) == isScene)
    }

    @Test func `no two scenes share a map`() {
        let scenes = [
            "a.tif", "a.tiff", "a.TIF", "a.vrt", "a.tiff.tif", "a.tiff.tif.tif", "a.vrt.tif",
            "a.tif.tif", "a.tif.tif.tif", "a.jp2", "a.jp2.tif",
            "sub/a.tif", "sub/a.tiff", "sub/a.tiff.tif", "sub/a.jp2", "a.TIF.tif", "b.c.tif",
            ".tif.tif",
        ]
        #expect(Set(scenes.map(SceneNames.mapName)).count == scenes.count)
        #expect(SceneNames.mapName(for: "a.tif") == "a.tif")
        #expect(SceneNames.mapName(for: "a.tiff") == "a.tiff.tif")
        #expect(SceneNames.mapName(for: "a.TIF") == "a.TIF.tif")
    }

    @Test(arguments: [
        ("a.tif", "a.png"), ("b.tiff", "b.tiff.png"), ("b.tiff.tif", "b.tiff.tif.png"),
        ("b.c.tif", "b.c.png"), ("a.vrt", "a.vrt.png"),
    ])
    func `outputs are called like the scene's map`(scene: String, picture: String) {
        #expect(SceneNames.outputName(for: scene, ending: "png") == picture)
    }
}

extension FolderState {
    fileprivate mutating func nextName() -> FileName? { next()?.name }
    fileprivate mutating func nextStamp() -> SceneStamp? { next()?.stamp }
    fileprivate var failures: Int { leftOver.count }

    fileprivate mutating func scan(
        _ scenes: [FileName: SceneStamp], at time: Duration
    ) -> [FileName] {
        scan(SceneListing(scenes: scenes), at: time)
    }

    fileprivate mutating func scan(_ listing: SceneListing, at time: Duration) -> [FileName] {
        scan(listing, at: time, recalling: { _ in nil }).quiet
    }

    private func ticket(_ name: FileName, _ stamp: SceneStamp) -> Ticket {
        Ticket(name: name, stamp: stamp, crashes: 0, plan: plan)
    }

    @discardableResult
    fileprivate mutating func finished(
        _ name: FileName, _ stamp: SceneStamp, _ outcome: Outcome, at time: Duration
    ) -> Duration? {
        finished(ticket(name, stamp), outcome, at: time)
    }

    fileprivate func isCurrent(_ name: FileName, _ stamp: SceneStamp) -> Bool {
        isCurrent(ticket(name, stamp))
    }
}
