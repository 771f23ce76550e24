import Foundation
import IICDaemon
import IICInfer
import Synchronization

/// What a worker tells its daemon, in lines on standard output; from any thread.
final class WorkerReport: Sendable {
    private struct State {
        var stage = "opening"
        /// When the stage began, and how much was done then.
        var began = SuspendingClock().now
        var doneBefore = 0
        var lastUpdate: SuspendingClock.Instant?
        var hasEstimate = false
        var picture: MapPicture?
    }

    private let state = Mutex(State())
    /// Held while a line is written.
    private let output = Mutex(())

    /// No two reports of progress come in less time.
    private static let interval = Duration.milliseconds(250)

    /// Tells a daemon that its launcher has started this process. A banner may have left a line without an
    /// end.
    func begin() {
        output.withLock { _ in Self.write(Array("\n".utf8)[...]) }
        send(.event(.started(host: LedgerLock.hostName, process: Int(getpid()))))
    }

    /// Answers that this process lives, unless that would have to wait: who asks must not hang where
    /// nobody reads any more.
    func live() {
        _ = output.withLockIfAvailable { _ in
            var target = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&target, 1, 0) == 1 else { return }
            Self.write(Array("\(WorkerMessage.alive.line())\n".utf8)[...])
        }
    }

    func warn(_ sentence: String) { send(.event(.warning(sentence))) }

    func fail(_ error: any Error) {
        let code = (error as? any UserError)?.exitStatus.rawValue ?? ExitStatus.failed.rawValue
        let stage = state.withLock { $0.stage }
        send(.failed(JobFailure(code: code, stage: stage, sentence: "\(error)")))
    }

    func update(_ stage: SegmentJob.Stage, done: Int, of total: Int) {
        let now = SuspendingClock().now
        let messages = state.withLock { state -> [WorkerMessage] in
            let isNew = state.stage != stage.name
            if isNew {
                (state.stage, state.began, state.doneBefore) = (stage.name, now, done)
            }
            defer {
                // What follows the last file's making is giving it its name.
                if stage == .finishing && done >= total { state.stage = "publishing" }
            }
            let seconds = (now - state.began) / .seconds(1)
            let rate = Double(done - state.doneBefore) / seconds
            let hasRate = seconds > 0.2 && rate > 0
            let left = hasRate ? Double(total - done) / rate : nil
            var messages: [WorkerMessage] = []
            // From the scene's own tiles, here and now.
            if stage == .segmenting, let left, !state.hasEstimate, seconds > 2 {
                state.hasEstimate = true
                messages.append(.estimate(seconds + left))
            }
            let isDue = state.lastUpdate.map { now - $0 >= Self.interval } ?? true
            guard isNew || isDue || done >= total else { return messages }
            state.lastUpdate = now
            messages.append(
                .event(
                    .progress(
                        WorkerProgress(
                            stage: stage.name, done: Double(done), total: Double(total),
                            unit: stage.unit, rate: hasRate ? rate : nil, secondsLeft: left))))
            return messages
        }
        for message in messages { send(message) }
    }

    /// Takes labels of the map in the making, as ``LabelMap/Watcher`` has them.
    func draw(_ labels: Span<UInt8>, at window: PixelWindow, of map: (width: Int, height: Int)) {
        let rows = state.withLock { state in
            var picture = state.picture.take() ?? MapPicture(width: map.width, height: map.height)
            defer { state.picture = picture }
            return picture.add(labels, at: window)
        }
        if let rows { send(.event(.rows(rows))) }
    }

    /// Tells what was made, once all is in place.
    func finish(
        _ map: FinishedMap, scene: String, outputs: [any MapOutput], isUnchanged: Bool
    ) throws {
        var known: Set<FileName> = []
        let files = try outputs.flatMap { $0.files + $0.companions }.compactMap {
            path -> JobResult.File? in
            guard known.insert(FileName(path)).inserted, let stamp = try FileStamp(path) else {
                return nil
            }
            let hash = try SceneHash.sha256(file: path) { Interruption.requested }
            return JobResult.File(path: FileName(path), bytes: stamp.size, sha256: hash)
        }
        let classes = map.classes.map { entry in
            JobResult.ClassShare(
                name: entry.name, colour: Self.colour(entry.colour), pixels: entry.pixels,
                squareMetres: entry.squareMetres)
        }
        let result = JobResult(
            width: map.width, height: map.height, sceneHash: map.provenance.sceneHash,
            files: files, classes: classes, nodataPixels: map.nodataPixels, seconds: 0,
            isUnchanged: isUnchanged, warnings: [])
        send(
            .done(result),
            adding: [
                "scene": .string(scene), "modelSHA256": .string(map.provenance.modelHash),
            ])
    }

    /// Such as `#1f77b4`.
    private static func colour(_ parts: [UInt8]) -> String {
        "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func send(_ message: WorkerMessage, adding others: [String: JSONValue] = [:]) {
        let line = Array((message.line(adding: others) + "\n").utf8)
        output.withLock { _ in Self.write(line[...]) }
    }

    private static func write(_ line: ArraySlice<UInt8>) {
        var rest = line
        while !rest.isEmpty {
            // A line that fits a pipe's buffer goes as one.
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.write(1, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                // Nobody reads any more.
                Interruption.request()
                return
            }
            rest = rest.dropFirst(count)
        }
    }
}

extension SegmentJob.Stage {
    /// In a word.
    fileprivate var name: String {
        switch self {
        case .scaling: "scaling"
        case .segmenting: "segmenting"
        case .cleaning: "cleaning"
        case .following: "following"
        case .finishing: "finishing"
        }
    }
}
