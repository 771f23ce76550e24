import IICInfer
import Logging
import ServiceLifecycle

/// Looks into the folder again and again, and finds out which scenes have arrived.
///
/// It polls: notifications of the kernel do not tell what another machine writes on a network file
/// system.
struct FolderWatcher: Service {
    let folder: String
    let interval: Duration
    /// Whether to return when there is nothing left to wait for.
    let once: Bool
    let queue: SceneQueue
    let work: SceneWork
    let logger: Logger

    func run() async throws {
        // `sleep` ends at once on shutdown, and the loop with it.
        await cancelWhenGracefulShutdown {
            var unreadable = false
            var problems: [FileName: String] = [:]
            while !Task.isCancelled {
                do {
                    let found = try await onOwnThread("scan") { try scan() }
                    for (name, problem) in found.sorted(by: { $0.key < $1.key })
                    where problems[name] != problem {
                        logger.error("\(problem)")
                    }
                    problems = found
                    if unreadable { logger.notice("“\(folder)” can be read again.") }
                    unreadable = false
                } catch {
                    // A network drive that has gone may come back; what was known stays known.
                    if !unreadable { logger.error("\(error) Waiting for it.") }
                    unreadable = true
                }
                if once && !unreadable && queue.read({ $0.isIdle }) { return }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }

    /// - Returns: what cannot be mapped, and why.
    private func scan() throws -> [FileName: String] {
        let listing = try SceneListing(folder: folder)
        for name in queue.update({ state, time in state.scan(listing, at: time) }) {
            let (finding, failure) = check("\(folder)/\(name.text)")
            let verdict = queue.update { state, time in
                state.checked(name, finding, at: time)
            }
            switch verdict {
            case .damaged: logger.error("\(failure) It is left alone until it changes.")
            case .postponed(let delay): logger.error("\(failure) It is tried again in \(delay).")
            case nil: break
            }
        }
        return listing.problems
    }

    private func check(_ path: String) -> (FolderState.Finding, failure: String) {
        do {
            try work.check(path)
            return (.whole, "")
        } catch {
            return (error.isPassing ? .unreadable : .incomplete, "\(error)")
        }
    }
}
