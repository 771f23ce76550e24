import Dispatch
import Foundation
import Synchronization

/// One scene by the processes of one job: rank 0 makes the map, and all of them compute its rows.
extension SegmentJob {
    /// Pixels of a window that is worth computing apart: its halo is a tenth of it.
    private static let windowPixels = 1500 * 1500
    /// Windows a rank at most, so that all end at nearly the same time.
    private static let windowsPerRank = 8

    /// What ranks must agree on before their rows make one map: sizes of files stand for the files,
    /// which rank 0 alone hashes.
    private func greeting(
        _ scene: Scene, files: FileIdentity, outputs: [any MapOutput]
    ) -> String {
        let origin = origin(of: scene, sceneHash: "")
        let greeting: JSONValue = [
            "sizes": .array(files.sizes.map(JSONValue.integer)),
            "size": [.integer(scene.width), .integer(scene.height)],
            "model": .string(modelHash), "version": .string(Software.version),
            "outputs": .array(
                outputs.filter { $0.role != .follower }.map {
                    .string(origin.provenance(of: $0).settingsHash)
                }),
        ]
        return greeting.text
    }

    /// The windows that are left of a map, as ranks compute them.
    private func windows(
        of scene: Scene, without finished: FinishedArea, ranks: Int
    ) -> [PixelWindow] {
        let each = max(
            1, min(Self.windowsPerRank, scene.width * scene.height / ranks / Self.windowPixels))
        let whole = scene.window
        return SceneParts.windows(
            of: whole, count: ranks * each, geometry: settings.geometry,
            wholeRows: scene.reader.hasWholeRows
        ).compactMap { window in
            window.map {
                PixelWindow(
                    x: $0.x - whole.x, y: $0.y - whole.y, width: $0.width, height: $0.height)
            }
        }.flatMap { finished.rest(of: $0) }
    }

    /// Computes a window of a map.
    ///
    /// - Parameter write: is given windows in the map.
    private func compute(
        _ window: PixelWindow, of scene: Scene, values: Values,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        isCancelled: @Sendable () -> Bool
    ) throws {
        var place = window
        place.x += scene.window.x
        place.y += scene.window.y
        let part = Scene(
            reader: scene.reader, bounds: place, encoders: scene.encoders, budget: scene.budget)
        try segment(
            part, values: values,
            write: { encoder, pixels, place in
                var place = place
                place.x += window.x
                place.y += window.y
                try write(encoder, pixels, place)
            }, isCancelled: isCancelled)
    }

    /// Rank 0's part: computes rows as the others do, and takes theirs; as
    /// ``segment(_:keeping:write:progress:isCancelled:)`` else.
    func segment(
        _ scene: Scene, keeping rows: PartialFile, by ranks: any Ranks, files: FileIdentity,
        outputs: [any MapOutput],
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void,
        isCancelled: @Sendable () -> Bool
    ) throws {
        guard ranks.count > 1 else {
            return try segment(
                scene, keeping: rows, write: write, progress: progress, isCancelled: isCancelled)
        }
        let finished = try rows.restore(write: write, isCancelled: isCancelled)
        let values = try values(
            of: scene, progress: { progress(.scaling, $0, $1) }, isCancelled: isCancelled)
        let server = RowServer(
            ranks, greeting: greeting(scene, files: files, outputs: outputs),
            windows: windows(of: scene, without: finished, ranks: ranks.count),
            pixelBytes: scene.encoders.map(\.pixelBytes))
        let tile = SwathLayout.tile * SwathLayout.tile
        let all = scene.width * scene.height
        let total = (all + tile - 1) / tile
        let counted = scene.encoders.count { $0.pixelBytes > 0 }
        // Pixels done, of every encoder that makes any; held while they are written.
        let sink = Mutex(finished.count * counted)
        progress(.segmenting, finished.count == all ? total : finished.count / tile, total)
        func take(_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws {
            guard !pixels.isEmpty else { return }
            try sink.withLock { done in
                try write(encoder, pixels, window)
                rows.keep(pixels, encoder: encoder, window: window)
                done += window.count
                let each = done / counted
                progress(.segmenting, each == all ? total : each / tile, total)
            }
        }
        let stopped = Atomic(false)
        try withoutActuallyEscaping(isCancelled) { isCancelled in
            let isStopped: @Sendable () -> Bool = {
                isCancelled() || stopped.load(ordering: .relaxed)
            }
            try Self.both {
                do { try server.run(take: take, isCancelled: isStopped) } catch {
                    stopped.store(true, ordering: .relaxed)
                    throw error
                }
            } and: {
                do {
                    while let window = server.nextWindow() {
                        try compute(
                            window, of: scene, values: values, write: take, isCancelled: isStopped)
                    }
                } catch {
                    stopped.store(true, ordering: .relaxed)
                    throw error
                }
            }
        }
    }

    /// Runs two things at the same time, the first on a thread of its own, and returns when both have
    /// ended.
    ///
    /// - Throws: what one of them throws; rather why it failed than that it was stopped.
    private static func both(
        _ first: () throws -> Void, and second: () throws -> Void
    ) throws {
        let ended = DispatchSemaphore(value: 0)
        try withoutActuallyEscaping(first) { first in
            // The thread has ended before this function returns.
            let thread = OtherThread(ended) { Result { try first() } }
            thread.start()
            let own = Result { try second() }
            ended.wait()
            if case .failure(let error) = thread.result, !(error is Interrupted) { throw error }
            try own.get()
            try thread.result.get()
        }
    }

    /// Another rank's part: computes the windows that rank 0 hands out and sends it their rows, until
    /// there are no more. It writes nothing.
    ///
    /// - Throws: ``Dismissed``, after rank 0 was told why.
    package func compute(
        scene path: String, outputs: [any MapOutput], for ranks: any Ranks,
        isCancelled: @Sendable () -> Bool
    ) throws {
        try withoutActuallyEscaping(isCancelled) { isCancelled in
            let client = RowClient(ranks, isCancelled: isCancelled)
            do {
                RemoteFile.forgetAll()
                let before = try FileIdentity(scene: path, bands: settings.bands)
                let scene = try open(path, making: outputs)
                try client.greet(greeting(scene, files: before, outputs: outputs))
                let values = try values(of: scene, isCancelled: isCancelled)
                while true {
                    guard try FileIdentity(scene: path, bands: settings.bands) == before else {
                        throw SegmentError.changed(path: path)
                    }
                    guard let window = try client.nextWindow() else { return }
                    try compute(
                        window, of: scene, values: values,
                        write: { try client.send($1, encoder: $0, window: $2) },
                        isCancelled: isCancelled)
                }
            } catch {
                try? client.fail(error)
                throw Dismissed()
            }
        }
    }
}

/// A thread that leaves a result.
///
/// Sendable because the result is written before the semaphore is signalled and read after that.
private final class OtherThread: @unchecked Sendable {
    private(set) var result = Result<Void, any Error>.success(())
    private let ended: DispatchSemaphore
    private var body: (() -> Result<Void, any Error>)?

    init(_ ended: DispatchSemaphore, _ body: @escaping () -> Result<Void, any Error>) {
        self.ended = ended
        self.body = body
    }

    func start() {
        let thread = Thread { [self] in
            work()
            ended.signal()
        }
        thread.name = "iicd.rows"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Leaves no trace of what it ran, which does not outlive the caller.
    private func work() {
        guard let body = body.take() else { preconditionFailure("started twice") }
        result = body()
    }
}
