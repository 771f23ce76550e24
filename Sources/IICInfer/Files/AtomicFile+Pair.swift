import Glibc

extension AtomicFile {
    /// Commits `sidecar` and then this file, which stands for both: where it is, both are.
    ///
    /// An older file of this name steps aside meanwhile, so that it never stands beside the newer
    /// sidecar, and comes back with its own if anything fails.
    ///
    /// - Parameter move: gives a file another name; 0 if that went well, else with `errno`.
    consuming func commit(
        after sidecar: consuming AtomicFile,
        move: (_ from: String, _ to: String) -> Int32 = { unsafe rename($0, $1) }
    ) throws(AtomicFileError) {
        // What can fail for want of space comes before anything is moved.
        try AtomicFile.flush(temporaryPath, for: path)
        try AtomicFile.flush(sidecar.temporaryPath, for: sidecar.path)
        let older = try SetAside(path)
        let olderSidecar: SetAside
        do {
            olderSidecar = try SetAside(sidecar.path)
        } catch {
            older.restore()
            throw error
        }
        for (from, to) in [(sidecar.temporaryPath, sidecar.path), (temporaryPath, path)]
        where move(from, to) != 0 {
            let error = AtomicFileError(path: to, code: errno)
            olderSidecar.restore()
            older.restore()
            throw error
        }
        older.remove()
        olderSidecar.remove()
        try AtomicFile.flush(AtomicFile.folder(of: path), for: path)
    }
}

/// A file that has stepped aside under a temporary's name; none, if there was none.
private struct SetAside {
    private let path: String
    private let name: String?

    init(_ path: String) throws(AtomicFileError) {
        self.path = path
        let name = AtomicFile.temporary(for: path)
        if unsafe rename(path, name) == 0 {
            self.name = name
        } else if errno == ENOENT {
            self.name = nil
        } else {
            throw AtomicFileError(path: path, code: errno)
        }
    }

    /// Brings it back, in the place of what has taken its name.
    func restore() {
        if let name { unsafe rename(name, path) } else { unsafe unlink(path) }
    }

    func remove() {
        if let name { _ = unsafe unlink(name) }
    }
}
