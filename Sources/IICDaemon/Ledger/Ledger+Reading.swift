import Foundation
import Synchronization
import GRDB
package import IICInfer

extension Ledger {
    /// Tells of all scenes, in no set order and without holding them all.
    package func forEachEntry(_ body: (LedgerEntry) throws -> Void) throws {
        // The same few strings for all scenes.
        var hashes: [String: String] = [:]
        func shared(_ hash: String) -> String {
            if let known = hashes[hash] { return known }
            hashes[hash] = hash
            return hash
        }
        try reading { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT id, scene, identity, state, contentHash, modelHash, settingsHash,
                        attempts, crashes, nextAttempt, worker,
                        (SELECT sum(value ->> 'bytes') FROM json_each(result, '$.files'))
                    FROM job
                    """)
            while let row = try rows.next() {
                // Scenes that have gone have a state of their own.
                guard let state = JobState(rawValue: try row.decode(atIndex: 3)) else { continue }
                try body(
                    LedgerEntry(
                        id: row.decode(atIndex: 0), scene: row.name(atIndex: 1),
                        identity: row.decode(atIndex: 2), state: state,
                        contentHash: row.decode(atIndex: 4),
                        modelHash: shared(row.decode(atIndex: 5)),
                        settingsHash: shared(row.decode(atIndex: 6)),
                        attempts: row.decode(atIndex: 7), crashes: row.decode(atIndex: 8),
                        nextAttempt: row.date(atIndex: 9), worker: row.decode(atIndex: 10),
                        fileBytes: row.decode(atIndex: 11)))
            }
        }
    }

    package func job(_ id: Int) throws -> Job? { try reading { try Self.job(id, in: $0) } }

    package func job(of scene: FileName) throws -> Job? {
        try reading { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT \(Self.columns) FROM job
                    WHERE scene = ? AND state <> '\(LedgerSchema.gone)'
                    """, arguments: [Data(scene.bytes)]
            ).map(Job.init(row:))
        }
    }

    /// The jobs that changed last, latest first.
    ///
    /// - Parameters:
    ///   - state: nil for all.
    ///   - last: the last job of the page before; nil for the first page. One that has changed since
    ///     is the latest, so that the list begins anew; after one that is no longer there comes none.
    package func jobs(in state: JobState?, limit: Int, after last: Int? = nil) throws -> [Job] {
        var jobs: [Job] = []
        try forEachJob(in: state, limit: limit, after: last) { jobs.append($0) }
        return jobs
    }

    /// The same, one after the other, as they are at one moment.
    package func forEachJob(
        in state: JobState?, limit: Int, after last: Int? = nil, _ body: (Job) throws -> Void
    ) throws {
        var conditions = [state == nil ? "state <> ?" : "state = ?"]
        var arguments: StatementArguments = [state?.rawValue ?? LedgerSchema.gone]
        if let last {
            conditions.append("changed < (SELECT changed FROM job WHERE id = ?)")
            arguments += [last]
        }
        arguments += [max(0, limit)]
        try reading { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(Self.columns) FROM job WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY changed DESC LIMIT ?
                    """, arguments: arguments)
            while let row = try rows.next() { try body(Job(row: row)) }
        }
    }

    /// How many jobs are in each state; none where a state is missing.
    package func counts() throws -> [JobState: Int] {
        let before = counted.withLock { $0 }
        if let counts = before.counts { return counts }
        let counts = try reading { db in
            try Row.fetchCursor(db, sql: "SELECT state, count(*) FROM job GROUP BY state")
                .reduce(into: [JobState: Int]()) { counts, row in
                    guard let state = JobState(rawValue: try row.decode(atIndex: 0)) else { return }
                    counts[state] = try row.decode(atIndex: 1)
                }
        }
        counted.withLock { if $0.writes == before.writes { $0.counts = counts } }
        return counts
    }

    /// Done jobs of other scenes with the same content, model and settings, latest first, at most
    /// three; also of scenes that have left the folder not long ago.
    ///
    /// Whether their files are still there, nobody has looked.
    package func jobs(
        withContent contentHash: String, model: String, settings: String,
        excluding scene: FileName
    ) throws -> [Job] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(Self.columns) FROM job
                    WHERE contentHash = ? AND modelHash = ? AND settingsHash = ? AND scene <> ?
                        AND state IN ('done', '\(LedgerSchema.gone)')
                    ORDER BY changed DESC LIMIT 3
                    """,
                arguments: [contentHash, model, settings, Data(scene.bytes)]
            ).map(Job.init(row:))
        }
    }

    /// The picture of a job's map, if it is kept.
    package func picture(of id: Int) throws -> MapRows? {
        try reading { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT width, height, first, labels FROM picture WHERE job = ?",
                    arguments: [id])
            else { return nil }
            return MapRows(
                width: try row.decode(atIndex: 0), height: try row.decode(atIndex: 1),
                first: try row.decode(atIndex: 2), labels: try row.name(atIndex: 3).bytes)
        }
    }

    static func job(_ id: Int, in db: Database) throws -> Job? {
        try Row.fetchOne(
            db,
            sql: "SELECT \(columns) FROM job WHERE id = ? AND state <> '\(LedgerSchema.gone)'",
            arguments: [id]
        ).map(Job.init(row:))
    }
}
