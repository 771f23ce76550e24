/// How a memory limit is shared out; no part grows with the scene's size.
public struct MemoryBudget: Hashable, Sendable {
    /// What the program takes before it does anything: code, GDAL and its tables.
    private static let base = 96 << 20
    private static let leastCache = 16 << 20
    private static let largestCache = 256 << 20

    /// Tiles that are computed at the same time.
    public let threads: Int
    /// Tiles that are read before they are computed together, at least as many as threads.
    public let tiles: Int
    /// What GDAL may keep of decoded blocks.
    public let cacheBytes: Int

    /// Shares out `limit` bytes.
    ///
    /// - Parameters:
    ///   - block: bytes of the scene's largest decoded block.
    ///   - tile: bytes of one tile that waits to be computed.
    ///   - thread: bytes that one computing thread needs.
    ///   - model: bytes of the weights.
    /// - Throws: ``MemoryBudgetError``, or ``RasterError/blockTooLarge(path:blockBytes:leastMemory:)``
    ///   where only the scene's blocks are to blame.
    public init(
        limit: Int, threads: Int, block: Int, tile: Int, thread: Int, model: Int, scene: String
    ) throws {
        precondition(threads > 0 && tile > 0 && thread > 0, "\(threads) \(tile) \(thread)")
        // A block exists twice while it is decoded: as stored and as pixels.
        let fixed = Self.base + Self.leastCache + model + thread + tile
        let blocks = min(block, Int.max / 4) * 2
        let least = fixed + blocks
        guard limit >= fixed else { throw MemoryBudgetError(limit: limit, least: least) }
        guard limit >= least else {
            throw RasterError.blockTooLarge(path: scene, blockBytes: block, leastMemory: least)
        }
        var rest = limit - least
        let cache = min(rest / 4, Self.largestCache - Self.leastCache)
        rest -= cache
        let more = min(threads - 1, rest / (thread + tile))
        rest -= more * (thread + tile)
        self.threads = 1 + more
        // Four tiles a thread keep all busy to the end of a batch, whatever each one takes.
        tiles = self.threads + min(3 * self.threads, rest / tile)
        cacheBytes = Self.leastCache + cache
    }
}

/// A memory limit below what the model needs.
public struct MemoryBudgetError: UserError, Equatable {
    public var limit: Int
    public var least: Int

    public var exitStatus: ExitStatus { .usage }

    public var description: String {
        """
        A memory limit of \(limit >> 20) MiB is too low for this model and scene: give \
        --memory \((least + 1 << 20 - 1) >> 20)MiB or more.
        """
    }
}
