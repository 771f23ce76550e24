import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICDaemon

@Suite struct SceneDepartureTests {
    private let base: TemporaryFolder
    private let folder: String

    init() throws {
        base = try TemporaryFolder()
        folder = base("in")
        try FileManager.default.createDirectory(
            atPath: folder + "/sub", withIntermediateDirectories: true)
    }

    private func departure(_ after: AfterScene) -> SceneDeparture {
        SceneDeparture(folder: folder, after: after, rules: SceneRules(), state: base("state"))
    }

    private func write(_ names: String...) throws {
        for name in names { try base.write(text: "of \(name)", to: "in/\(name)") }
    }

    private func identity(_ scene: FileName) throws -> String {
        try #require(try SceneListing(folder: folder).scenes[scene]).digest
    }

    /// All files in a folder of the base, with their texts.
    private func files(_ folder: String = "in") throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: base(folder)) {
            found[name] = try? String(contentsOfFile: base("\(folder)/\(name)"), encoding: .utf8)
        }
        return found
    }

    /// - Parameter text: what the map holds as far as the ledger knows.
    private func result(_ text: String = "map") throws -> JobResult {
        let path = try base.write(text: "map", to: "a-map.tif")
        return JobResult(
            width: 1, height: 1, sceneHash: "",
            files: [.init(path: FileName(path), bytes: 3, sha256: SHA256.hex(Array(text.utf8)))],
            classes: [], nodataPixels: 0, seconds: 1, isUnchanged: false, warnings: [])
    }

    @Test func `a scene moves with all that belongs to it`() throws {
        try write("sub/a.tif", "sub/a.tif.msk", "sub/a.tfw", "sub/b.tif", "sub/b.tfw")
        try write("sub/a.tif.done")
        let outcome = try departure(.move).done(
            "sub/a.tif", identity: identity("sub/a.tif"), result: result())
        #expect(outcome == .moved(to: "\(folder)/.done/sub/a.tif"))
        #expect(
            try files() == [
                ".done/sub/a.tif": "of sub/a.tif", ".done/sub/a.tif.msk": "of sub/a.tif.msk",
                ".done/sub/a.tfw": "of sub/a.tfw", ".done/sub/a.tif.done": "of sub/a.tif.done",
                "sub/b.tif": "of sub/b.tif", "sub/b.tfw": "of sub/b.tfw",
            ])
        #expect(try files("state").isEmpty)
    }

    @Test func `a second scene of the same name takes a number with its sidecars`() throws {
        try write("a.tif", "a.tif.msk")
        #expect(
            try departure(.move).failed("a.tif", identity: identity("a.tif"))
                == .moved(to: "\(folder)/.failed/a.tif"))
        try write("a.tif", "a.tfw")
        #expect(
            try departure(.move).failed("a.tif", identity: identity("a.tif"))
                == .moved(to: "\(folder)/.failed/a.1.tif"))
        #expect(
            try Set(files().keys) == [
                ".failed/a.tif", ".failed/a.tif.msk", ".failed/a.1.tif", ".failed/a.1.tfw",
            ])
    }

    @Test func `what two scenes share is copied, and stays`() throws {
        try write("a.tif", "a.jp2", "a.tfw")
        let stamp = try FileStamp("\(folder)/a.tfw")
        _ = try departure(.move).done("a.tif", identity: identity("a.tif"), result: result())
        #expect(try Set(files().keys) == ["a.jp2", "a.tfw", ".done/a.tif", ".done/a.tfw"])
        // Another identity of the other scene would have it mapped again.
        #expect(try FileStamp("\(folder)/a.tfw") == stamp)
        _ = try departure(.delete).done("a.jp2", identity: identity("a.jp2"), result: result())
        #expect(try Set(files().keys) == [".done/a.tif", ".done/a.tfw"])
    }

    @Test func `a scene is deleted with what is of no use without it`() throws {
        try write("a.tif", "a.tif.aux.xml", "a.tfw", "a.tif.done", "a.pdf", "b.tif")
        #expect(
            try departure(.delete).done("a.tif", identity: identity("a.tif"), result: result())
                == .deleted)
        #expect(try Set(files().keys) == ["a.pdf", "b.tif"])
    }

    @Test func `a scene is kept if its map is not what was written, or has gone`() throws {
        try write("a.tif")
        let departure = departure(.delete)
        let identity = try identity("a.tif")
        var result = try result("another map")
        guard
            case .stays(let sentence) = try departure.done(
                "a.tif", identity: identity, result: result)
        else {
            Issue.record("it was deleted")
            return
        }
        #expect(sentence.contains("a-map.tif"))
        result.files[0].path = FileName(base("nothing.tif"))
        #expect(
            try departure.done("a.tif", identity: identity, result: result) != .deleted)
        result.files = []
        #expect(
            try departure.done("a.tif", identity: identity, result: result) != .deleted)
        #expect(try files().count == 1)
    }

    @Test(arguments: [AfterScene.move, .delete])
    func `a scene that has changed since stays`(after: AfterScene) throws {
        try write("a.tif", "b.tif")
        let old = try identity("a.tif")
        let other = try identity("b.tif")
        // The same bytes under the same name are another version all the same, and so is a mask.
        #expect(PathCalls.unlink("\(folder)/a.tif") == 0)
        try write("a.tif", "b.tif.msk")
        for (scene, identity) in [("a.tif", old), ("b.tif", other)] {
            let outcome = try departure(after).done(
                FileName(scene), identity: identity, result: result())
            guard case .stays = outcome else {
                Issue.record("\(scene): \(outcome)")
                continue
            }
        }
        #expect(try files().count == 3)
    }

    @Test func `scenes without a map are never deleted, and kept ones stay`() throws {
        try write("a.tif")
        #expect(
            try departure(.delete).failed("a.tif", identity: identity("a.tif")) == .kept)
        #expect(
            try departure(.keep).done("a.tif", identity: identity("a.tif"), result: result())
                == .kept)
        #expect(try files().count == 1)
    }

    @Test func `VRTs and links stay`() throws {
        try write("part.bin")
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/a.tif", withDestinationPath: "part.bin")
        for scene: FileName in ["a.tif", "b.vrt"] {
            let identity = scene == "a.tif" ? try identity("a.tif") : ""
            guard case .stays = try departure(.move).failed(scene, identity: identity) else {
                Issue.record("\(scene) has moved")
                continue
            }
        }
    }

    @Test func `names of any bytes move`() throws {
        let scene = FileName(bytes: [0xE9] + Array(".tif".utf8))
        try AtomicFile.write("bytes", to: "\(folder)/\(scene.text)")
        let outcome = try departure(.move).failed(scene, identity: identity(scene))
        #expect(outcome == .moved(to: "\(folder)/.failed/\(scene.text)"))
        #expect(try FolderListing.names(in: "\(folder)/.failed") == [scene])
    }

    @Test func `what a killed daemon has begun is brought to its end`() throws {
        try write("a.tif", "a.tif.msk", "a.tfw")
        let journal = DepartureJournal(folder: base("state/leaving"))
        let files = try #require(
            try SceneFiles(of: "a.tif", in: folder, rules: SceneRules()))
        try OutputFolder.make("\(folder)/.done")
        let steps = zip(files.all, files.freeNames(in: "\(folder)/.done")).map {
            DepartureStep(source: $0.path, target: $1, stamp: $0.stamp)
        }
        _ = try journal.add(steps)
        try steps[0].run()
        // One of the others has been replaced by another file meanwhile.
        #expect(PathCalls.unlink("\(folder)/a.tfw") == 0)
        try write("a.tfw")
        try departure(.move).resume()
        #expect(try Set(self.files().keys) == [".done/a.tif", ".done/a.tif.msk", "a.tfw"])
        #expect(try self.files("state").isEmpty)
        try departure(.move).resume()
    }

    @Test func `a copy to another disk ends with the original gone, and no file is replaced`()
        throws
    {
        try write("a.tif", "b.tif")
        let stamps = try ["a.tif", "b.tif"].map { try #require(try FileStamp("\(folder)/\($0)")) }
        let step = DepartureStep(
            source: "\(folder)/a.tif", target: "\(folder)/sub/a.tif", stamp: stamps[0])
        try step.copy(to: "\(folder)/sub/a.tif")
        try step.run()
        #expect(try Set(files().keys) == ["sub/a.tif", "b.tif"])
        let other = DepartureStep(
            source: "\(folder)/b.tif", target: "\(folder)/sub/a.tif", stamp: stamps[1])
        try other.run()
        #expect(try files() == ["sub/a.tif": "of a.tif", "b.tif": "of b.tif"])
    }
}
