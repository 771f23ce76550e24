/// How a memory limit is shared out; no part grows with the scene's size.
public struct MemoryBudget: Hashable, Sendable {
    /// What GDAL's cache gets in any case, and all that it gets while maps are finished.
    static let leastCache = 16 << 20
    private static let largestCache = 64 << 20

    /// Swaths that are computed at the same time.
    public let threads: Int
    /// Scene files that are open at the same time, each decoding blocks: one a thread, or one.
    public let readers: Int
    /// The widest swaths, in pixels or tiles.
    public let columns: Int
    /// What GDAL may keep of decoded blocks.
    public let cacheBytes: Int
    /// What is free once swaths are gone, GDAL's least cache apart.
    let finishing: FinishingMemory

    /// What a scene, a model and an engine need.
    struct Need {
        var scene: String
        /// Bytes of the scene's largest decoded block.
        var block: Int
        /// Whether blocks are narrow enough for each thread to decode its own.
        var manyReaders: Bool
        /// Bytes of the weights in all their forms.
        var model: Int
        /// Bytes that outputs keep, whatever is in flight.
        var outputs: Int
        /// The narrowest swaths and the widest that make sense.
        var columns: ClosedRange<Int>
        /// Bytes of one swath of so many columns, growing with them.
        var swath: (Int) -> Int
        /// Bytes that are taken once swaths are gone.
        var finishing = 0
    }

    /// The lowest limit that works.
    static func least(_ need: Need) -> Int {
        fixed(need) + max(block(need) + need.swath(need.columns.lowerBound), need.finishing)
    }

    private static func fixed(_ need: Need) -> Int {
        ProcessMemory.base + leastCache + need.model + need.outputs
    }

    /// What is free where nothing is computed and maps are only finished.
    ///
    /// - Parameters:
    ///   - outputs: bytes that outputs keep.
    ///   - finishing: bytes that are taken beside these.
    /// - Throws: ``MemoryBudgetError``.
    static func finishing(
        limit: Int, outputs: Int, finishing: Int
    ) throws(MemoryBudgetError) -> FinishingMemory {
        let fixed = ProcessMemory.base + leastCache + outputs
        guard limit >= fixed + finishing else {
            throw MemoryBudgetError(limit: limit, least: fixed + finishing)
        }
        return FinishingMemory(limit: limit, free: limit - fixed)
    }

    /// A block exists twice, in the decoder and in GDAL's cache, and a part of it as stored.
    private static func block(_ need: Need) -> Int {
        let pixels = min(need.block, Int.max / 4)
        return 2 * pixels + pixels / 16
    }

    /// Shares out `limit` bytes.
    ///
    /// - Throws: ``MemoryBudgetError``, or ``RasterError/blockTooLarge(path:blockBytes:leastMemory:)``
    ///   where only the scene's blocks are to blame.
    init(limit: Int, threads: Int, need: Need) throws {
        precondition(threads > 0, "\(threads) threads")
        let (fixed, block, least) = (Self.fixed(need), Self.block(need), Self.least(need))
        let narrowest = need.swath(need.columns.lowerBound)
        guard limit >= fixed + max(narrowest, need.finishing) else {
            throw MemoryBudgetError(limit: limit, least: least)
        }
        finishing = FinishingMemory(limit: limit, free: limit - fixed)
        guard limit >= least else {
            throw RasterError.blockTooLarge(
                path: need.scene, blockBytes: need.block, leastMemory: least)
        }
        let cache = min(
            (limit - fixed - block - narrowest) / 4, Self.largestCache - Self.leastCache)
        let rest = limit - fixed - cache
        /// Bytes for each swath if `count` threads share what is there.
        func share(_ count: Int) -> Int {
            (rest - block * (need.manyReaders ? count : 1)) / count
        }
        let count = (1...threads).last { share($0) >= narrowest } ?? 1
        self.threads = count
        readers = need.manyReaders ? count : 1
        // The decoded half of each block: a block that the cache cannot hold would be decoded anew
        // for every few rows.
        cacheBytes = Self.leastCache + cache + min(need.block, Int.max / 4) * readers
        var (low, high) = (need.columns.lowerBound, need.columns.upperBound)
        while low < high {
            let middle = (low + high + 1) / 2
            if need.swath(middle) <= share(count) { low = middle } else { high = middle - 1 }
        }
        columns = low
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
