/// The files of scenes: which they are, and that they are what they seem before GDAL sees them.
extension SceneReader {
    /// The names of all files that a scene is made of, the main one first.
    ///
    /// - Parameter bands: those that are read, where that decides which files are.
    static func files(of path: String, bands: [Int]? = nil) throws -> [String] {
        var parts: [String]
        var known: Set<FileName> = []
        if let item = try SceneItem(path: path) {
            parts = try [path] + item.rasters(of: bands).flatMap { try item.raster($0).allFiles() }
        } else if let stack = SceneStack(path: path) {
            parts = try stack.files.flatMap { try files(of: $0) }
        } else {
            return try open(path).allFiles()
        }
        parts.removeAll { !known.insert(FileName($0)).inserted }
        return parts
    }

    static func open(_ path: String) throws -> GDALDataset {
        if let stack = SceneStack(path: path) {
            var facts = SceneStack.Facts()
            return try stack.open(&facts)
        }
        guard !RemoteFile.isAddress(path) else {
            throw RasterError.notReadable(
                path: path, reason: "give it as “/vsicurl/\(path)”, so that it is read in parts")
        }
        let isFile = try checkFile(path)
        if isFile { try Sidecars.check(path) }
        let dataset: GDALDataset
        do {
            dataset = try GDALDataset(reading: path)
        } catch {
            if isFile, let failure = error.fileError(path) ?? VRTParts.absent(of: path) {
                throw RasterError.unreadable(failure)
            }
            throw isFile
                ? RasterError.notARaster(path: path, reason: error.description)
                : .notReadable(path: path, reason: error.description)
        }
        guard dataset.bandCount > 0 else {
            throw RasterError.notARaster(path: path, reason: "it holds no bands of pixels itself")
        }
        return dataset
    }

    /// What can be told of a file before GDAL sees it.
    ///
    /// - Returns: false for GDAL's own names (`/vsicurl/…`, `NETCDF:…`), which are no files.
    private static func checkFile(_ path: String) throws -> Bool {
        do {
            let file = try InputFile(path)
            let name = FileName(path)
            if try name.hasEnding(".tif") || name.hasEnding(".tiff") || file.size == 0
                || TIFFCheck.byteOrder(of: file) != nil
            {
                try TIFFCheck.check(path)
            } else {
                try VRTCheck.checkSize(of: file)
            }
            return true
        } catch let error as FileError {
            if case .system = error.reason, path.hasPrefix("/vsi") || path.contains(":") {
                return false
            }
            throw RasterError.unreadable(error)
        }
    }
}
