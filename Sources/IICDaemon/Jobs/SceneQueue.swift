import IICInfer
import Synchronization

/// The state that the watcher and the runner share.
final class SceneQueue: Sendable {
    private let state: Mutex<FolderState>
    private let start = ContinuousClock.now
    /// One element stands for any number of changes: the runner looks for itself what is ready.
    let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation

    init(_ state: FolderState) {
        self.state = Mutex(state)
        (wakeups, wakeup) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Since the queue was made.
    var time: Duration { ContinuousClock.now - start }

    /// Gives `body` the state and the time, and wakes the runner afterwards.
    func update<Value>(_ body: (inout FolderState, Duration) -> sending Value) -> sending Value {
        let time = time
        defer { wake() }
        return state.withLock { body(&$0, time) }
    }

    /// Lets the runner look whether it can do something.
    func wake() { wakeup.yield() }

    /// The next scene that is ready. The runner asks this, so it wakes nobody: it would wake itself,
    /// and never rest.
    func next() -> FolderState.Ticket? { state.withLock { $0.next() } }

    /// What is to be shown otherwise than before.
    func takeChanges() -> Set<FileName> { state.withLock { $0.takeChanges() } }

    /// How long to wait before the next look, as ``FolderState/pause(at:active:idle:)`` has it.
    func pause(active: Duration, idle: Duration) -> Duration {
        let time = time
        return state.withLock { $0.pause(at: time, active: active, idle: idle) }
    }

    func read<Value>(_ body: (FolderState) -> sending Value) -> sending Value {
        state.withLock { body($0) }
    }
}
