import Glibc

/// Finished files that get their names together, or not at all: sidecars first, and last the one
/// whose presence says that all are there.
///
/// Older files of these names step aside meanwhile, so that none stands beside a newer sidecar, and
/// come back if anything fails. A value that ends without ``commit()`` takes the files with it.
public struct Publication {
    private final class Entry {
        let file: AtomicFile

        init(_ file: consuming AtomicFile) { self.file = file }
    }

    private var entries: [Entry] = []
    private var removals: [String] = []

    public init() {}

    /// Adds a file that is whole, to be named after those that were added before.
    public mutating func add(_ file: consuming AtomicFile) { entries.append(Entry(file)) }

    /// Adds a file that is to be gone once all have their names: an older one that would be taken
    /// for a part of them. There need not be one.
    public mutating func remove(_ path: String) { removals.append(path) }

    /// Gives all files their names; once.
    ///
    /// - Throws: ``AtomicFileError``; then what had these names before has them again.
    public func commit() throws(AtomicFileError) {
        try commit { PathCalls.rename($0, $1) }
    }

    /// - Parameter move: gives a file another name; 0 if that went well, else with `errno`.
    func commit(
        move: (_ from: String, _ to: String) -> Int32
    ) throws(AtomicFileError) {
        // What can fail for want of space comes before anything is moved.
        for entry in entries {
            try AtomicFile.flush(entry.file.temporaryPath, for: entry.file.path)
        }
        var older: [SetAside] = []
        do throws(AtomicFileError) {
            // The one that stands for all goes first.
            for entry in entries.reversed() { older.append(try SetAside(entry.file.path)) }
            for path in removals {
                let file = try SetAside(path)
                if file.exists { older.append(file) }
            }
            for entry in entries where move(entry.file.temporaryPath, entry.file.path) != 0 {
                throw AtomicFileError(path: entry.file.path, code: errno)
            }
        } catch {
            for file in older.reversed() { file.restore() }
            throw error
        }
        for file in older { file.remove() }
        for folder in Set(entries.map { FileName(AtomicFile.folder(of: $0.file.path)) }) {
            try AtomicFile.flush(folder.text, for: folder.text)
        }
    }
}

/// A file that has stepped aside under a temporary's name; none, if there was none.
private struct SetAside {
    private let path: String
    private let name: String?

    var exists: Bool { name != nil }

    init(_ path: String) throws(AtomicFileError) {
        self.path = path
        let name = AtomicFile.temporary(for: path)
        if PathCalls.rename(path, name) == 0 {
            self.name = name
        } else if errno == ENOENT {
            self.name = nil
        } else {
            throw AtomicFileError(path: path, code: errno)
        }
    }

    /// Brings it back, in the place of what has taken its name.
    func restore() {
        if let name { PathCalls.rename(name, path) } else { PathCalls.unlink(path) }
    }

    func remove() {
        if let name { PathCalls.unlink(name) }
    }
}
