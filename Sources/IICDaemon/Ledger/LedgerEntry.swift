package import Foundation
package import IICInfer

/// What a daemon must know of a scene when it starts: a small part of a ``Job``.
package struct LedgerEntry: Sendable, Hashable {
    package var id: Int
    package var scene: FileName
    package var identity: String
    package var state: JobState
    package var contentHash: String?
    package var modelHash: String
    package var settingsHash: String
    package var attempts: Int
    package var crashes: Int
    package var nextAttempt: Date?
    /// The process that is or was at it, as ``Ledger/setWorker(_:of:)`` was told; nil unless it runs.
    package var worker: String?
    /// Of all files that were made of it; nil if none are known.
    package var fileBytes: Int?
}
