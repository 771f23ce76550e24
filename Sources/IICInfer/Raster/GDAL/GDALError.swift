import CGDAL
import Glibc

/// What GDAL said of its last failure on this thread; ``RasterError`` is what users read.
struct GDALError: Error, CustomStringConvertible {
    let description: String
    /// The `errno` of a disk or network that failed under GDAL, whose messages do not tell that from
    /// a damaged file; 0 if there is no sign of it. Only after ``reset()``.
    var code: Int32 = 0

    /// Forgets what failed before; right before a call whose failure is reported.
    static func reset() {
        CPLErrorReset()
        errno = 0
    }

    /// The message of the call that has just failed, made fit for the inside of a sentence.
    static func last() -> GDALError {
        let code = errno
        let message = unsafe CPLGetLastErrorMsg().map { text in
            unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
        }
        // It names files, by their bytes.
        let line =
            message?.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            .first.map { String(pathBytes: $0) } ?? ""
        let trimmed = line.hasSuffix(".") ? String(line.dropLast()) : line
        return GDALError(
            description: trimmed.isEmpty ? "GDAL gave no reason" : trimmed,
            code: FileError.isOfDevice(code) ? code : 0)
    }

    /// The failure as a file's, if it was the disk or the network.
    func fileError(_ path: String) -> FileError? {
        code == 0 ? nil : FileError(path: path, code: code)
    }
}
