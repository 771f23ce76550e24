import GRDB
package import IICInfer

/// Why the ledger cannot be read or written.
package struct LedgerError: UserError, Equatable {
    package enum Kind: Sendable, Equatable {
        /// There is none.
        case missing
        case diskFull
        /// Permissions, or a disk for reading only.
        case notWritable
        /// A disk that fails, or another process that holds it: it may pass.
        case failing
        /// It is no ledger (any more): ``Ledger/setAside(in:)`` makes place for another.
        case damaged
        /// A later version of this program has written it.
        case newer
    }

    package var path: String
    package var kind: Kind
    /// As the end of a sentence.
    package var reason: String

    package init(path: String, kind: Kind, reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    init(path: String, _ error: DatabaseError) {
        let kind: Kind =
            switch error.resultCode {
            case .SQLITE_FULL: .diskFull
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .notWritable
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: .damaged
            // No such table or column, a malformed schema, a file format that is unknown, a value
            // that no row of ours has.
            case .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA: .damaged
            default: .failing
            }
        self.init(path: path, kind: kind, reason: error.message ?? "\(error.resultCode)")
    }

    package var exitStatus: ExitStatus {
        switch kind {
        case .missing: .noInput
        case .diskFull, .notWritable: .cannotWrite
        case .failing, .damaged: .tryAgain
        case .newer: .badInput
        }
    }

    package var description: String {
        switch kind {
        case .missing: "There is no ledger “\(path)”: name the folder of the maps, or --state's."
        case .diskFull: "Cannot write the ledger “\(path)”: the disk is full."
        case .notWritable: "Cannot write the ledger “\(path)”: \(reason)."
        case .failing: "Cannot use the ledger “\(path)” now: \(reason)."
        case .damaged: "The ledger “\(path)” is damaged: \(reason)."
        case .newer: "The ledger “\(path)” was written by a newer iicd (\(reason)): use that."
        }
    }
}
