import Foundation
import GRDB
import IICInfer
import Synchronization

/// Every scene and what became of it, in an SQLite database that outlives the daemon.
///
/// One process writes (``LedgerLock``), any number may read. Each call is one transaction, which is on
/// the disk when the call returns. Calls wait for the disk, so they are none for a thread that must not.
/// All throw ``LedgerError``.
package final class Ledger: Sendable {
    /// What is known of the counts, so that who asks every second does not count every second.
    struct Counted {
        /// Of the writes through this value.
        var writes = 0
        var counts: [JobState: Int]?
    }

    package let path: String
    /// What was found wrong when it was opened, as sentences for the log.
    package let notes: [String]
    let database: any DatabaseWriter
    let counted = Mutex(Counted())
    private let file: FileStamp.File?

    /// Opens the ledger of the state folder `folder`, or begins one.
    ///
    /// One that is damaged or of a newer version is set aside; ``notes`` says so.
    ///
    /// - Parameter isOnNetwork: whether the folder is another machine's: then SQLite's journal of
    ///   writes ahead, which needs memory that processes share, is not used.
    package init(folder: String, isOnNetwork: Bool) throws {
        let path = "\(folder)/\(LedgerFile.name)"
        var notes: [String] = []
        switch try LedgerFile.examine(path) {
        case .new, .good: break
        case .damaged(let reason):
            let aside = try LedgerFile.setAside(in: folder, as: "damaged")
            notes.append(
                "The ledger “\(path)” is damaged (\(reason)). It is kept as “\(aside)”, and a new one "
                    + "begins with what lies in the folders.")
        case .newer(let version):
            let aside = try LedgerFile.setAside(in: folder, as: "newer")
            notes.append(
                "The ledger “\(path)” was written by a newer iicd (version \(version) of it; this one "
                    + "knows \(LedgerSchema.version)). It is kept as “\(aside)”, and a new one begins "
                    + "with what lies in the folders.")
        }
        self.path = path
        self.notes = notes
        database = try Self.guarding(path) {
            try Self.open(path, isOnNetwork: isOnNetwork)
        }
        file = try FileStamp(path)?.file
    }

    /// Opens the ledger of a folder for reading, whether a daemon writes to it or not.
    ///
    /// - Parameter place: a state folder, or a folder of maps that has one of the usual name.
    /// - Throws: ``LedgerError`` also where there is none.
    package init(reading place: String) throws {
        let candidates = ["\(place)/.iicd/\(LedgerFile.name)", "\(place)/\(LedgerFile.name)"]
        guard let path = try candidates.first(where: { try FileStamp($0) != nil }) else {
            throw LedgerError(path: candidates[0], kind: .missing, reason: "there is none")
        }
        self.path = path
        notes = []
        file = nil
        database = try Self.guarding(path) {
            try DatabaseQueue(
                path: LedgerFile.address(of: path, isImmutable: try Self.isAtRest(path)),
                configuration: LedgerFile.configuration(isReadOnly: true))
        }
        let version = try reading { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version <= LedgerSchema.version else {
            throw LedgerError(path: path, kind: .newer, reason: "version \(version)")
        }
        guard version > 0 else {
            throw LedgerError(path: path, kind: .missing, reason: "it is empty")
        }
    }

    private static func open(_ path: String, isOnNetwork: Bool) throws -> any DatabaseWriter {
        let address = LedgerFile.address(of: path)
        let configuration = LedgerFile.configuration()
        let database: any DatabaseWriter
        if isOnNetwork {
            database = try DatabaseQueue(path: address, configuration: configuration)
        } else {
            database = try DatabasePool(path: address, configuration: configuration)
        }
        try database.writeWithoutTransaction { db in
            if isOnNetwork {
                let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = TRUNCATE")
                guard mode == "truncate" else {
                    throw DatabaseError(
                        resultCode: .SQLITE_BUSY, message: "another process has it open")
                }
            }
            // What was told as done is so after a power failure too.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        try database.write { db in
            guard try Int.fetchOne(db, sql: "PRAGMA user_version") == 0 else { return }
            try LedgerSchema.create(in: db)
        }
        return database
    }

    /// Whether a database that is written ahead has no writer, now: then the files beside it need not
    /// be made, which a reader may have no permission for, or would leave to a daemon that is another
    /// user's.
    private static func isAtRest(_ path: String) throws -> Bool {
        // SQLite's file format, 1.3.3: 2 for a journal of writes ahead.
        let header = try InputFile(path).read(upTo: 20, at: 0)
        guard header.count == 20, header[18] == 2 else { return false }
        return try FileStamp(path + "-wal").map { $0.size == 0 } ?? true
    }

    /// Whether the file that was opened still has its name: a folder of outputs may be taken away and
    /// come back, and SQLite would go on with a file that nobody finds any more.
    package var isInPlace: Bool { (try? FileStamp(path))?.file == file }

    /// Throws why nothing can be written now.
    package func probe() throws {
        // This writes a page, whatever was there before.
        try writing { try $0.execute(sql: "PRAGMA user_version = \(LedgerSchema.version)") }
    }

    /// Closes the files, once all calls have returned; every later call fails.
    package func close() throws { try guarding { try database.close() } }

    /// Puts a ledger that was found damaged in use out of the way of the next one; ``close()`` it first.
    ///
    /// - Returns: a sentence for the log.
    package static func setAside(in folder: String) throws -> String {
        let aside = try LedgerFile.setAside(in: folder, as: "damaged")
        return
            "The ledger “\(folder)/\(LedgerFile.name)” is damaged. It is kept as “\(aside)”, and a new "
            + "one begins with what lies in the folders."
    }

    func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try guarding { try database.read(body) }
    }

    func writing<Value>(_ body: (Database) throws -> Value) throws -> Value {
        defer {
            counted.withLock {
                $0.writes += 1
                $0.counts = nil
            }
        }
        return try guarding { try database.write(body) }
    }

    private func guarding<Value>(_ body: () throws -> Value) throws -> Value {
        try Self.guarding(path, body)
    }

    private static func guarding<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw LedgerError(path: path, error)
        } catch let error as RowDecodingError {
            throw LedgerError(path: path, kind: .damaged, reason: error.description)
        } catch let error as DecodingError {
            throw LedgerError(path: path, kind: .damaged, reason: "\(error)")
        }
    }
}
