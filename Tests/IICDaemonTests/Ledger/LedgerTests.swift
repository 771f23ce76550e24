import Foundation
import IICDaemon
import IICInfer
import TestSupport
import Testing

@Suite struct LedgerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func ledger() throws -> Ledger { try Ledger(folder: folder.path, isOnNetwork: false) }

    static func job(_ scene: FileName, _ state: JobState = .queued) -> Job {
        Job(
            scene: scene, state: state, identity: "identity", bytes: 12, modelHash: "model",
            settingsHash: "settings", seen: Date(timeIntervalSince1970: 1_700_000_000.25))
    }

    /// With something in every member.
    static func fullJob() -> Job {
        var job = job(FileName(bytes: [0x64, 0xFC, 0x0A, 0x27, 0x2E]), .failed)
        job.contentHash = "content"
        job.attempts = 3
        job.crashes = 2
        job.begun = Date(timeIntervalSince1970: 1_700_000_001.5)
        job.ended = Date(timeIntervalSince1970: 1_700_000_002.75)
        job.nextAttempt = Date(timeIntervalSince1970: 1_700_000_003)
        job.failure = JobFailure(
            code: 65, stage: "opening", sentence: "Cannot read “\(job.scene.text)”.\n'; DROP")
        job.result = JobResult(
            width: 3, height: 2, sceneHash: "scene",
            files: [
                .init(
                    path: FileName(bytes: [0x2F, 0xFF, 0xF4, 0x8F, 0xB8, 0x80]), bytes: 7,
                    sha256: "one"),
                .init(path: "/maps/a.png", bytes: 8, sha256: "two"),
            ],
            classes: [
                .init(name: "Düne", colour: "#010203", pixels: 5, squareMetres: 0.1),
                .init(name: "", colour: "#000000", pixels: 0, squareMetres: nil),
            ],
            nodataPixels: 1, seconds: 1.0 / 3, isUnchanged: true,
            warnings: ["of “\(String(pathBytes: [0xFE]))”", ""])
        return job
    }

    @Test(arguments: [false, true])
    func `keeps every member of a job, whatever bytes its names have`(isOnNetwork: Bool) throws {
        var job = Self.fullJob()
        let ledger = try Ledger(folder: folder.path, isOnNetwork: isOnNetwork)
        job.id = try ledger.upsert([job])[0]
        #expect(try ledger.job(job.id) == job)
        try ledger.close()
        let again = try Ledger(folder: folder.path, isOnNetwork: isOnNetwork)
        #expect(again.notes == [])
        #expect(try again.job(of: job.scene) == job)
        let bare = Self.job("bare.tif")
        let id = try again.upsert([bare])[0]
        #expect(try again.job(id)?.failure == nil)
        #expect(try again.job(id)?.result == nil)
    }

    @Test func `writes ahead on local disks only`() throws {
        let local = try ledger()
        #expect(try FileStamp(folder("ledger.sqlite-wal")) != nil)
        try local.close()
        let remote = try Ledger(folder: folder.path, isOnNetwork: true)
        try remote.upsert([Self.job("a.tif")])
        #expect(try FileStamp(folder("ledger.sqlite-wal")) == nil)
        #expect(try remote.counts() == [.queued: 1])
    }

    @Test func `lives in a folder whose name is not UTF-8`() throws {
        let odd = folder(String(pathBytes: [0x6F, 0xE4, 0x3F, 0x25, 0x23]))
        try OutputFolder.make(odd)
        let ledger = try Ledger(folder: odd, isOnNetwork: false)
        try ledger.upsert([Self.job("a.tif")])
        #expect(try FileStamp(odd + "/ledger.sqlite") != nil)
        #expect(try FolderListing.names(in: folder.path) == [FileName(odd.pathName)])
        #expect(try Ledger(reading: odd).counts() == [.queued: 1])
        try ledger.close()
        #expect(try Ledger(reading: odd).counts() == [.queued: 1])
    }

    @Test func `keeps a scene's number when it changes, and gives none twice`() throws {
        let ledger = try ledger()
        let ids = try ledger.upsert([Self.job("a.tif"), Self.job("b.tif")])
        var changed = Self.job("a.tif", .waiting)
        changed.identity = "other"
        #expect(try ledger.upsert([changed]) == [ids[0]])
        #expect(try ledger.job(ids[0])?.identity == "other")
        try ledger.remove(["b.tif"])
        #expect(try ledger.job(ids[1]) == nil)
        let new = try ledger.upsert([Self.job("b.tif")])[0]
        #expect(!ids.contains(new))
        #expect(try ledger.counts() == [.waiting: 1, .queued: 1])
    }

    @Test func `tells decomposed and composed names apart`() throws {
        let ledger = try ledger()
        let composed = FileName(bytes: Array("D\u{FC}ne.tif".utf8))
        let decomposed = FileName(bytes: Array("Du\u{308}ne.tif".utf8))
        let ids = try ledger.upsert([Self.job(composed), Self.job(decomposed)])
        #expect(Set(ids).count == 2)
        #expect(try ledger.job(ids[1])?.scene == decomposed)
    }

    @Test func `a change that fails changes nothing`() throws {
        let ledger = try ledger()
        let id = try ledger.upsert([Self.job("a.tif")])[0]
        #expect(throws: CancellationError.self) {
            try ledger.update(id) { job in
                job.state = .done
                throw CancellationError()
            }
        }
        #expect(try ledger.job(id)?.state == .queued)
        #expect(try ledger.update(id + 1) { $0.state = .done } == nil)
        #expect(try ledger.update(id) { $0.state = .done }?.state == .done)
        #expect(try ledger.counts() == [.done: 1])
    }

    @Test func `tells of workers that a daemon has left, and counts its death for no scene`() throws
    {
        let ledger = try ledger()
        let ids = try ledger.upsert([Self.job("a.tif"), Self.job("b.tif")])
        try ledger.begin(ids[0], at: Date(timeIntervalSince1970: 5))
        try ledger.setWorker("4711:88320", of: ids[0])
        try ledger.setWorker("1:1", of: ids[1])
        try ledger.update(ids[0]) { $0.crashes = 1 }
        try ledger.close()
        let next = try self.ledger()
        var workers: [FileName: String] = [:]
        try next.forEachEntry { workers[$0.scene] = $0.worker ?? "none" }
        #expect(workers == ["a.tif": "4711:88320", "b.tif": "none"])
        #expect(try next.requeueRunning() == 1)
        let job = try #require(try next.job(ids[0]))
        #expect(job.state == .queued)
        #expect(job.attempts == 1)
        #expect(job.crashes == 1)
        #expect(job.begun == Date(timeIntervalSince1970: 5))
        try next.forEachEntry { #expect($0.worker == nil) }
    }

    @Test func `gives a small part of every scene at the start`() throws {
        let ledger = try ledger()
        var job = Self.fullJob()
        job.id = try ledger.upsert([job])[0]
        var entries: [LedgerEntry] = []
        try ledger.forEachEntry { entries.append($0) }
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.id == job.id)
        #expect(entry.scene == job.scene)
        #expect(entry.identity == job.identity)
        #expect(entry.state == .failed)
        #expect(entry.contentHash == "content")
        #expect(entry.modelHash == "model")
        #expect(entry.settingsHash == "settings")
        #expect(entry.attempts == 3)
        #expect(entry.crashes == 2)
        #expect(entry.nextAttempt == job.nextAttempt)
    }

    @Test func `notices that its file has gone`() throws {
        let ledger = try ledger()
        #expect(ledger.isInPlace)
        PathCalls.rename(folder("ledger.sqlite"), folder("elsewhere"))
        #expect(!ledger.isInPlace)
        try folder.write(text: "", to: "ledger.sqlite")
        #expect(!ledger.isInPlace)
    }
}
