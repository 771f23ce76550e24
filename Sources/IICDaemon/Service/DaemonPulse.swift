import IICInfer
import Logging
import ServiceLifecycle

/// What is done every so often: the ledger is brought up to date, free space is looked at, the last hour
/// is recorded, and the service manager hears that there is progress.
struct DaemonPulse: Service {
    let keeper: JobKeeper
    let space: FreeSpace
    let manager: ServiceManager
    /// When the watcher will have looked at the folder again.
    let nextLook: @Sendable () -> ContinuousClock.Instant
    let logger: Logger

    func run() async throws {
        var beats = 0
        let every = Int(LiveJobs.interval / .seconds(1))
        while true {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            if Task.isShuttingDownGracefully { return }
            let isTidied = beats.isMultiple(of: 600)
            let isSampled = beats.isMultiple(of: every)
            beats += 1
            try await onOwnThread("pulse") {
                keeper.tend()
                keeper.note(.space, space.shortage())
                keeper.sync()
                if isSampled { keeper.live.sample() }
                // Nothing can go on with what unfinished maps have left.
                if isTidied, keeper.queue.read({ $0.isFinished }) {
                    PartialRows.removeAll(in: keeper.outputs.partial)
                }
                tell()
            }
        }
    }

    /// The watchdog hears of it as long as the folder is looked at when it should be.
    private func tell() {
        let counts = (try? keeper.ledger.counts()) ?? [:]
        func count(_ state: JobState) -> Int { counts[state] ?? 0 }
        var text =
            "\(count(.running)) at work, \(count(.queued) + count(.arriving)) to come, "
            + "\(count(.done)) done, \(count(.failed)) failed"
        if let obstacle = keeper.obstacle { text = "\(obstacle) \(text)" }
        manager.status(text)
        if nextLook() > ContinuousClock.now { manager.alive() }
    }
}
