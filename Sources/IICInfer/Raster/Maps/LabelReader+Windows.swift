extension LabelReader {
    /// Pixels in memory at once, about.
    private static let windowPixels = 1 << 20

    /// Gives `body` all of the raster in windows of a bounded size, in an order in which no block of
    /// the file is decoded again and again.
    package func eachWindow(_ body: (PixelWindow) throws -> Void) rethrows {
        let most = Self.windowPixels
        var columns = width
        var rows = max(1, most / width)
        if rows >= blockSize.height {
            rows -= rows % blockSize.height
        } else if blockSize.width < width {
            // Rows of blocks are cut between blocks.
            rows = min(height, blockSize.height, max(1, most / blockSize.width))
            columns = max(blockSize.width, most / rows / blockSize.width * blockSize.width)
        }
        for y in stride(from: 0, to: height, by: rows) {
            for x in stride(from: 0, to: width, by: columns) {
                let window = PixelWindow(x: x, y: y, width: columns, height: rows)
                try body(window.clipped(toWidth: width, height: height))
            }
        }
    }
}
