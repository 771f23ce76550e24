internal import CTIFF
import Glibc

/// Whether a local TIFF file is whole: told from its structure alone, before anything is decoded.
///
/// A file that was cut off, or whose copy is still under way, is recognised at once, because the
/// places of all its blocks are known in advance. Sparse blocks (of no bytes) are fine.
public enum TIFFCheck {
    /// No table of block offsets may be larger; 32 million blocks fit.
    static let allocationLimit: tmsize_t = 256 << 20

    /// Checks the header, the first image directory and the place of each of its blocks.
    ///
    /// Overviews and masks in further directories are not read.
    public static func check(_ path: String) throws(TIFFCheckError) {
        try check(path, calls: .system)
    }

    package static func check(_ path: String, calls: FileCalls) throws(TIFFCheckError) {
        let file: InputFile
        do { file = try InputFile(path, calls: calls) } catch { throw .unreadable(error) }
        try checkHeader(file)
        let size = UInt64(file.size)
        errno = 0
        var note = iicd_tiff_message()
        let opened = unsafe path.withCPath { unsafe iicd_tiff_open($0, allocationLimit, &note) }
        guard let tiff = unsafe opened else {
            throw failure(path, reason(note, else: "its directory cannot be read"))
        }
        defer { unsafe TIFFClose(tiff) }
        var width: UInt32 = 0
        var height: UInt32 = 0
        guard unsafe iicd_tiff_uint32(tiff, UInt32(TIFFTAG_IMAGEWIDTH), &width) == 1,
            unsafe iicd_tiff_uint32(tiff, UInt32(TIFFTAG_IMAGELENGTH), &height) == 1,
            (1...UInt32(Int32.max)).contains(width), (1...UInt32(Int32.max)).contains(height)
        else {
            throw .damaged(
                path: path, reason: "it claims to have \(width) × \(height) pixels")
        }
        let blocks =
            unsafe TIFFIsTiled(tiff) != 0 ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff)
        guard blocks > 0 else {
            throw .damaged(
                path: path,
                reason: "its \(width) × \(height) pixels are in an absurd number of blocks")
        }
        var end: UInt64 = 0
        for block in 0..<blocks {
            var failed: Int32 = 0
            let offset = unsafe TIFFGetStrileOffsetWithErr(tiff, block, &failed)
            let count = unsafe failed == 0 ? TIFFGetStrileByteCountWithErr(tiff, block, &failed) : 0
            guard failed == 0 else {
                throw failure(path, reason(note, else: "a block has no place in it"))
            }
            guard count > 0 else { continue }
            let (last, overflow) = offset.addingReportingOverflow(count)
            guard !overflow, last < UInt64(Int64.max) else {
                throw .damaged(path: path, reason: "block \(block) lies beyond any file's end")
            }
            end = max(end, last)
        }
        guard end <= size else {
            throw .truncated(path: path, expected: Int(end), actual: Int(size))
        }
    }

    /// How a TIFF file's numbers are stored; nil if this is none.
    static func byteOrder(
        of file: borrowing InputFile
    ) throws(FileError) -> (bigEndian: Bool, bigTIFF: Bool)? {
        var head = try file.read(upTo: 4, at: 0)
        head += [UInt8](repeating: 0, count: 4 - head.count)
        return byteOrder(head: head)
    }

    /// The same, of the file's first bytes, four at least.
    static func byteOrder(head: [UInt8]) -> (bigEndian: Bool, bigTIFF: Bool)? {
        guard head.count >= 4, head[0] == head[1], head[0] == 0x49 || head[0] == 0x4D else {
            return nil
        }
        let isBig = head[0] == 0x4D
        let version = isBig ? (head[2], head[3]) : (head[3], head[2])
        return version == (0, 42) || version == (0, 43) ? (isBig, version == (0, 43)) : nil
    }

    /// Checks that the first directory and all that it points to lie in the file.
    ///
    /// libtiff fails on these too, but does not tell a truncated file from a wrong one.
    private static func checkHeader(_ file: borrowing InputFile) throws(TIFFCheckError) {
        let path = file.path
        let size = UInt64(file.size)
        guard size > 0 else { throw .notATIFF(path: path, reason: "the file is empty") }
        let found: (bigEndian: Bool, bigTIFF: Bool)?
        do { found = try byteOrder(of: file) } catch { throw .unreadable(error) }
        guard let order = found else {
            throw .notATIFF(path: path, reason: "it does not begin as a TIFF file does")
        }
        func need(_ end: UInt64) throws(TIFFCheckError) {
            guard end <= size else {
                throw .truncated(path: path, expected: Int(clamping: end), actual: Int(size))
            }
        }
        func number(at offset: UInt64, bytes: Int) throws(TIFFCheckError) -> UInt64 {
            let (end, overflow) = offset.addingReportingOverflow(UInt64(bytes))
            guard !overflow, end < UInt64(Int64.max) else {
                throw .damaged(path: path, reason: "its directory lies beyond any file's end")
            }
            try need(end)
            do {
                return try file.number(at: Int(offset), bytes: bytes, bigEndian: order.bigEndian)
            } catch {
                throw .unreadable(error)
            }
        }
        let word = order.bigTIFF ? 8 : 4
        let directory = try number(at: order.bigTIFF ? 8 : 4, bytes: word)
        guard directory >= 8 else {
            throw .damaged(path: path, reason: "it has no image directory")
        }
        let entries = try number(at: directory, bytes: order.bigTIFF ? 8 : 2)
        guard (1...65_535).contains(entries) else {
            throw .damaged(path: path, reason: "its directory claims \(entries) entries")
        }
        let first = directory + (order.bigTIFF ? 8 : 2)
        let entrySize: UInt64 = order.bigTIFF ? 20 : 12
        try need(first + entries * entrySize)
        let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]
        for entry in 0..<entries {
            let at = first + entry * entrySize
            let type = Int(try number(at: at + 2, bytes: 2))
            let count = try number(at: at + 4, bytes: word)
            let unit = UInt64(sizes.indices.contains(type) ? sizes[type] : 0)
            let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
            guard !overflow else {
                throw .damaged(path: path, reason: "an entry of its directory has \(count) values")
            }
            guard bytes > word else { continue }
            let place = try number(at: at + 4 + UInt64(word), bytes: word)
            let (end, beyond) = place.addingReportingOverflow(bytes)
            guard !beyond, end < UInt64(Int64.max) else {
                throw .damaged(path: path, reason: "its directory points beyond any file's end")
            }
            try need(end)
        }
    }

    /// A disk or network that fails is not the file's fault, but libtiff's message does not tell.
    private static func failure(_ path: String, _ reason: String) -> TIFFCheckError {
        let code = errno
        return FileError.isOfDevice(code)
            ? .unreadable(FileError(path: path, code: code))
            : .damaged(path: path, reason: reason)
    }

    private static func reason(_ note: iicd_tiff_message, else fallback: String) -> String {
        let text = unsafe withUnsafeBytes(of: note.message) {
            unsafe String(pathBytes: Array($0.prefix { $0 != 0 }))
        }
        let trimmed = text.hasSuffix(".") ? String(text.dropLast()) : text
        return trimmed.isEmpty ? fallback : trimmed
    }
}

/// Why a TIFF file cannot be a scene.
public enum TIFFCheckError: UserError, Equatable {
    case notATIFF(path: String, reason: String)
    /// The file is shorter than its own directory says; its copy may still be under way.
    case truncated(path: String, expected: Int, actual: Int)
    case damaged(path: String, reason: String)
    case unreadable(FileError)

    public var exitStatus: ExitStatus {
        switch self {
        case .unreadable(let error): error.exitStatus
        case .notATIFF, .truncated, .damaged: .badInput
        }
    }

    public var description: String {
        switch self {
        case .notATIFF(let path, let reason):
            "“\(path)” is not a TIFF file: \(reason)."
        case .truncated(let path, let expected, let actual):
            """
            “\(path)” is cut off: it has \(actual) of at least \(expected) bytes. Copy it again, \
            or wait for the copy to end.
            """
        case .damaged(let path, let reason):
            "“\(path)” is damaged: \(reason). Copy it again from its source."
        case .unreadable(let error):
            error.description
        }
    }
}
