import Foundation
import IICDaemon
import IICInfer
import TestSupport
import Testing

/// What the page and `iicd jobs` read of a ledger.
@Suite struct LedgerListingTests {
    private let folder: TemporaryFolder
    private let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try Ledger(folder: folder.path, isOnNetwork: false)
    }

    private func job(_ scene: FileName, _ state: JobState = .queued) -> Job {
        LedgerTests.job(scene, state)
    }

    @Test func `lists by last change, page by page`() throws {
        let ids = try ledger.upsert((0..<7).map { job(FileName("\($0).tif")) })
        try ledger.update(ids[2]) { $0.state = .done }
        try ledger.update(ids[5]) { $0.state = .done }
        let order = [5, 2, 6, 4, 3, 1, 0].map { ids[$0] }
        #expect(try ledger.jobs(in: nil, limit: 100).map(\.id) == order)
        var pages: [[Int]] = []
        var last: Int?
        repeat {
            pages.append(try ledger.jobs(in: nil, limit: 3, after: last).map(\.id))
            last = pages.last?.last
        } while last != nil
        #expect(pages == [Array(order[..<3]), Array(order[3..<6]), [order[6]], []])
        #expect(try ledger.jobs(in: .done, limit: 1).map(\.id) == [ids[5]])
        #expect(try ledger.jobs(in: .done, limit: 5, after: ids[5]).map(\.id) == [ids[2]])
        #expect(try ledger.jobs(in: .failed, limit: 5).isEmpty)
    }

    @Test func `counts follow every write`() throws {
        #expect(try ledger.counts() == [:])
        let ids = try ledger.upsert([job("a.tif"), job("b.tif"), job("c.tif", .failed)])
        #expect(try ledger.counts() == [.queued: 2, .failed: 1])
        try ledger.begin(ids[0], at: .now)
        #expect(try ledger.counts() == [.queued: 1, .failed: 1, .running: 1])
        try ledger.requeueRunning()
        try ledger.remove(["c.tif"])
        #expect(try ledger.counts() == [.queued: 2])
    }

    @Test func `finds done jobs of equal content, of scenes that have gone too`() throws {
        func done(_ scene: FileName, content: String?, model: String = "model") -> Job {
            var job = job(scene, .done)
            job.contentHash = content
            job.modelHash = model
            return job
        }
        try ledger.upsert([
            done("a.tif", content: "one"), done("b.tif", content: "two"),
            done("c.tif", content: "one", model: "other"), done("d.tif", content: nil),
        ])
        var queued = job("e.tif")
        queued.contentHash = "one"
        try ledger.upsert([queued])
        func find(_ content: String, excluding scene: FileName = "new.tif") throws -> [FileName] {
            try ledger.jobs(
                withContent: content, model: "model", settings: "settings", excluding: scene
            ).map(\.scene)
        }
        #expect(try find("one") == ["a.tif"])
        #expect(try find("one", excluding: "a.tif") == [])
        #expect(try find("three") == [])
        try ledger.remove(["a.tif", "d.tif", "never.tif"])
        #expect(try find("one") == ["a.tif"])
        #expect(try ledger.job(of: "a.tif") == nil)
        #expect(try ledger.counts() == [.done: 2, .queued: 1])
        #expect(!(try ledger.jobs(in: nil, limit: 9).map(\.scene).contains("a.tif")))
        // It comes back, and is a scene like others.
        try ledger.upsert([job("a.tif")])
        #expect(try find("one") == [])
        #expect(try ledger.job(of: "a.tif")?.state == .queued)
    }

    @Test func `keeps the latest pictures`() throws {
        let ids = try ledger.upsert((0..<502).map { job(FileName("\($0).tif"), .done) })
        func picture(_ value: UInt8) -> MapRows {
            MapRows(width: 2, height: 1, first: 0, labels: [value, 255])
        }
        for id in ids.prefix(501) { try ledger.savePicture(picture(1), of: id) }
        #expect(try ledger.picture(of: ids[0]) == nil)
        #expect(try ledger.picture(of: ids[1]) == picture(1))
        #expect(try ledger.picture(of: ids[500]) == picture(1))
        // A newer one takes the place of its own older one.
        try ledger.savePicture(picture(2), of: ids[1])
        try ledger.savePicture(picture(3), of: ids[501])
        #expect(try ledger.picture(of: ids[1]) == picture(2))
        #expect(try ledger.picture(of: ids[2]) == nil)
        try ledger.remove(["1.tif"])
        #expect(try ledger.picture(of: ids[1]) == nil)
        try ledger.savePicture(picture(4), of: 9999)
    }

    @Test func `can be read while it is written, and at rest`() throws {
        try ledger.upsert([job("a.tif")])
        let reader = try Ledger(reading: folder.path)
        #expect(try reader.counts() == [.queued: 1])
        try reader.close()
        try ledger.close()
        let before = try FolderListing.names(in: folder.path)
        let second = try Ledger(reading: folder.path)
        #expect(try second.jobs(in: nil, limit: 9).map(\.scene) == ["a.tif"])
        #expect(throws: LedgerError.self) { try second.upsert([job("b.tif")]) }
        try second.close()
        #expect(try FolderListing.names(in: folder.path) == before)
    }

    @Test func `is found by the folder of the maps, and missed with a sentence`() throws {
        let maps = folder("maps")
        try OutputFolder.make("\(maps)/.iicd")
        let error = #expect(throws: LedgerError.self) { try Ledger(reading: maps) }
        #expect(error?.kind == .missing)
        #expect(error?.exitStatus == .noInput)
        try Ledger(folder: "\(maps)/.iicd", isOnNetwork: false).upsert([job("a.tif")])
        #expect(try Ledger(reading: maps).counts() == [.queued: 1])
    }
}
