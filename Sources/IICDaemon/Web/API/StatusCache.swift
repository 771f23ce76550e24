import IICInfer
import Synchronization

/// The last state that was told.
final class StatusCache: Sendable {
    private let state = Mutex<(version: Int, time: ContinuousClock.Instant, status: JSONValue)?>(
        nil)

    /// What does not count as a change, such as memory, is never older than this.
    private static let age = Duration.seconds(2)

    func status(_ version: Int) -> JSONValue? {
        state.withLock {
            guard let last = $0, last.version == version, .now - last.time < Self.age else {
                return nil
            }
            return last.status
        }
    }

    func keep(_ status: JSONValue, _ version: Int) {
        state.withLock { $0 = (version, .now, status) }
    }
}
