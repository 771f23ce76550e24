import IICInfer

/// The folder of a dataset in the making; what was written goes again unless it is finished.
struct DatasetFolder {
    /// Tells where each tile is from, and that the folder is one of ours.
    static let table = "tiles.csv"

    let path: String
    private var made: [String] = []

    /// - Parameter overwrite: whether an older dataset that this program wrote is removed.
    /// - Throws: ``PreparationError/notEmpty(_:)``, ``PreparationError/notOurs(_:)``, ``FileError`` or
    ///   ``AtomicFileError``.
    init(path: String, overwrite: Bool) throws {
        try Self.check(path, overwrite: overwrite)
        self.path = path
        var old: [String] = []
        for folder in ["imgs", "gt"].map({ "\(path)/\($0)" }) where PathCalls.isFolder(folder) {
            for name in try FolderListing.names(in: folder) where !name.isHidden {
                // Tiles of another set would mix with this one's.
                guard Self.isTile(name) else { throw PreparationError.notEmpty(folder) }
                old.append("\(folder)/\(name.text)")
            }
        }
        old += PreparationPlan.List.allCases.map { "\(path)/\($0.rawValue).txt" }
        for file in old { PathCalls.unlink(file) }
        try OutputFolder.make("\(path)/imgs", made: &made)
        try OutputFolder.make("\(path)/gt", made: &made)
    }

    /// Tells before the long part whether the folder may be written to.
    static func check(_ path: String, overwrite: Bool) throws {
        guard PathCalls.isFolder(path) else { return }
        let names = try FolderListing.names(in: path)
        guard !names.allSatisfy(\.isHidden) else { return }
        guard overwrite else { throw PreparationError.notEmpty(path) }
        guard names.contains(FileName(table)) else { throw PreparationError.notOurs(path) }
    }

    private static func isTile(_ name: FileName) -> Bool {
        name.hasEnding(".mat")
            && name.bytes.dropLast(4).allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    mutating func write(_ text: String, _ name: String) throws(AtomicFileError) {
        try AtomicFile.write(text, to: "\(path)/\(name)")
        made.append("\(path)/\(name)")
    }

    mutating func write(_ tile: MatTile, name: Int) throws(AtomicFileError) {
        try MatFile.write(tile, to: "\(path)/imgs/\(name).mat")
        made.append("\(path)/imgs/\(name).mat")
    }

    mutating func write(_ labels: MatLabels, name: Int) throws(AtomicFileError) {
        try MatFile.write(labels, to: "\(path)/gt/\(name).mat")
        made.append("\(path)/gt/\(name).mat")
    }

    /// Removes all that was written.
    func remove() {
        for path in made.reversed() { PathCalls.remove(path) }
    }
}
