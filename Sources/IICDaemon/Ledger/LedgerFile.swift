import Foundation
import GRDB
import IICInfer

/// The ledger as a file: its name, and whether it can be used.
enum LedgerFile {
    static let name = "ledger.sqlite"
    /// What SQLite puts beside a database; the database itself comes last.
    static let endings = ["-wal", "-shm", "-journal", ""]

    enum Condition: Equatable {
        /// There is none, or an empty one.
        case new
        case good
        case damaged(reason: String)
        case newer(version: Int)
    }

    /// How SQLite is told of a file of any name.
    ///
    /// - Parameter isImmutable: nothing writes to it, so no lock and no file beside it is needed.
    static func address(of path: String, isImmutable: Bool = false) -> String {
        let absolute = path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
        // GRDB hands a path on as UTF-8; as a URI it may have any bytes.
        guard isImmutable || Array(absolute.utf8) != absolute.pathBytes else { return absolute }
        let escaped = absolute.pathBytes.map { byte -> String in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "/")
            let digits = String(byte, radix: 16)
            return isPlain
                ? String(Unicode.Scalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }
        return "file:" + escaped.joined() + (isImmutable ? "?immutable=1" : "")
    }

    static func configuration(isReadOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 3
        configuration.label = "ledger"
        return configuration
    }

    /// Looks into the file without changing what it holds.
    ///
    /// - Throws: ``LedgerError`` if that cannot be told now.
    static func examine(_ path: String) throws -> Condition {
        guard let stamp = try FileStamp(path), stamp.size > 0 else { return .new }
        do {
            // Not for reading only: what a killed process has left half-written is to be rolled back.
            let database = try DatabaseQueue(
                path: address(of: path), configuration: configuration())
            defer { try? database.close() }
            return try database.read { db in
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                guard version <= LedgerSchema.version else { return .newer(version: version) }
                let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "ok"
                guard finding == "ok" else { return .damaged(reason: finding) }
                let tables =
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
                if version == 0 {
                    return tables == 0
                        ? .new : .damaged(reason: "it is a database of something else")
                }
                _ = try Row.fetchOne(db, sql: "SELECT \(Ledger.columns), worker FROM job LIMIT 1")
                _ = try Row.fetchOne(
                    db, sql: "SELECT number, job, width, height, first, labels FROM picture LIMIT 1"
                )
                return .good
            }
        } catch let error as DatabaseError {
            let error = LedgerError(path: path, error)
            guard error.kind == .damaged else { throw error }
            return .damaged(reason: error.reason)
        }
    }

    /// Gives the ledger in `folder`, and what lies beside it, other names.
    ///
    /// - Parameter ending: `damaged` or `newer`.
    /// - Returns: the new name.
    static func setAside(in folder: String, as ending: String) throws(AtomicFileError) -> String {
        let path = "\(folder)/\(name)"
        var number = 1
        var status = stat()
        while PathCalls.status("\(path).\(ending)-\(number)", &status) == 0 { number += 1 }
        let aside = "\(name).\(ending)-\(number)"
        for suffix in endings {
            guard PathCalls.rename(path + suffix, "\(folder)/\(aside)\(suffix)") != 0 else {
                continue
            }
            let code = errno
            guard code == ENOENT else { throw AtomicFileError(path: path, code: code) }
        }
        return aside
    }
}
