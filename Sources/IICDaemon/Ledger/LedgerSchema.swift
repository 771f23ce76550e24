import GRDB

/// What the ledger's tables are.
enum LedgerSchema {
    /// In `PRAGMA user_version`.
    static let version = 1
    /// Pictures of maps that are kept.
    static let mostPictures = 500
    /// Scenes that are kept after they have left the folder, so that one that comes back under
    /// another name gets its map.
    static let mostGone = 10_000
    /// The state of those.
    static let gone = "gone"

    /// Makes the tables in a database that has none.
    static func create(in db: Database) throws {
        // AUTOINCREMENT: the number of a scene that has gone is not given again.
        try db.execute(
            sql: """
                CREATE TABLE job (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    scene BLOB NOT NULL UNIQUE,
                    state TEXT NOT NULL,
                    identity TEXT NOT NULL,
                    bytes INTEGER NOT NULL,
                    contentHash TEXT,
                    modelHash TEXT NOT NULL,
                    settingsHash TEXT NOT NULL,
                    attempts INTEGER NOT NULL,
                    crashes INTEGER NOT NULL,
                    seen REAL NOT NULL,
                    begun REAL,
                    ended REAL,
                    nextAttempt REAL,
                    failureCode INTEGER,
                    failureStage TEXT,
                    failureSentence TEXT,
                    result TEXT,
                    worker TEXT,
                    changed INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX job_changed ON job(changed);
                CREATE INDEX job_state ON job(state, changed);
                CREATE INDEX job_content ON job(contentHash, modelHash, settingsHash)
                    WHERE contentHash IS NOT NULL;
                CREATE INDEX job_bytes ON job(bytes);
                CREATE TABLE picture (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    job INTEGER NOT NULL UNIQUE REFERENCES job(id) ON DELETE CASCADE,
                    width INTEGER NOT NULL,
                    height INTEGER NOT NULL,
                    first INTEGER NOT NULL,
                    labels BLOB
                ) STRICT;
                PRAGMA user_version = \(version);
                """)
    }
}
