import Dispatch
import Foundation
import Synchronization

/// The hash of a scene, computed on a thread of its own while the scene is mapped.
///
/// Not on a ``ComputePool``: Dispatch shares the processors among nested loops, so that the mapping
/// would have half of them to the end.
final class BackgroundHash: Sendable {
    private let stopped = Atomic(false)
    private let result = Mutex(Result<String, any Error>.failure(Interrupted()))
    private let ended = DispatchSemaphore(value: 0)

    /// Begins at once; ``wait(isCancelled:)`` must follow.
    init(scene path: String, files: [String]) {
        let thread = Thread { [self] in
            let result = Result {
                try SceneHash.sha256(scene: path, files: files, isCancelled: { isStopped })
            }
            if case .failure = result { stop() }
            self.result.withLock { $0 = result }
            ended.signal()
        }
        thread.start()
    }

    /// Whether it has failed or was stopped.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func stop() { stopped.store(true, ordering: .relaxed) }

    /// Waits for the end, which `isCancelled` hastens.
    ///
    /// - Throws: what ``SceneHash/sha256(scene:isCancelled:)`` throws.
    func wait(isCancelled: () -> Bool) throws -> String {
        while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            if isCancelled() { stop() }
        }
        return try result.withLock { $0 }.get()
    }

    /// The hash of a scene, computed while `body` runs; what fails first stops the other.
    ///
    /// - Parameter body: given what to ask in place of `isCancelled`.
    static func sha256(
        scene path: String, files: [String], isCancelled: @Sendable () -> Bool,
        while body: (_ isCancelled: @Sendable () -> Bool) throws -> Void
    ) throws -> String {
        let hash = BackgroundHash(scene: path, files: files)
        do {
            try withoutActuallyEscaping(isCancelled) { isCancelled in
                try body { isCancelled() || hash.isStopped }
            }
        } catch {
            let wasStopped = hash.isStopped && error is Interrupted
            hash.stop()
            // What stopped the other is reported, not that it was stopped.
            do { _ = try hash.wait(isCancelled: isCancelled) } catch let cause where wasStopped {
                throw cause
            } catch {}
            throw error
        }
        return try hash.wait(isCancelled: isCancelled)
    }
}
