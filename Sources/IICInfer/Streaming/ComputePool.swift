import Dispatch
import Foundation
import Synchronization

/// The threads that arithmetic runs on: as many as asked for, apart from the cooperative pool,
/// which must stay free for timers and signals.
public struct ComputePool: Sendable {
    public let threads: Int

    /// - Parameter threads: at least 1; as many as this process has processors unless given.
    public init(threads: Int? = nil) {
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Calls `body` for each index below `count`, on all threads, and returns when all are done.
    ///
    /// - Parameter body: `(worker, index)`: worker 0…threads−1 runs one index at a time, so that
    ///   scratch may belong to a worker. Indices run at the same time: each writes its own part of
    ///   what it shares with others, which the compiler cannot check. Results must not depend on
    ///   which worker ran what.
    public func forEach(_ count: Int, _ body: (_ worker: Int, _ index: Int) -> Void) {
        let workers = min(threads, count)
        guard workers > 1 else {
            for index in 0..<count { body(0, index) }
            return
        }
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            // Not sent anywhere: every call ends before this function returns.
            nonisolated(unsafe) let shared = body
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < count else { return }
                    unsafe shared(worker, index)
                }
            }
        }
    }
}
