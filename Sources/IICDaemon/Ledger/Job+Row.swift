import Foundation
import GRDB
import IICInfer

extension Ledger {
    /// A job's columns, in the order of ``Job/init(row:)`` and ``Job/values()``.
    static let columns = """
        id, scene, state, identity, bytes, contentHash, modelHash, settingsHash, attempts, crashes, \
        seen, begun, ended, nextAttempt, failureCode, failureStage, failureSentence, result
        """
}

extension Job {
    init(row: Row) throws {
        let state = try row.decode(String.self, atIndex: 2)
        // A scene that has gone was done when it did.
        guard let known = state == LedgerSchema.gone ? .done : JobState(rawValue: state) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no job is “\(state)”")
        }
        self.init(
            id: try row.decode(atIndex: 0), scene: try row.name(atIndex: 1), state: known,
            identity: try row.decode(atIndex: 3), bytes: try row.decode(atIndex: 4),
            modelHash: try row.decode(atIndex: 6), settingsHash: try row.decode(atIndex: 7),
            seen: Date(timeIntervalSince1970: try row.decode(atIndex: 10)))
        contentHash = try row.decode(atIndex: 5)
        attempts = try row.decode(atIndex: 8)
        crashes = try row.decode(atIndex: 9)
        begun = try row.date(atIndex: 11)
        ended = try row.date(atIndex: 12)
        nextAttempt = try row.date(atIndex: 13)
        if let code = try row.decode(Int32?.self, atIndex: 14) {
            failure = JobFailure(
                code: code, stage: try row.decode(String?.self, atIndex: 15) ?? "",
                sentence: try row.decode(String?.self, atIndex: 16) ?? "")
        }
        result = try row.decode(String?.self, atIndex: 17).map(JobResult.init(text:))
    }

    /// What the columns hold, the number left out.
    func values() throws -> StatementArguments {
        [
            Data(scene.bytes), state.rawValue, identity, bytes, contentHash, modelHash,
            settingsHash, attempts, crashes, seen.timeIntervalSince1970,
            begun?.timeIntervalSince1970, ended?.timeIntervalSince1970,
            nextAttempt?.timeIntervalSince1970, failure?.code, failure?.stage, failure?.sentence,
            try result?.text(),
        ]
    }
}

extension Row {
    func name(atIndex index: Int) throws -> FileName {
        try withUnsafeData(atIndex: index) { FileName(bytes: Array($0 ?? Data())) }
    }

    func date(atIndex index: Int) throws -> Date? {
        try decode(Double?.self, atIndex: index).map(Date.init(timeIntervalSince1970:))
    }
}
