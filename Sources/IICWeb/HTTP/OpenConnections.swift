import Synchronization

/// Whom the server is talking to.
final class OpenConnections: Sendable {
    private struct State {
        var next = 0
        var connections: [Int: Connection] = [:]
        /// When those came whose request is not there yet.
        var reading: [Int: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())

    /// Makes sure that there are fewer than `limit`: waits a while, or ends the one that has been
    /// sending its request for the longest time, if that is longer than `grace`.
    ///
    /// Clients that are slow, or only hold a connection, keep nobody else from the page this way.
    ///
    /// - Returns: whether that was possible.
    func makePlace(among limit: Int, grace: Duration) async -> Bool {
        let start = ContinuousClock.now
        while true {
            if state.withLock({ $0.connections.count < limit }) { return true }
            endSlowest(after: grace)
            if ContinuousClock.now - start >= grace + .milliseconds(500) { return false }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return false }
        }
    }

    /// Ends the connection that has been sending its request for the longest time, if that is longer
    /// than `grace`; it leaves its place soon after this.
    func endSlowest(after grace: Duration) {
        state.withLock { state in
            guard let (id, since) = state.reading.min(by: { $0.value < $1.value }),
                ContinuousClock.now - since >= grace
            else { return }
            state.reading[id] = nil
            state.connections[id]?.interrupt()
        }
    }

    func insert(_ connection: Connection) -> Int {
        state.withLock { state in
            state.next += 1
            state.connections[state.next] = connection
            state.reading[state.next] = .now
            return state.next
        }
    }

    func hasRead(_ id: Int) { state.withLock { $0.reading[id] = nil } }

    /// To be called before the connection is closed: its number may be another's right after.
    func remove(_ id: Int) {
        state.withLock {
            $0.reading[id] = nil
            $0.connections[id] = nil
        }
    }
}
