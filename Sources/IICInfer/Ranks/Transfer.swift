import Foundation
import Synchronization

/// A message on its way.
package final class Transfer: Sendable {
    /// One that took no time.
    package static let done = {
        let transfer = Transfer()
        transfer.complete(source: 0)
        return transfer
    }()

    private let condition = NSCondition()
    private let source = Mutex<Int?>(nil)
    private let willWait: (@Sendable () -> Void)?

    /// - Parameter willWait: called before somebody waits.
    package init(willWait: (@Sendable () -> Void)? = nil) { self.willWait = willWait }

    package var isDone: Bool { source.withLock { $0 != nil } }

    /// Returns when the message has arrived, or may be changed again.
    ///
    /// - Returns: the rank that sent it, of one that was received.
    @discardableResult package func wait() -> Int {
        if let source = source.withLock({ $0 }) { return source }
        willWait?()
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let source = source.withLock({ $0 }) { return source }
            condition.wait()
        }
    }

    /// As ``wait()``, but for a rank that may never answer: one that died has `mpirun` end all others.
    /// Nobody is hurried by it.
    ///
    /// - Throws: ``Interrupted``.
    @discardableResult package func wait(unless isCancelled: () -> Bool) throws -> Int {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let source = source.withLock({ $0 }) { return source }
            if isCancelled() { throw Interrupted() }
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.02))
        }
    }

    /// Called once by whoever moves the message.
    package func complete(source rank: Int) {
        condition.lock()
        source.withLock { $0 = rank }
        condition.broadcast()
        condition.unlock()
    }
}
