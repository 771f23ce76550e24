import IICInfer
import Synchronization

/// The state that the watcher and the runner share.
final class SceneQueue: Sendable {
    private let state: Mutex<FolderState>
    private let start = ContinuousClock.now
    /// One element stands for any number of scans: the runner looks for itself what is ready.
    let wakeups: AsyncStream<Void>
    private let wakeup: AsyncStream<Void>.Continuation

    init(_ state: FolderState) {
        self.state = Mutex(state)
        (wakeups, wakeup) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Gives `body` the state and the time, and wakes the runner afterwards.
    func update<Value>(_ body: (inout FolderState, Duration) -> sending Value) -> sending Value {
        let time = ContinuousClock.now - start
        defer { wakeup.yield() }
        return state.withLock { body(&$0, time) }
    }

    /// The next scene that is ready. The runner asks this, so it wakes nobody: it would wake itself,
    /// and never rest.
    func next() -> (name: FileName, stamp: SceneStamp)? {
        state.withLock { $0.next() }
    }

    /// How long to wait before the next look, as ``FolderState/pause(at:active:idle:)`` has it.
    func pause(active: Duration, idle: Duration) -> Duration {
        let time = ContinuousClock.now - start
        return state.withLock { $0.pause(at: time, active: active, idle: idle) }
    }

    func read<Value>(_ body: (FolderState) -> sending Value) -> sending Value {
        state.withLock { body($0) }
    }
}
