import Foundation
import IICInfer
import Logging
import Synchronization

/// Keeps the ledger true: what the queue knows of a scene is written there, and what the ledger
/// remembers is told to the queue.
///
/// All writes go through here, one at a time, and each writes what is so at that moment: no two can
/// come in the wrong order.
final class JobKeeper: Sendable {
    struct State: Sendable {
        var plan: DaemonPlan
        /// Why scenes are not mapped, until the ledger has it.
        var failures: [FileName: JobFailure] = [:]
        /// Scenes that are in the folder and not in the queue: why they cannot be examined, or will not
        /// be opened.
        var problems: [FileName: String] = [:]
        var refusals: [FileName: String] = [:]
        /// What the ledger held when the daemon began, until the first scan.
        var memories: [FileName: LedgerEntry]?
        var obstacles: [Obstacle: String] = [:]
        /// Scenes whose rows could not be written.
        var unwritten: Set<FileName> = []
        /// Scenes whose reports could not be written or removed.
        var owed: Set<FileName> = []
        /// Whether the ledger was found to be none any more.
        var isDamaged = false
        /// The right to write.
        var lock: LedgerLock
        /// Whether another daemon has that now.
        var isDisplaced = false
    }

    let folder: String
    let queue: SceneQueue
    /// Another one takes its place when it is damaged, or has gone.
    let current: Mutex<Ledger>
    let outputs: DaemonFolders
    let reports: FailureReports
    let live = LiveJobs()
    let logger: Logger
    let state: Mutex<State>
    /// Held while rows are written.
    let writing = Mutex(())

    /// - Parameter memories: what the ledger holds.
    init(
        folder: String, outputs: DaemonFolders, plan: DaemonPlan, queue: SceneQueue,
        ledger: Ledger, memories: [FileName: LedgerEntry], lock: LedgerLock,
        reports: FailureReports, logger: Logger
    ) {
        self.folder = folder
        self.outputs = outputs
        self.queue = queue
        current = Mutex(ledger)
        self.reports = reports
        self.logger = logger
        state = Mutex(State(plan: plan, memories: memories, lock: lock))
    }

    var plan: DaemonPlan { state.withLock { $0.plan } }
    var ledger: Ledger { current.withLock { $0 } }
}
