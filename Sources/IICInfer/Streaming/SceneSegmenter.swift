import Dispatch
import Synchronization

/// Labels a scene tile by tile: read, compute on several threads, write.
///
/// Memory depends on the tiles in flight alone, never on the scene; the labels depend on neither.
public struct SceneSegmenter: Sendable {
    public let engine: any Engine
    public let scaling: Scaling
    public let head: Head
    /// At most so many tiles are computed at once.
    public let threads: Int
    public let memoryLimit: Int

    public init(
        engine: any Engine, scaling: Scaling, head: Head = .B, threads: Int, memoryLimit: Int
    ) {
        precondition(
            scaling.bands.count == engine.architecture.channels,
            "\(scaling.bands.count) \(engine.architecture.channels)")
        precondition(threads > 0, "\(threads) threads")
        self.engine = engine
        self.scaling = scaling
        self.head = head
        self.threads = threads
        self.memoryLimit = memoryLimit
    }

    private var classes: Int {
        head == .A ? engine.architecture.overclusters : engine.architecture.classes
    }

    /// Shares out the memory limit for one scene.
    ///
    /// - Throws: an error that names the least limit that works.
    public func budget(for scene: SceneReader) throws -> MemoryBudget {
        try budget(for: scene, limit: memoryLimit)
    }

    /// The lowest memory limit that works for one scene.
    public func leastMemory(for scene: SceneReader) throws -> Int {
        do {
            _ = try budget(for: scene, limit: 0)
            return 0
        } catch let error as MemoryBudgetError {
            return error.least
        }
    }

    private func budget(for scene: SceneReader, limit: Int) throws -> MemoryBudget {
        let side = engine.geometry == .paper ? TilePlan.tile : TilePlan.tile + 2 * TilePlan.halo
        let weights = engine.architecture.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        return try MemoryBudget(
            limit: limit, threads: threads, block: scene.largestBlockBytes,
            tile: side * side * (4 * engine.architecture.channels + 1),
            thread: side * side * 4 * classes
                + engine.scratchBytes(height: side, width: side),
            // The weights as they are, once more as an engine packs them, and what the allocator
            // keeps of the file's bytes.
            model: 3 * 4 * weights, scene: scene.path)
    }

    /// Labels `scene`, or the part of it in `bounds`, and gives the labels to `write`.
    ///
    /// - Parameters:
    ///   - bounds: in the scene's pixels; context is read from outside it, so its labels are those
    ///     of the whole scene's map.
    ///   - write: takes `(H, W)` labels and their window, counted from the corner of `bounds`;
    ///     255 where the scene has no data. Tiles without any data are left out. Called on the
    ///     caller's thread, tile after tile.
    ///   - progress: tiles done and their total; also called on the caller's thread.
    ///   - isCancelled: asked often and from several threads.
    /// - Throws: what reading and `write` throw, ``MemoryBudgetError``, or ``Interrupted``.
    public func segment(
        _ scene: SceneReader, bounds: PixelWindow? = nil,
        write: (Span<UInt8>, PixelWindow) throws -> Void,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        precondition(scene.bands.count == scaling.bands.count, "\(scene.bands) \(scaling.bands)")
        let plan = TilePlan(
            geometry: engine.geometry, width: scene.width, height: scene.height, bounds: bounds)
        let budget = try budget(for: scene)
        GDAL.limitCache(bytes: budget.cacheBytes)
        let pixels = plan.largestSide * plan.largestSide
        let slots = (0..<min(budget.tiles, plan.count)).map { _ in
            TileSlot(pixels: pixels, channels: scaling.bands.count)
        }
        let workers = min(budget.threads, slots.count)
        progress(0, plan.count)
        for first in stride(from: 0, to: plan.count, by: slots.count) {
            let batch = slots.prefix(plan.count - first)
            for (index, slot) in batch.enumerated() {
                if isCancelled() { throw Interrupted() }
                try slot.read(plan[first + index], from: scene, scaling: scaling)
            }
            let next = Atomic(batch.startIndex)
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                var probabilities = [Float](repeating: 0, count: pixels * classes)
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < batch.endIndex, !isCancelled() else { return }
                    batch[index].compute(
                        engine: engine, head: head, classes: classes,
                        probabilities: &probabilities)
                }
            }
            if isCancelled() { throw Interrupted() }
            for (index, slot) in batch.enumerated() {
                try slot.write(relativeTo: plan.bounds, to: write)
                progress(first + index + 1, plan.count)
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
            scene, bounds: bounds, write: { try map.write($0, window: $1) }, progress: progress,
            isCancelled: isCancelled)
    }
}
