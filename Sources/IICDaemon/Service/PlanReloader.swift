import Glibc
import IICInfer
import Logging
import ServiceLifecycle
import UnixSignals

/// Takes new settings and a new model on SIGHUP; what cannot be used is refused, and what was goes on.
struct PlanReloader: Service {
    let keeper: JobKeeper
    let reload: @Sendable () throws -> DaemonPlan
    let manager: ServiceManager
    /// Has the folder looked at now.
    let nudge: @Sendable () -> Void
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            manager.reloading()
            do {
                let plan = try await onOwnThread("reload") { try reload() }
                let before = keeper.plan
                let isSame =
                    (plan.modelHash, plan.settingsHash) == (before.modelHash, before.settingsHash)
                keeper.replan(plan)
                if isSame {
                    logger.notice("Settings and model were read again, and are what they were.")
                } else {
                    logger.notice(
                        """
                        Settings and model were read again: what was begun ends as it began, and all \
                        scenes are mapped by the new ones.
                        """)
                }
                nudge()
            } catch {
                logger.error("\(error) The settings and the model of before stay in use.")
            }
            manager.ready()
        }
    }
}
