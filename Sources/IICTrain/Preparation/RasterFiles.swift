package import IICInfer

/// The rasters that a user names by their files or their folders.
package enum RasterFiles {
    private static let endings = [".tif", ".tiff", ".jp2", ".vrt", ".img", ".png"]

    /// Files as they are, folders by what they hold, all in the order of their names' bytes, as the IIC
    /// authors sort them.
    ///
    /// - Throws: ``FileError``; ``PreparationError/noScenes(_:)`` for a folder without any.
    package static func list(_ paths: [String]) throws -> [String] {
        var files: [String] = []
        for path in paths {
            guard PathCalls.isFolder(path) else {
                // GDAL's own names are no files.
                if !path.hasPrefix("/vsi") && !path.contains(":") { _ = try InputFile(path) }
                files.append(path)
                continue
            }
            let found = try rasters(in: path)
            guard !found.isEmpty else { throw PreparationError.noScenes(path) }
            files += found
        }
        return files.sorted { FileName($0.pathName) < FileName($1.pathName) }
    }

    private static func rasters(in folder: String) throws(FileError) -> [String] {
        try FolderListing.names(in: folder).filter { name in
            !name.isHidden && endings.contains { name.hasEnding($0) }
        }.map { "\(folder)/\($0.text)" }
    }

    /// The orthophotos of the ISPRS archive of Potsdam, and its truth for participants (24 scenes of 38),
    /// or for all where that is missing: in a folder, or up to two folders below it.
    ///
    /// - Returns: nil if there are no such folders.
    package static func potsdam(
        in folder: String
    ) throws(FileError) -> (scenes: String, truths: String?)? {
        guard let scenes = try find("4_Ortho_RGBIR", in: folder, depth: 2) else { return nil }
        for name in ["5_Labels_for_participants", "5_Labels_all"] {
            if let truths = try find(name, in: folder, depth: 2) { return (scenes, truths) }
        }
        return (scenes, nil)
    }

    /// A folder of this name with rasters in it: a zip file may unpack to a folder in a folder.
    private static func find(
        _ name: String, in folder: String, depth: Int
    ) throws(FileError) -> String? {
        var inner: [String] = []
        for entry in try FolderListing.names(in: folder) where !entry.isHidden {
            let path = "\(folder)/\(entry.text)"
            guard PathCalls.isFolder(path) else { continue }
            if entry == FileName(name), try !rasters(in: path).isEmpty { return path }
            inner.append(path)
        }
        guard depth > 0 else { return nil }
        for path in inner {
            if let found = try find(name, in: path, depth: depth - 1) { return found }
        }
        return nil
    }
}
