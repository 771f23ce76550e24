internal import CTIFF

extension TIFFCheck {
    /// Whether the blocks of a local TIFF file have more bytes than the file, because several lie in
    /// the same place; false for what is none.
    static func sharesBlocks(_ path: String) -> Bool {
        guard let file = try? InputFile(path) else { return false }
        let size = UInt64(file.size)
        let opened = unsafe path.withCPath { unsafe iicd_tiff_open($0, allocationLimit, nil) }
        guard let tiff = unsafe opened else { return false }
        defer { unsafe TIFFClose(tiff) }
        let blocks =
            unsafe TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff)
        var sum: UInt64 = 0
        for block in 0..<blocks {
            let count = unsafe TIFFGetStrileByteCount(tiff, block)
            let (total, overflow) = sum.addingReportingOverflow(count)
            guard !overflow, total <= size else { return true }
            sum = total
        }
        return false
    }

    /// The share of a local TIFF file's blocks that it stores; nil for what is none.
    ///
    /// GDAL does not tell of a file that is one strip, which it reads row by row.
    static func storedShare(_ path: String) -> Double? {
        let opened = unsafe path.withCPath { unsafe iicd_tiff_open($0, allocationLimit, nil) }
        guard let tiff = unsafe opened else { return nil }
        defer { unsafe TIFFClose(tiff) }
        let blocks =
            unsafe TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff)
        guard blocks > 0 else { return nil }
        let stored = (0..<blocks).count { unsafe TIFFGetStrileByteCount(tiff, $0) > 0 }
        return Double(stored) / Double(blocks)
    }
}
