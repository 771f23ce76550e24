/// What tells one version of a scene from another: the stamps of all its files.
///
/// These are the main file, what lies beside it (mask, overviews, world file, `.aux.xml`, …), and the
/// parts of a VRT with what lies beside those.
package struct FileIdentity: Hashable, Sendable {
    /// In GDAL's order; the main file comes first, if the scene has one.
    let files: [String]
    /// Nil for a file that is not there.
    private let stamps: [FileName: FileStamp?]

    /// Of the scene at `path` as it is now.
    ///
    /// - Parameter bands: those that are read, where that decides which files are.
    /// - Throws: ``RasterError`` or ``TIFFCheckError`` if it is none; ``FileError``.
    package init(scene path: String, bands: [Int]? = nil) throws {
        try self.init(files: try SceneReader.files(of: path, bands: bands))
    }

    init(files: [String]) throws(FileError) {
        var stamps: [FileName: FileStamp?] = [:]
        for file in files { stamps[FileName(file)] = .some(try Self.stamp(of: file)) }
        self.files = files
        self.stamps = stamps
    }

    /// The same text for the same versions of the files; nil where a version cannot be told. Devices
    /// are left out, whose numbers change when a machine starts again.
    var text: String? {
        var text = ""
        for file in files {
            guard let stamp = stamps[FileName(file)] ?? nil else { return nil }
            text += "\(stamp.number) \(stamp.size) \(stamp.modified) \(stamp.changed)\n"
        }
        return files.isEmpty ? nil : text
    }

    /// Of the files, in bytes; -1 for one that tells none.
    package var sizes: [Int] { files.map { (stamps[FileName($0)] ?? nil)?.size ?? -1 } }

    private static func stamp(of file: String) throws(FileError) -> FileStamp? {
        if ItemText.isAddress(file) { return nil }
        guard file.hasPrefix("/vsi") else { return try FileStamp(file) }
        // Of a scene in an archive (/vsizip/scenes.zip/a.tif) it is the archive's; what lies on a
        // server has none, and is known by its hash alone.
        guard
            let system = ["/vsizip/", "/vsitar/", "/vsigzip/"].first(where: {
                file.utf8.starts(with: $0.utf8)
            })
        else { return nil }
        var rest = file.utf8.dropFirst(system.utf8.count)
        while !rest.isEmpty {
            if let stamp = try? FileStamp(String(Substring(rest))) { return stamp }
            rest = rest[..<(rest.lastIndex(of: UInt8(ascii: "/")) ?? rest.startIndex)]
        }
        return nil
    }

    package static func == (left: FileIdentity, right: FileIdentity) -> Bool {
        left.stamps == right.stamps
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(stamps) }
}
