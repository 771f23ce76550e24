import Glibc
import IICInfer

/// The folder of a dataset in the making. Files grow in a hidden folder within and take their places
/// at the end, so that neither a failure nor a kill costs the dataset that they replace.
struct DatasetFolder {
    /// Tells where each tile is from, and that the folder is one of ours.
    static let table = "tiles.csv"
    private static let folders = ["imgs", "gt"]

    let path: String
    private let draft: String
    private let lock: DraftLock
    /// Relative to the folder.
    private var files: [String] = []
    private var made: [String] = []
    /// Whether there was no dataset before.
    private let isNew: Bool

    /// - Parameter overwrite: whether an older dataset that this program wrote is replaced.
    /// - Throws: ``PreparationError``, ``FileError`` or ``AtomicFileError``.
    init(path: String, overwrite: Bool) throws {
        try Self.check(path, overwrite: overwrite)
        _ = try Self.tiles(in: path)
        self.path = path
        draft = "\(path)/.draft"
        try OutputFolder.make(draft, made: &made)
        lock = try DraftLock("\(draft)/lock", of: path)
        isNew = !PathCalls.isFolder("\(path)/imgs")
        do {
            // Another run may have ended since.
            try Self.check(path, overwrite: overwrite)
            for folder in Self.folders where !Self.isOneDisk(draft, "\(path)/\(folder)") {
                throw AtomicFileError(
                    path: "\(path)/\(folder)", reason: "it lies on another disk than “\(path)”")
            }
            // A killed run's.
            _ = AtomicFile.removeLeftovers(below: draft)
            for file in try Self.tiles(in: draft) + Self.texts {
                PathCalls.unlink("\(draft)/\(file)")
            }
            for folder in Self.folders { try OutputFolder.make("\(draft)/\(folder)", made: &made) }
        } catch {
            remove()
            throw error
        }
    }

    /// Tells before the long part whether the folder may be written to.
    static func check(_ path: String, overwrite: Bool) throws {
        guard PathCalls.isFolder(path) else { return }
        let names = try FolderListing.names(in: path)
        guard !names.allSatisfy(\.isHidden) else { return }
        guard overwrite else { throw PreparationError.notEmpty(path) }
        guard names.contains(FileName(table)) else { throw PreparationError.notOurs(path) }
    }

    private static var texts: [String] { lists + [table] }

    private static var lists: [String] {
        PreparationPlan.List.allCases.map { "\($0.rawValue).txt" }
    }

    /// The tiles below `path`, relative to it.
    ///
    /// - Throws: ``PreparationError/foreign(_:)`` if tiles of another set would mix with this one's.
    private static func tiles(in path: String) throws -> [String] {
        try folders.filter { PathCalls.isFolder("\(path)/\($0)") }.flatMap { folder in
            try FolderListing.names(in: "\(path)/\(folder)").filter { !$0.isHidden }.map { name in
                guard isTile(name) else {
                    throw PreparationError.foreign("\(path)/\(folder)/\(name.text.shown)")
                }
                return "\(folder)/\(name.text)"
            }
        }
    }

    private static func isTile(_ name: FileName) -> Bool {
        name.hasEnding(".mat")
            && name.bytes.dropLast(4).allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }

    mutating func write(_ text: String, _ name: String) throws(AtomicFileError) {
        try AtomicFile.write(text, to: "\(draft)/\(name)")
        files.append(name)
    }

    mutating func write(_ tile: MatTile, name: Int) throws(AtomicFileError) {
        try MatFile.write(tile, to: "\(draft)/imgs/\(name).mat")
        files.append("imgs/\(name).mat")
    }

    mutating func write(_ labels: MatLabels, name: Int) throws(AtomicFileError) {
        try MatFile.write(labels, to: "\(draft)/gt/\(name).mat")
        files.append("gt/\(name).mat")
    }

    /// Puts all that was written in the place of an older dataset.
    mutating func publish() throws {
        for folder in Self.folders { try OutputFolder.make("\(path)/\(folder)", made: &made) }
        // Without its lists a half replaced dataset is taken for none; its table tells that it is ours.
        for list in Self.lists { PathCalls.unlink("\(path)/\(list)") }
        for tile in Set(try Self.tiles(in: path)).subtracting(files) {
            PathCalls.unlink("\(path)/\(tile)")
        }
        // As they were written: the table first, the lists last.
        for file in files {
            guard PathCalls.rename("\(draft)/\(file)", "\(path)/\(file)") == 0 else {
                throw AtomicFileError(path: "\(path)/\(file)", code: errno)
            }
        }
        for folder in Self.folders.map({ "\(path)/\($0)" }) + [path] {
            try AtomicFile.flush(folder, for: folder)
        }
        removeDraft()
    }

    private static func isOneDisk(_ draft: String, _ folder: String) -> Bool {
        var (here, there) = (stat(), stat())
        guard PathCalls.status(draft, &here) == 0, PathCalls.status(folder, &there) == 0 else {
            return true
        }
        return here.st_dev == there.st_dev
    }

    /// Removes all that was written.
    func remove() {
        for file in files {
            PathCalls.unlink("\(draft)/\(file)")
            if isNew { PathCalls.unlink("\(path)/\(file)") }
        }
        removeDraft()
        for path in made.reversed() { PathCalls.remove(path) }
    }

    private func removeDraft() {
        for folder in Self.folders { PathCalls.remove("\(draft)/\(folder)") }
        PathCalls.unlink(lock.path)
        PathCalls.remove(draft)
    }
}

/// Keeps two runs out of one folder; the system gives it up however the process ends. Where the file
/// system has no locks, runs are not told from each other.
private final class DraftLock {
    let path: String
    private let descriptor: Int32

    /// - Throws: ``PreparationError/busy(_:)`` or ``AtomicFileError``.
    init(_ path: String, of folder: String) throws {
        self.path = path
        descriptor = PathCalls.open(path, O_CREAT | O_RDWR | O_CLOEXEC, mode: 0o666)
        guard descriptor >= 0 else { throw AtomicFileError(path: path, code: errno) }
        let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
        var status = stat()
        // One that is gone was another run's, which has just ended.
        guard !isTaken, unsafe fstat(descriptor, &status) == 0, status.st_nlink > 0 else {
            throw PreparationError.busy(folder)
        }
    }

    deinit { close(descriptor) }
}
