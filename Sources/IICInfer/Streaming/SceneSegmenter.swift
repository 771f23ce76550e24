import IICKernels
import Synchronization

/// Labels a scene strip by strip, on several threads: each reads, computes and hands on the rows of
/// its own strips, so that reading, arithmetic and writing overlap.
///
/// Memory depends on the strips in flight alone, never on the scene; the labels depend on neither.
public struct SceneSegmenter: Sendable {
    public let engine: any Engine
    public let scaling: Scaling
    /// Whose labels are wanted, made in one pass.
    public let heads: [Head]
    /// At most so many strips are computed at once.
    public let threads: Int
    public let memoryLimit: Int

    public init(
        engine: any Engine, scaling: Scaling, heads: [Head] = [.B], threads: Int,
        memoryLimit: Int
    ) {
        precondition(
            scaling.bands.count == engine.architecture.channels,
            "\(scaling.bands.count) \(engine.architecture.channels)")
        precondition(threads > 0, "\(threads) threads")
        self.engine = engine
        self.scaling = scaling
        self.heads = heads
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    /// Shares out the memory limit for one scene, or the part of it in `bounds`.
    ///
    /// - Throws: an error that names the least limit that works.
    public func budget(for scene: SceneReader, bounds: PixelWindow? = nil) throws -> MemoryBudget {
        let bounds = Self.clip(bounds, scene)
        return try MemoryBudget(
            limit: memoryLimit, threads: threads, need: need(for: scene, bounds: bounds))
    }

    /// The lowest memory limit that works for one scene.
    public func leastMemory(for scene: SceneReader) throws -> Int {
        do {
            _ = try MemoryBudget(
                limit: 0, threads: threads, need: need(for: scene, bounds: Self.clip(nil, scene)))
            return 0
        } catch let error as MemoryBudgetError {
            return error.least
        }
    }

    /// Columns of the narrowest strip in `seamless` geometry.
    private static let narrowest = 128
    /// Columns beyond which a strip gains little: context is 3 % of these.
    private static let widest = 2048
    /// Tiles side by side in `paper` geometry: their Winograd tiles just fill the engine's blocks.
    private static let together = 6

    private func need(for scene: SceneReader, bounds: PixelWindow) -> MemoryBudget.Need {
        let weights = engine.architecture.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let isPaper = engine.geometry == .paper
        let columns =
            isPaper
            ? 1...Self.together
            : min(Self.narrowest, bounds.width)...min(Self.widest, bounds.width)
        return MemoryBudget.Need(
            scene: scene.path, block: scene.largestBlockBytes,
            manyReaders: scene.blockSize.width < scene.width,
            // The weights as they are, and what the allocator keeps of the file's bytes.
            model: 2 * 4 * weights + engine.weightBytes, columns: columns,
            strip: { count in
                let tile = StripLayout.tile
                // With context on both sides, and what a cut may add to be on the grid.
                let width = min(count + 16, bounds.width)
                let left = bounds.x + (bounds.width - width) / 2
                let strip =
                    isPaper
                    ? Strip(
                        height: tile, rows: 0..<tile, width: tile, columns: 0..<tile,
                        copies: count)
                    : Strip(
                        height: scene.height, rows: bounds.y..<bounds.y + bounds.height,
                        width: scene.width, columns: left..<left + width)
                let labels = StripRows.bytes(
                    width: isPaper ? count * tile : width, heads: heads.count)
                return engine.bytes(strip, heads: heads) + labels
            })
    }

    private static func clip(_ bounds: PixelWindow?, _ scene: SceneReader) -> PixelWindow {
        let whole = PixelWindow(x: 0, y: 0, width: scene.width, height: scene.height)
        let bounds = (bounds ?? whole).intersection(whole)
        precondition(bounds.count > 0, "nothing to label in \(whole)")
        return bounds
    }

    private func layout(
        _ scene: SceneReader, bounds: PixelWindow, budget: MemoryBudget
    ) -> StripLayout {
        guard engine.geometry == .seamless else {
            return StripLayout(bounds: bounds, together: budget.columns)
        }
        // Where blocks are as wide as the scene, each strip decodes whole rows of it: few strips
        // across, and bands of rows that GDAL's cache holds until the last of them has passed.
        let wholeRows = scene.blockSize.width >= scene.width
        let row = scene.width * scene.bandCount * scene.sampleType.byteCount
        let (across, down) = StripLayout.parts(
            of: bounds, widest: budget.columns, threads: budget.threads,
            wholeRows: wholeRows ? max(256, budget.cacheBytes / 2 / row) : nil)
        return StripLayout(
            width: scene.width, height: scene.height, bounds: bounds, across: across, down: down)
    }

    /// Labels `scene`, or the part of it in `bounds`, and gives the labels to `write`.
    ///
    /// - Parameters:
    ///   - bounds: in the scene's pixels; context is read from outside it, so its labels are those
    ///     of the whole scene's map.
    ///   - write: takes `(H, W)` labels of a head and their window, counted from the corner of
    ///     `bounds`; 255 where the scene has no data. Every pixel of every head is handed over once,
    ///     in no set order.
    ///     Called by one thread at a time, not always the same one.
    ///   - progress: tiles' worth of pixels done and their total; called like `write`.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: what reading and `write` throw, ``MemoryBudgetError``, or ``Interrupted``.
    public func segment(
        _ scene: SceneReader, bounds: PixelWindow? = nil,
        write: (Span<UInt8>, Head, PixelWindow) throws -> Void,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        precondition(scene.bands.count == scaling.bands.count, "\(scene.bands) \(scaling.bands)")
        let budget = try budget(for: scene, bounds: bounds)
        let layout = layout(scene, bounds: Self.clip(bounds, scene), budget: budget)
        GDAL.limitCache(bytes: budget.cacheBytes)
        let pool = ComputePool(threads: min(budget.threads, layout.jobs.count))
        var readers = [scene]
        while readers.count < min(budget.readers, pool.threads) {
            try readers.append(
                SceneReader(path: scene.path, roles: scene.roles, bands: scene.bands))
        }
        let sources = readers.map { ReaderLock($0) }
        let tile = StripLayout.tile * StripLayout.tile
        let total = (layout.bounds.count + tile - 1) / tile
        let failure = Mutex<(any Error)?>(nil)
        let stopped = Atomic(false)
        // Pixels done, of every head; held while labels are written.
        let sink = Mutex(0)
        progress(0, total)
        pool.forEach(layout.jobs.count) { worker, index in
            guard !stopped.load(ordering: .relaxed) else { return }
            do {
                let source = sources[worker % sources.count]
                try run(layout.jobs[index], source: source, bounds: layout.bounds) {
                    labels, head, window in
                    try sink.withLock { done in
                        try write(labels, head, window)
                        done += labels.count
                        let pixels = done / heads.count
                        progress(pixels == layout.bounds.count ? total : pixels / tile, total)
                    }
                } isCancelled: {
                    isCancelled() || stopped.load(ordering: .relaxed)
                }
            } catch {
                stopped.store(true, ordering: .relaxed)
                failure.withLock { first in
                    // What stopped the others is told, not that they stopped.
                    if first == nil || first is Interrupted { first = error }
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Labels one strip.
    private func run(
        _ job: StripLayout.Job, source: ReaderLock, bounds: PixelWindow,
        write: (Span<UInt8>, Head, PixelWindow) throws -> Void, isCancelled: () -> Bool
    ) throws {
        let inputs = engine.inputs(of: job.strip)
        // Copies lie side by side in the scene as well, and each needs all of its columns.
        let columns = inputs.columns.count * job.strip.copies
        let rows = StripRows(covered: job.covered, wanted: job.wanted, heads: heads)
        if isCancelled() { throw Interrupted() }
        try engine.label(job.strip, heads: heads) { part, values in
            let window = PixelWindow(
                x: job.x + inputs.columns.lowerBound, y: job.y + part.lowerBound, width: columns,
                height: part.count)
            let valid = Buffer<UInt8>(repeating: 0, count: window.count)
            do {
                var marks = valid.mutableSpan()
                try source.read(window, into: &values, valid: &marks)
            }
            scaling.apply(to: &values, valid: valid.span())
            rows.keep(valid.span(), window: window)
        } isCancelled: {
            isCancelled()
        } emit: { row, head, labels in
            try rows.add(labels, of: head, row: job.y + row) { labels, head, window in
                var window = window
                window.x -= bounds.x
                window.y -= bounds.y
                try write(labels, head, window)
            }
        }
    }

    /// Labels `scene`, or the part of it in `bounds`, into `map`, which has that size.
    ///
    /// The caller finishes the map. Errors and arguments are those of the other form.
    public func segment(
        _ scene: SceneReader, bounds: PixelWindow? = nil, into map: MapWriter,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        let size = bounds?.clipped(toWidth: scene.width, height: scene.height)
        precondition(
            map.width == size?.width ?? scene.width && map.height == size?.height ?? scene.height,
            "a map of \(map.width) × \(map.height)")
        try segment(
            scene, bounds: bounds, write: { try map.write($0, window: $2) }, progress: progress,
            isCancelled: isCancelled)
    }
}

/// A reader that threads take in turn: GDAL allows one at a time on a dataset.
///
/// Sendable because the lock is held whenever the reader is used.
private final class ReaderLock: @unchecked Sendable {
    private let reader: SceneReader
    private let lock = Mutex<Void>(())

    init(_ reader: SceneReader) { self.reader = reader }

    func read(
        _ window: PixelWindow, into values: inout MutableSpan<Float>,
        valid: inout MutableSpan<UInt8>
    ) throws {
        try lock.withLock { _ in try reader.read(window, into: &values, valid: &valid) }
    }
}
