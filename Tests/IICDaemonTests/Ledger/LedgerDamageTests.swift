import Foundation
import GRDB
import IICDaemon
import IICInfer
import TestSupport
import Testing

@Suite struct LedgerDamageTests {
    private let folder: TemporaryFolder
    private var path: String { folder("ledger.sqlite") }

    init() throws { folder = try TemporaryFolder() }

    private func open(isOnNetwork: Bool = false) throws -> Ledger {
        try Ledger(folder: folder.path, isOnNetwork: isOnNetwork)
    }

    private func fill(_ count: Int) throws {
        let ledger = try open()
        try ledger.upsert((0..<count).map { LedgerTests.job(FileName("\($0).tif")) })
        try ledger.close()
    }

    private func bytes() throws -> [UInt8] {
        try InputFile(path).read(upTo: 1 << 30, at: 0)
    }

    private func check(isSetAsideAs name: String, with word: String) throws {
        let before = try bytes()
        let ledger = try open()
        #expect(ledger.notes.count == 1)
        #expect(ledger.notes.first?.contains(word) == true)
        #expect(ledger.notes.first?.contains(name) == true)
        #expect(try ledger.counts() == [:])
        try ledger.upsert([LedgerTests.job("new.tif")])
        try ledger.close()
        #expect(try InputFile(folder(name)).read(upTo: 1 << 30, at: 0) == before)
        #expect(try open().notes == [])
        #expect(try open().counts() == [.queued: 1])
    }

    @Test func `one that is cut in half is set aside`() throws {
        try fill(500)
        let whole = try bytes()
        try AtomicFile.write(Array(whole[..<(whole.count / 2)]).span, to: path)
        try check(isSetAsideAs: "ledger.sqlite.damaged-1", with: "damaged")
    }

    @Test func `one with a page of rubbish is set aside`() throws {
        try fill(500)
        var whole = try bytes()
        // The third page is full of jobs or of an index.
        for place in 8192..<12288 { whole[place] = UInt8(truncatingIfNeeded: place &* 7 + 1) }
        try AtomicFile.write(whole.span, to: path)
        try check(isSetAsideAs: "ledger.sqlite.damaged-1", with: "damaged")
    }

    @Test func `what is no database is set aside, under a number that is free`() throws {
        try folder.write(text: "kept", to: "ledger.sqlite.damaged-1")
        try AtomicFile.write(String(repeating: "no database\n", count: 900), to: path)
        try check(isSetAsideAs: "ledger.sqlite.damaged-2", with: "damaged")
        #expect(
            try String(contentsOfFile: folder("ledger.sqlite.damaged-1"), encoding: .utf8) == "kept"
        )
    }

    @Test func `a database of something else is set aside`() throws {
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE job (id INTEGER)") }
        try other.close()
        try check(isSetAsideAs: "ledger.sqlite.damaged-1", with: "something else")
    }

    @Test func `a newer one is set aside, with what was written ahead`() throws {
        try fill(3)
        let newer = try DatabaseQueue(path: path)
        try newer.write { try $0.execute(sql: "PRAGMA user_version = 9") }
        try newer.close()
        let reader = #expect(throws: LedgerError.self) { try Ledger(reading: folder.path) }
        #expect(reader?.kind == .newer)
        try check(isSetAsideAs: "ledger.sqlite.newer-1", with: "newer")
    }

    @Test func `an empty one is begun`() throws {
        try folder.write(text: "", to: "ledger.sqlite")
        let ledger = try open()
        #expect(ledger.notes == [])
        #expect(try ledger.counts() == [:])
    }

    /// As a killed process leaves it: the files as they are in the middle of a transaction that has
    /// written half of its pages.
    @Test(arguments: ["WAL", "TRUNCATE"])
    func `knows all that was told as written, and no more, after a kill`(mode: String) throws {
        try fill(2000)
        let before = try bytes()
        let copy = folder("copy")
        try OutputFolder.make(copy)
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { db in
            _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = \(mode)")
            try db.execute(sql: "PRAGMA cache_size = 5")
            try db.inTransaction {
                try db.execute(
                    sql: "UPDATE job SET state = 'failed', identity = hex(randomblob(200))")
                for ending in ["", "-wal", "-journal"] where try FileStamp(path + ending) != nil {
                    let bytes = try InputFile(path + ending).read(upTo: 1 << 30, at: 0)
                    try AtomicFile.write(bytes.span, to: "\(copy)/ledger.sqlite\(ending)")
                }
                return .rollback
            }
        }
        let half = try InputFile("\(copy)/ledger.sqlite").read(upTo: 1 << 30, at: 0)
        if mode == "WAL" {
            #expect(try FileStamp("\(copy)/ledger.sqlite-wal").map { $0.size > 100_000 } == true)
        } else {
            #expect(half != before)
        }
        let next = try Ledger(folder: copy, isOnNetwork: mode != "WAL")
        #expect(next.notes == [])
        #expect(try next.counts() == [.queued: 2000])
        try next.forEachEntry { #expect($0.identity == "identity") }
    }

    @Test func `damage that shows in use is told as such, and can be set aside`() throws {
        let ledger = try open()
        let ids = try ledger.upsert((0..<2000).map { LedgerTests.job(FileName("\($0).tif")) })
        try ledger.close()
        let whole = try bytes()
        let other = try Ledger(reading: folder.path)
        // In the same file, which `other` has open.
        let descriptor = PathCalls.open(path, O_WRONLY)
        let rubbish = [UInt8](repeating: 0xA5, count: whole.count - 4096)
        let written = unsafe pwrite(descriptor, rubbish, rubbish.count, 4096)
        #expect(written == rubbish.count)
        close(descriptor)
        let error = #expect(throws: LedgerError.self) {
            for id in ids { _ = try other.job(id) }
        }
        #expect(error?.kind == .damaged)
        try other.close()
        #expect(try Ledger.setAside(in: folder.path).contains("damaged-1"))
        #expect(try open().counts() == [:])
    }

    @Test func `a folder that may not be written to is said with its reason`() throws {
        let missing = folder("missing")
        let error = #expect(throws: LedgerError.self) {
            try Ledger(folder: missing, isOnNetwork: false)
        }
        #expect(error?.kind == .failing)
        #expect(error?.exitStatus.isPassing == true)
        #expect(error?.description.contains(missing) == true)
    }
}
