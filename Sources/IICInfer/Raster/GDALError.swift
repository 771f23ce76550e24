import CGDAL

/// What GDAL said of its last failure on this thread; ``RasterError`` is what users read.
struct GDALError: Error, CustomStringConvertible {
    let description: String

    /// The message of the call that has just failed, made fit for the inside of a sentence.
    static func last() -> GDALError {
        let message = unsafe CPLGetLastErrorMsg().map { unsafe String(cString: $0) } ?? ""
        let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let trimmed = line.hasSuffix(".") ? String(line.dropLast()) : line
        return GDALError(description: trimmed.isEmpty ? "GDAL gave no reason" : trimmed)
    }
}
