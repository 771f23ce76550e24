internal import CTIFF
import Glibc

extension TIFFCheck {
    /// Whether a block of the first image that has a place in the file lies, at least in part, in a
    /// hole: where nothing was written yet, though the file has its full size.
    ///
    /// False where the file system tells of no holes, and for what is no TIFF file.
    package static func hasBlockInHole(_ path: String) throws(FileError) -> Bool {
        let holes = try holes(in: path)
        guard !holes.isEmpty else { return false }
        let opened = unsafe path.withCPath { unsafe iicd_tiff_open($0, allocationLimit, nil) }
        guard let tiff = unsafe opened else { return false }
        defer { unsafe TIFFClose(tiff) }
        let blocks =
            unsafe TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff)
        for block in 0..<blocks {
            let count = unsafe TIFFGetStrileByteCount(tiff, block)
            let offset = unsafe TIFFGetStrileOffset(tiff, block)
            let (end, overflow) = offset.addingReportingOverflow(count)
            guard count > 0, !overflow, end <= UInt64(Int.max) else { continue }
            // The last hole that begins before the block's end is the only one that can reach it.
            var (low, high) = (0, holes.count)
            while low < high {
                let middle = (low + high) / 2
                if holes[middle].lowerBound < Int(end) { low = middle + 1 } else { high = middle }
            }
            if low > 0, holes[low - 1].upperBound > Int(offset) { return true }
        }
        return false
    }

    // Linux's SEEK_DATA and SEEK_HOLE, which the module of the C library leaves out.
    private static let seekData: Int32 = 3
    private static let seekHole: Int32 = 4

    /// The parts of a file that hold nothing, in order; the end of the file is none.
    private static func holes(in path: String) throws(FileError) -> [Range<Int>] {
        let descriptor = FileCalls.system.open(path)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var holes: [Range<Int>] = []
        var place = 0
        while place < size {
            let start = lseek(descriptor, place, seekHole)
            guard start >= 0, start < size else { break }
            // None after the last hole: `ENXIO`.
            let data = lseek(descriptor, start, seekData)
            let end = data < 0 ? size : data
            guard end > start else { break }
            holes.append(start..<end)
            place = end
        }
        return holes
    }
}
