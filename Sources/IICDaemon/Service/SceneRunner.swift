import IICInfer
import Logging
import ServiceLifecycle
import Synchronization

/// Segments the scenes that are ready, one at a time.
struct SceneRunner: Service {
    let folder: String
    let maps: String
    let queue: SceneQueue
    let work: SceneWork
    let logger: Logger

    func run() async throws {
        let stop = StopSwitch()
        try await withGracefulShutdownHandler {
            for await _ in queue.wakeups.cancelOnGracefulShutdown() {
                while !stop.isSet, let (name, stamp) = queue.next() {
                    let outcome = try await onOwnThread("segment") {
                        process(name, stamp, stop: stop)
                    }
                    guard let outcome else { continue }
                    let delay = queue.update { state, time in
                        state.finished(name, stamp, outcome, at: time)
                    }
                    if let delay { logger.notice("“\(name)” is tried again in \(delay).") }
                }
                if stop.isSet { return }
            }
        } onGracefulShutdown: {
            stop.set()
        }
    }

    /// Returns nil for work that was given up because of a shutdown or a change of the scene.
    private func process(
        _ name: FileName, _ stamp: SceneStamp, stop: StopSwitch
    ) -> FolderState.Outcome? {
        let scene = "\(folder)/\(name.text)"
        let map = maps + "/" + SceneNames.mapName(for: name.text)
        let shouldStop: @Sendable () -> Bool = {
            stop.isSet || !queue.read { $0.isCurrent(name, stamp) }
        }
        do {
            if try work.isMapped(scene, map, shouldStop) {
                logger.info("“\(name)” has its map already.")
                return .done
            }
            if shouldStop() { return nil }
            logger.info("Segmenting “\(name)”.")
            let clock = ContinuousClock()
            let time = try clock.measure { try work.segment(scene, map, shouldStop) }
            let seconds = (time / .seconds(1) * 10).rounded() / 10
            logger.info("Mapped “\(name)” in \(seconds) s: “\(map)”.")
            return .done
        } catch {
            if stop.isSet {
                logger.notice("“\(name)” was given up for the shutdown; it will be done again.")
                return nil
            }
            if shouldStop() {
                logger.notice("“\(name)” has changed or gone while it was segmented.")
                return nil
            }
            logger.error("\(error)")
            return error.isPassing ? .postponed : .rejected
        }
    }
}

/// A switch that is turned on once, from any thread.
final class StopSwitch: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}

extension Error {
    /// Whether what failed may pass by itself.
    var isPassing: Bool { (self as? any UserError)?.exitStatus.isPassing ?? false }
}
