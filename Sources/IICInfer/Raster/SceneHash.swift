internal import CGDAL

/// SHA-256, as 64 lower-case hexadecimal digits.
public enum SceneHash {
    /// The hash of a scene: of its file's bytes, as `sha256sum` prints it.
    ///
    /// A scene of several files (a VRT with its parts, a mask or `.aux.xml` beside it) has the hash
    /// of all their hashes, because each of them changes what is read: the main file's first, the
    /// others' in order of their names. Overviews do not count.
    ///
    /// - Parameter isCancelled: asked after every MiB.
    /// - Throws: ``RasterError`` or ``Interrupted``.
    public static func sha256(
        scene path: String, isCancelled: () -> Bool = { false }
    ) throws -> String {
        let files: [String]
        do {
            let dataset = try GDALDataset(reading: path)
            files = dataset.fileList
        } catch {
            throw RasterError.notARaster(path: path, reason: error.description)
        }
        let parts = files.filter { $0 != path && !$0.hasSuffix(".ovr") }.sorted()
        guard !parts.isEmpty else { return try sha256(file: path, isCancelled: isCancelled) }
        // GDAL's own names (GTIFF_DIR:2:…) are no files: then the parts are all there is.
        let own = files.contains(path) ? [path] : []
        var digests = ""
        for file in own + parts {
            digests += try sha256(file: file, isCancelled: isCancelled)
        }
        let bytes = Array(digests.utf8)
        return sha256(bytes.span)
    }

    /// The hash of one file's bytes; `path` may be one of GDAL's (`/vsicurl/…`).
    public static func sha256(
        file path: String, isCancelled: () -> Bool = { false }
    ) throws -> String {
        GDAL.start
        guard let file = unsafe VSIFOpenL(path, "rb") else {
            throw RasterError.notReadable(path: path, reason: "its bytes cannot be read")
        }
        defer { unsafe VSIFCloseL(file) }
        var context = iicd_sha256()
        unsafe CPL_SHA256Init(&context)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            if isCancelled() { throw Interrupted() }
            let count = unsafe VSIFReadL(&buffer, 1, buffer.count, file)
            // Archives tell of their end by the read after the last only.
            if count == 0 { break }
            unsafe CPL_SHA256Update(&context, buffer, count)
        }
        guard unsafe VSIFEofL(file) != 0 else {
            throw RasterError.notReadable(path: path, reason: "reading its bytes failed")
        }
        return finish(&context)
    }

    /// The hash of bytes in memory.
    public static func sha256(_ bytes: Span<UInt8>) -> String {
        var context = iicd_sha256()
        unsafe CPL_SHA256Init(&context)
        unsafe bytes.withUnsafeBytes {
            unsafe CPL_SHA256Update(&context, $0.baseAddress, $0.count)
        }
        return finish(&context)
    }

    private static func finish(_ context: inout iicd_sha256) -> String {
        var hash = [UInt8](repeating: 0, count: 32)
        unsafe CPL_SHA256Final(&context, &hash)
        let digits = Array("0123456789abcdef")
        return String(hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
