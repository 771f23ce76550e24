internal import CGDAL

/// SHA-256, as 64 lower-case hexadecimal digits.
public enum SceneHash {
    /// The hash of a scene: of its file's bytes, as `sha256sum` prints it.
    ///
    /// A scene of several files (a VRT with its parts, a mask or `.aux.xml` beside it) has the hash
    /// of all their hashes, because each of them changes what is read: the main file's first, the
    /// others' in order of their names. A stack's files are main files, in the order of its bands; of a
    /// STAC Item it is the item itself. Overviews do not count.
    ///
    /// - Parameters:
    ///   - bands: those that are read, where that decides which files are.
    ///   - isCancelled: asked after every MiB.
    /// - Throws: ``RasterError``, ``TIFFCheckError``, ``FileError`` or ``Interrupted``.
    public static func sha256(
        scene path: String, bands: [Int]? = nil, isCancelled: () -> Bool = { false }
    ) throws -> String {
        let files = try SceneReader.files(of: path, bands: bands)
        return try sha256(scene: path, files: files, isCancelled: isCancelled)
    }

    /// The same, of a scene whose files are known.
    static func sha256(
        scene path: String, files: [String], isCancelled: () -> Bool
    ) throws -> String {
        let main = SceneStack(path: path)?.files ?? [path]
        let names = files.map { FileName($0) }
        let mainNames = Set(main.map { FileName($0) })
        let parts = zip(names, files)
            .filter { !mainNames.contains($0.0) && !$0.1.hasSuffix(".ovr") }
            .sorted { $0.0 < $1.0 }.map(\.1)
        guard main.count > 1 || !parts.isEmpty else {
            return try sha256(file: main[0], isCancelled: isCancelled)
        }
        // GDAL's own names (GTIFF_DIR:2:…) are no files: then the parts are all there is.
        let own = main.filter { names.contains(FileName($0)) }
        var digests = ""
        for file in own + parts {
            digests += try sha256(file: file, isCancelled: isCancelled)
        }
        return SHA256.hex(Array(digests.utf8))
    }

    /// The hash of one file's bytes; `path` may be one of GDAL's (`/vsicurl/…`).
    public static func sha256(
        file path: String, isCancelled: () -> Bool = { false }
    ) throws -> String {
        var hash = SHA256()
        if ItemText.isAddress(path), let bytes = try ItemText.bytes(of: path) {
            hash.update(bytes.span)
            return hash.hex()
        }
        if path.hasPrefix("/vsi") {
            try read(virtual: path) { bytes in
                if isCancelled() { throw Interrupted() }
                hash.update(bytes)
            }
            return hash.hex()
        }
        let file = try InputFile(path)
        var offset = 0
        while true {
            if isCancelled() { throw Interrupted() }
            let bytes = try file.read(upTo: 1 << 20, at: offset)
            guard !bytes.isEmpty else { return hash.hex() }
            hash.update(bytes.span)
            offset += bytes.count
        }
    }

    /// Gives `take` the bytes of one of GDAL's files, a MiB at a time.
    private static func read(virtual path: String, take: (Span<UInt8>) throws -> Void) throws {
        GDAL.start
        let opened = unsafe RemoteFile.opening(path) {
            unsafe path.withCPath { unsafe VSIFOpenL($0, "rb") }
        }
        guard let file = unsafe opened else {
            throw RasterError.notReadable(path: path, reason: "its bytes cannot be read")
        }
        defer { unsafe VSIFCloseL(file) }
        // Where a server stops answering, GDAL tells of the file's end.
        let size = RemoteFile.isRemote(path) ? GDAL.fileSize(path) : nil
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var total = 0
        while true {
            let count = unsafe VSIFReadL(&buffer, 1, buffer.count, file)
            // Archives tell of their end by the read after the last only.
            if count == 0 { break }
            total += count
            try take(buffer.span.extracting(0..<count))
        }
        if let size, total != size {
            throw RasterError.serverFailed(
                path: path, reason: "\(total) of \(size) bytes have come")
        }
        guard unsafe VSIFEofL(file) != 0 else {
            throw RasterError.notReadable(path: path, reason: "reading its bytes failed")
        }
    }
}
