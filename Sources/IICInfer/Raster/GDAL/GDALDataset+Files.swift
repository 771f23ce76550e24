internal import CGDAL

extension GDALDataset {
    /// The names of the files that this dataset is made of, the main one first, as GDAL tells them:
    /// sidecars (mask, overviews, world file, `.aux.xml`, …) and, of a VRT, its parts.
    var ownFiles: [String] {
        let list = unsafe GDALGetFileList(handle)
        defer { unsafe CSLDestroy(list) }
        return (0..<Int(unsafe CSLCount(list))).compactMap { index in
            unsafe CSLGetField(list, Int32(index)).map { unsafe String(cPath: $0) }
        }
    }

    /// The same and, of a VRT, its parts' sidecars, which GDAL reads and does not tell.
    ///
    /// - Throws: ``FileError`` for a part that is there and cannot be read now. One that is no
    ///   raster (a world file) has no sidecars.
    func allFiles(calls: FileCalls = .system) throws(FileError) -> [String] {
        var files = ownFiles
        guard isVRT else { return files }
        var known = Set(files.map { FileName($0) })
        var next = 0
        while next < files.count {
            let part = try Self.files(ofPart: files[next], calls: calls)
            files += part.filter { known.insert(FileName($0)).inserted }
            next += 1
        }
        return files
    }

    private static func files(
        ofPart path: String, calls: FileCalls
    ) throws(FileError) -> [String] {
        // GDAL does not tell what it may not open from what is no raster.
        if !path.hasPrefix("/vsi") { _ = try InputFile(path, calls: calls) }
        do {
            return try GDALDataset(reading: path).ownFiles
        } catch {
            if let failure = error.fileError(path) { throw failure }
            return []
        }
    }

    var isVRT: Bool {
        guard let driver = unsafe GDALGetDatasetDriver(handle) else { return false }
        return unsafe String(cString: GDALGetDriverShortName(driver)) == "VRT"
    }
}
