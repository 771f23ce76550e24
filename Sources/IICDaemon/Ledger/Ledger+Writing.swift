package import Foundation
import GRDB
package import IICInfer

extension Ledger {
    /// The next of the numbers by which changes are ordered.
    private static let nextChange = "(SELECT coalesce(max(changed), 0) + 1 FROM job)"

    /// Writes jobs, each in the place of what is known of its scene, all or none.
    ///
    /// A scene keeps its number, whatever ``Job/id`` says; one that is new gets one.
    ///
    /// - Returns: the numbers, in the jobs' order.
    @discardableResult
    package func upsert(_ jobs: [Job]) throws -> [Int] {
        try writing { db in try jobs.map { try Self.write($0, in: db) } }
    }

    /// Changes one job; its scene stays.
    ///
    /// - Returns: the job as it is now; nil if there is none of that number.
    @discardableResult
    package func update(_ id: Int, _ change: (inout Job) throws -> Void) throws -> Job? {
        try writing { db in
            guard var job = try Self.job(id, in: db) else { return nil }
            let scene = job.scene
            try change(&job)
            precondition(job.id == id && job.scene == scene, "another job than \(id)")
            _ = try Self.write(job, in: db)
            return job
        }
    }

    /// Notes that a worker begins with a job.
    @discardableResult
    package func begin(_ id: Int, at time: Date) throws -> Job? {
        try update(id) { job in
            job.state = .running
            job.attempts += 1
            job.begun = time
            job.ended = nil
            job.nextAttempt = nil
        }
    }

    /// Notes which process is at a running job, so that a daemon that comes after this one can wait
    /// for its end; forgotten when the job is no longer running.
    ///
    /// - Parameter worker: its number and start time, such as `4711:88320`.
    package func setWorker(_ worker: String, of id: Int) throws {
        try writing { db in
            try db.execute(
                sql: "UPDATE job SET worker = ? WHERE id = ? AND state = 'running'",
                arguments: [worker, id])
        }
    }

    /// Puts jobs that a daemon left running back into the queue, once their workers have ended. The
    /// death of a daemon is no scene's fault: attempts and crashes stay as they are.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func requeueRunning() throws -> Int {
        try writing { db in
            try db.execute(
                sql: """
                    UPDATE job SET state = 'queued', worker = NULL,
                        changed = \(Self.nextChange) + id
                    WHERE state = 'running'
                    """)
            return db.changesCount
        }
    }

    /// Forgets scenes that have left the folder; their maps stay.
    ///
    /// Of those that are done, what is needed to find a map by its content is kept for a while.
    package func remove(_ scenes: [FileName]) throws {
        try writing { db in
            for scene in scenes {
                let name = Data(scene.bytes)
                try db.execute(
                    sql: "DELETE FROM picture WHERE job = (SELECT id FROM job WHERE scene = ?)",
                    arguments: [name])
                try db.execute(
                    sql: """
                        DELETE FROM job
                        WHERE scene = ? AND NOT (state = 'done' AND contentHash IS NOT NULL)
                        """, arguments: [name])
                try db.execute(
                    sql: """
                        UPDATE job SET state = '\(LedgerSchema.gone)', changed = \(Self.nextChange)
                        WHERE scene = ?
                        """, arguments: [name])
            }
            try db.execute(
                sql: """
                    DELETE FROM job WHERE state = '\(LedgerSchema.gone)' AND changed <= (
                        SELECT changed FROM job WHERE state = '\(LedgerSchema.gone)'
                        ORDER BY changed DESC LIMIT 1 OFFSET \(LedgerSchema.mostGone))
                    """)
        }
    }

    /// Keeps the picture of a job's map, in the place of an older one; the oldest of too many go.
    package func savePicture(_ picture: MapRows, of id: Int) throws {
        try writing { db in
            guard try Self.job(id, in: db) != nil else { return }
            try db.execute(sql: "DELETE FROM picture WHERE job = ?", arguments: [id])
            try db.execute(
                sql: """
                    INSERT INTO picture (job, width, height, first, labels) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, picture.width, picture.height, picture.first, Data(picture.labels),
                ])
            try db.execute(
                sql: """
                    DELETE FROM picture WHERE number <= (
                        SELECT number FROM picture
                        ORDER BY number DESC LIMIT 1 OFFSET \(LedgerSchema.mostPictures))
                    """)
        }
    }

    private static func write(_ job: Job, in db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO job (
                    scene, state, identity, bytes, contentHash, modelHash, settingsHash, attempts,
                    crashes, seen, begun, ended, nextAttempt, failureCode, failureStage,
                    failureSentence, result, changed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(nextChange))
                ON CONFLICT (scene) DO UPDATE SET
                    state = excluded.state, identity = excluded.identity, bytes = excluded.bytes,
                    contentHash = excluded.contentHash, modelHash = excluded.modelHash,
                    settingsHash = excluded.settingsHash, attempts = excluded.attempts,
                    crashes = excluded.crashes, seen = excluded.seen, begun = excluded.begun,
                    ended = excluded.ended, nextAttempt = excluded.nextAttempt,
                    failureCode = excluded.failureCode, failureStage = excluded.failureStage,
                    failureSentence = excluded.failureSentence, result = excluded.result,
                    worker = CASE WHEN excluded.state = 'running' THEN worker END,
                    changed = excluded.changed
                RETURNING id
                """)
        guard let id = try Int.fetchOne(statement, arguments: job.values()) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a job has no number")
        }
        return id
    }
}
