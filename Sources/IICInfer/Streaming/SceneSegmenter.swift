import IICKernels
import Synchronization

/// Runs a scene through an engine swath by swath, on several threads: each reads, computes and hands
/// on the rows of its own swaths, so that reading, arithmetic and writing overlap.
///
/// Memory depends on the swaths in flight alone, never on the scene; the pixels depend on neither.
public struct SceneSegmenter: Sendable {
    public let engine: any Engine
    /// What makes the classes.
    public let readOut: any ReadOut
    /// At most so many swaths are computed at once.
    public let threads: Int
    public let memoryLimit: Int

    /// - Parameter readOut: head B alone unless given.
    /// - Precondition: a read-out of pixels needs `seamless` geometry: a tile that stands alone does
    ///   not know its neighbours.
    public init(
        engine: any Engine, readOut: (any ReadOut)? = nil, threads: Int, memoryLimit: Int
    ) {
        precondition(threads > 0, "\(threads) threads")
        precondition(readOut?.readsPixels != true || engine.geometry == .seamless)
        self.engine = engine
        self.readOut = readOut ?? HeadReadOut(engine.architecture)
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// Shares out the memory limit for one scene, or the part of it in `bounds`, and for exactly
    /// the heads and pixels that `encoders` take.
    ///
    /// - Parameters:
    ///   - kept: bytes that are taken beside what encoders keep.
    ///   - finishing: bytes that are taken once nothing is computed any more.
    /// - Throws: ``MemoryBudgetError``, which names the least limit that works, or
    ///   ``RasterError/blockTooLarge(path:blockBytes:leastMemory:)``.
    public func budget(
        for scene: SceneReader, bounds: PixelWindow? = nil, encoders: [any RowEncoder],
        kept: Int = 0, finishing: Int = 0
    ) throws -> MemoryBudget {
        var need = need(for: scene, bounds: Self.clip(bounds, scene), encoders: encoders)
        need.outputs += kept
        need.finishing = finishing
        return try MemoryBudget(limit: memoryLimit, threads: threads, need: need)
    }

    /// The lowest memory limit that works for one scene.
    public func leastMemory(for scene: SceneReader, encoders: [any RowEncoder]) -> Int {
        MemoryBudget.least(
            need(for: scene, bounds: Self.clip(nil, scene), encoders: encoders))
    }

    /// The heads that some encoders need, each once.
    private func heads(of encoders: [any RowEncoder]) -> [Head] {
        let labellings = Set(encoders.flatMap(\.labellings))
        return (Head.allCases + [.projection]).filter { head in
            labellings.contains(.classes) && readOut.heads.contains(head)
                || labellings.contains(.overclusters) && head == .A
        }
    }

    /// Columns of the narrowest swath in `seamless` geometry.
    private static let narrowest = 128
    /// Columns beyond which a swath gains little: its halo is 3 % of these.
    private static let widest = 2048
    /// Tiles side by side in `paper` geometry: their Winograd tiles just fill the engine's blocks.
    private static let together = 6

    private func need(
        for scene: SceneReader, bounds: PixelWindow, encoders: [any RowEncoder]
    ) -> MemoryBudget.Need {
        let heads = heads(of: encoders)
        let pixelBytes = encoders.reduce(0) { $0 + $1.pixelBytes }
        let largest = encoders.map(\.pixelBytes).max() ?? 0
        let part = Self.part(bounds, scene)
        let weights = ParameterLayout(engine.architecture).count
        let architecture = engine.architecture.mapping(readOut.classes)
        let isPaper = engine.geometry == .paper
        let columns =
            isPaper
            ? 1...Self.together
            : min(Self.narrowest, part.width)...min(Self.widest, part.width)
        return MemoryBudget.Need(
            scene: scene.path, block: scene.largestBlockBytes,
            manyReaders: !scene.hasWholeRows,
            // The weights as they are, and what the allocator keeps of the file's bytes.
            model: 2 * 4 * weights + engine.weightBytes,
            outputs: encoders.reduce(
                (scene.area?.memoryBytes ?? 0)
                    + (RemoteFile.isRemote(scene: scene.path) ? RemoteFile.cacheBytes : 0)
            ) {
                $0 + $1.memoryBytes(width: bounds.width, height: bounds.height)
            }, columns: columns,
            swath: { count in
                let tile = SwathLayout.tile
                // With its halo on both sides, and what a cut may add to be on the grid.
                let width = min(count + 16, part.width)
                let left = part.x + (part.width - width) / 2
                let swath =
                    isPaper
                    ? Swath(
                        height: tile, rows: 0..<tile, width: tile, columns: 0..<tile,
                        copies: count)
                    : Swath(
                        height: scene.height, rows: part.y..<part.y + part.height,
                        width: scene.width, columns: left..<left + width)
                let rows = SwathRows.bytes(
                    width: isPaper ? count * tile : width, pixelBytes: pixelBytes,
                    readOut: readOut, channels: engine.architecture.channels)
                let workspace = encoders.map {
                    $0.workspaceBytes(
                        pixels: isPaper ? count * tile : width, architecture: architecture)
                }
                return engine.bytes(swath, heads: heads) + rows + (workspace.max() ?? 0)
                    + scene.gridBytes(
                        columns: engine.inputs(of: swath).columns.count * swath.copies,
                        pixelBytes: largest)
            })
    }

    /// The part of a scene's file to map.
    private static func clip(_ bounds: PixelWindow?, _ scene: SceneReader) -> PixelWindow {
        let whole = PixelWindow(x: 0, y: 0, width: scene.fileWidth, height: scene.fileHeight)
        let bounds = (bounds ?? whole).intersection(whole)
        precondition(bounds.count > 0, "nothing to label in \(whole)")
        return bounds
    }

    /// The same in the pixels that are read.
    private static func part(_ bounds: PixelWindow, _ scene: SceneReader) -> PixelWindow {
        scene.grid?.window(holding: bounds) ?? bounds
    }

    private func layout(
        _ scene: SceneReader, bounds: PixelWindow, budget: MemoryBudget
    ) -> SwathLayout {
        guard engine.geometry == .seamless else {
            return SwathLayout(bounds: bounds, together: budget.columns)
        }
        // Where blocks are as wide as the scene, each swath decodes whole rows of it: few swaths
        // across, and bands of rows that GDAL's cache holds until the last of them has passed.
        let (across, down) = SwathLayout.parts(
            of: bounds, widest: budget.columns, threads: budget.threads,
            wholeRows: scene.hasWholeRows
                ? max(256, budget.cacheBytes / 2 / scene.rowBytes) : nil)
        return SwathLayout(
            width: scene.width, height: scene.height, bounds: bounds, across: across, down: down)
    }

    /// The swaths of what is not finished: of the whole at once, or of each part that is left.
    private func jobs(
        _ scene: SceneReader, bounds: PixelWindow, without finished: [PixelWindow],
        budget: MemoryBudget
    ) -> [SwathLayout.Job] {
        let finished = FinishedArea(
            finished.map {
                PixelWindow(
                    x: $0.x + bounds.x, y: $0.y + bounds.y, width: $0.width, height: $0.height)
            })
        return finished.rest(of: bounds).flatMap { rest in
            layout(scene, bounds: Self.part(rest, scene), budget: budget).jobs.map { job in
                var job = job
                job.target = rest
                return job
            }
        }
    }

    /// Runs `scene`, or the part of it in `bounds`, and gives the pixels that `encoders` make of it
    /// to `write`. What is read on a grid comes back on the file's own.
    ///
    /// - Parameters:
    ///   - bounds: in the file's pixels; the halo is read from outside it, so its pixels are those
    ///     of the whole scene's map.
    ///   - finished: parts that are left out, counted as the windows of `write`; they share no pixel.
    ///   - matching: what the values go through before they are scaled.
    ///   - budget: of this scene, these bounds and these encoders.
    ///   - write: takes `(H, W, pixelBytes)` pixels of an encoder and their window, counted from
    ///     the corner of `bounds`. Every pixel of every encoder is handed over once, in no set
    ///     order, those that are finished apart. Called by one thread at a time, not always the same one.
    ///   - progress: tiles' worth of pixels done and their total; called like `write`.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: what reading and `write` throw, or ``Interrupted``.
    public func segment(
        _ scene: SceneReader, bounds: PixelWindow? = nil, finished: [PixelWindow] = [],
        scaling: Scaling, matching: SceneMatching? = nil, budget: MemoryBudget,
        encoders: [any RowEncoder],
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        precondition(
            scene.bands.count == scaling.bands.count
                && scaling.bands.count == engine.architecture.channels,
            "\(scene.bands) \(scaling.bands) \(engine.architecture.channels)")
        let bounds = Self.clip(bounds, scene)
        let jobs = jobs(scene, bounds: bounds, without: finished, budget: budget)
        let heads = heads(of: encoders)
        let pool = ComputePool(threads: min(budget.threads, jobs.count))
        let queue = SwathQueue(
            jobs, workers: pool.threads,
            shares: engine.geometry == .seamless && scene.readsAnywhere)
        var readers = [scene]
        while readers.count < min(budget.readers, pool.threads) {
            try readers.append(
                SceneReader(again: scene))
        }
        let sources = readers.map { ReaderLock($0) }
        let tile = SwathLayout.tile * SwathLayout.tile
        let total = (bounds.count + tile - 1) / tile
        let failure = Mutex<(any Error)?>(nil)
        let stopped = Atomic(false)
        // Pixels done, of every encoder; held while they are written.
        let before = finished.reduce(0) { $0 + $1.count }
        let sink = Mutex(before * encoders.count)
        progress(before == bounds.count ? total : before / tile, total)
        pool.forEach(pool.threads) { _, worker in
            do {
                let source = sources[worker % sources.count]
                while !stopped.load(ordering: .relaxed), let job = queue.next(worker) {
                    try run(
                        job, source: source, bounds: bounds, scaling: scaling,
                        matching: matching, heads: heads, encoders: encoders
                    ) { row in
                        queue.isLast(row, of: worker)
                    } write: { encoder, pixels, window in
                        try sink.withLock { done in
                            try write(encoder, pixels, window)
                            done += window.count
                            let each = done / encoders.count
                            progress(each == bounds.count ? total : each / tile, total)
                        }
                    } isCancelled: {
                        isCancelled() || stopped.load(ordering: .relaxed)
                    }
                }
            } catch {
                stopped.store(true, ordering: .relaxed)
                failure.withLock { first in
                    // What stopped the others is reported, not that they stopped.
                    if first == nil || first is Interrupted { first = error }
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Ends a swath before its last row.
    private struct Cut: Error {}

    /// Runs one swath, to its end or the first row that `isLast` says is the last one.
    private func run(
        _ job: SwathLayout.Job, source: ReaderLock, bounds: PixelWindow, scaling: Scaling,
        matching: SceneMatching?, heads: [Head], encoders: [any RowEncoder],
        isLast: (_ row: Int) -> Bool,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        isCancelled: () -> Bool
    ) throws {
        let inputs = engine.inputs(of: job.swath)
        // Copies lie side by side in the scene as well, and each needs all of its columns.
        let columns = inputs.columns.count * job.swath.copies
        let rows = SwathRows(
            covered: job.covered, wanted: job.wanted, encoders: encoders, readOut: readOut,
            architecture: engine.architecture,
            restorer: source.restorer(bounds: job.target ?? bounds))
        if isCancelled() { throw Interrupted() }
        do {
            try engine.run(job.swath, heads: heads) { part, values, wanted in
                let window = PixelWindow(
                    x: job.x + inputs.columns.lowerBound, y: job.y + part.lowerBound,
                    width: columns, height: part.count)
                let hasData = try source.read(window, into: &values, valid: &wanted)
                if hasData {
                    matching?.apply(to: &values, valid: wanted.span)
                    scaling.apply(to: &values, valid: wanted.span)
                }
                rows.keep(values.span, valid: wanted.span, window: window, hasData: hasData)
            } isCancelled: {
                isCancelled()
            } emit: { row, scores in
                let ends = isLast(row)
                try rows.add(scores, row: job.y + row, isLast: ends) { encoder, pixels, window in
                    var window = window
                    window.x -= bounds.x
                    window.y -= bounds.y
                    try write(encoder, pixels, window)
                }
                if ends && row + 1 < job.swath.rows.upperBound { throw Cut() }
            }
        } catch is Cut {}
    }
}

/// A reader that threads take in turn: GDAL allows one at a time on a dataset.
///
/// Sendable because the lock is held whenever the reader is used.
private final class ReaderLock: @unchecked Sendable {
    private let reader: SceneReader
    private let grid: SceneGrid?
    private let lock = Mutex<Void>(())

    init(_ reader: SceneReader) {
        self.reader = reader
        grid = reader.grid
    }

    /// What brings pixels back to the file's own; nil where those are read.
    func restorer(bounds: PixelWindow) -> ((_ empty: [[UInt8]]) -> GridRestorer)? {
        guard let grid else { return nil }
        return { empty in
            GridRestorer(grid: grid, bounds: bounds, empty: empty) { window in
                try self.lock.withLock { _ in try self.reader.marks(inFile: window) }
            }
        }
    }

    func read(
        _ window: PixelWindow, into values: inout MutableSpan<Float>,
        valid: inout MutableSpan<UInt8>
    ) throws -> Bool {
        try lock.withLock { _ in try reader.read(window, into: &values, valid: &valid) }
    }
}
