import Foundation
import IICDaemon
import IICInfer

/// A worker's right to be at its scene, which an earlier one on another machine may still have.
final class WorkerTurn: Sendable {
    private static let patience = Duration.seconds(10)

    private let lock: LedgerLock

    /// Waits for it a while.
    ///
    /// - Throws: ``SceneTaken``, ``Interrupted``; ``LedgerError`` where files cannot be locked.
    init(_ path: String, scene: String) throws {
        let end = SuspendingClock.now + Self.patience
        while true {
            if let lock = try LedgerLock.tryAcquire(at: path) {
                self.lock = lock
                return
            }
            try Interruption.check()
            guard SuspendingClock.now < end else {
                throw SceneTaken(scene: scene, holder: LedgerLock.holder(at: path))
            }
            usleep(50_000)
        }
    }

    /// Ends this process if another worker has the scene now.
    func check() {
        if !lock.isHeld { _exit(ExitStatus.tryAgain.rawValue) }
    }

    func end() { lock.remove() }
}

/// An earlier worker is still at a scene.
struct SceneTaken: UserError {
    let scene: String
    let holder: String

    var description: String {
        "“\(scene.shown)” is still at work elsewhere (\(holder)), begun by an earlier attempt: it is "
            + "waited for."
    }
    var exitStatus: ExitStatus { .tryAgain }
}
