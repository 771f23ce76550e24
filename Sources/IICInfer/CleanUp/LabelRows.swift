/// Whole rows of a map's labels, from the top down, some at a time.
enum LabelRows {
    /// Bytes of rows that are read at once, unless a single one has more.
    private static let bytes = 1 << 20
    /// Rows of a block of a map's temporary.
    private static let block = 512

    /// Rows that are read at once: a part of a block's that divides it, so that no read touches two
    /// rows of blocks.
    static func atOnce(width: Int) -> Int {
        var rows = block
        while rows > 1 && rows * width > bytes { rows /= 2 }
        return rows
    }

    /// Bytes of a row of blocks, which GDAL must keep while its rows are read: without them each block
    /// would be read again for every few rows.
    static func cacheBytes(width: Int) -> Int {
        block * ((width + block - 1) / block * block) + 1 << 20
    }

    /// Bytes that ``MapWriter/forEachRows(_:)`` takes.
    static func memoryBytes(width: Int) -> Int {
        atOnce(width: width) * width + cacheBytes(width: width)
    }
}

extension MapWriter {
    /// Hands out the labels as they are now: windows as wide as the map, from the top down. Every pixel
    /// once; before the map is prepared.
    ///
    /// - Throws: what `body` throws, or ``AtomicFileError``.
    func forEachRows(
        _ body: (_ labels: Span<UInt8>, _ window: PixelWindow) throws -> Void
    ) throws {
        GDAL.limitCache(bytes: MemoryBudget.leastCache + LabelRows.cacheBytes(width: width))
        defer { GDAL.limitCache(bytes: MemoryBudget.leastCache) }
        let atOnce = LabelRows.atOnce(width: width)
        var labels: [UInt8] = []
        for row in stride(from: 0, to: height, by: atOnce) {
            let window = PixelWindow(
                x: 0, y: row, width: width, height: min(atOnce, height - row))
            try read(window, into: &labels)
            try body(labels.span.extracting(0..<window.count), window)
        }
    }
}
