import Glibc

extension AtomicFile {
    /// Removes from `folder` the temporaries of processes that were killed.
    ///
    /// A process that runs keeps its own: they are reported by the number in their names. This process
    /// must not be writing to `folder` yet, since one before it may have had the same number, as
    /// the first process of a container always has. Other machines must not write there either.
    ///
    /// - Returns: the names of what was removed.
    @discardableResult
    public static func removeLeftovers(in folder: String) -> [String] {
        removeLeftovers(in: folder) { _ in true }
    }

    /// The same of `folder` and all folders below it; links are not followed.
    package static func removeLeftovers(below folder: String) -> [String] {
        var removed: [String] = []
        var folders = [folder]
        while let folder = folders.popLast() {
            removed += removeLeftovers(in: folder)
            for entry in (try? FolderListing.entries(in: folder)) ?? []
            where entry.kind == .folder { folders.append("\(folder)/\(entry.name.text)") }
        }
        return removed
    }

    /// Removes the temporaries of killed processes that were writing one of `paths`; nobody else
    /// must be writing them.
    package static func removeLeftovers(of paths: [String]) {
        for (folder, paths) in Dictionary(grouping: paths, by: { FileName(folder(of: $0)) }) {
            let marks = Set(paths.map(mark(of:)))
            removeLeftovers(in: folder.text) { marks.contains($0) }
        }
    }

    @discardableResult
    private static func removeLeftovers(
        in folder: String, where isWanted: (_ mark: String) -> Bool
    ) -> [String] {
        let names = (try? FolderListing.names(in: folder)) ?? []
        return names.map(\.text).filter { name in
            guard let (process, mark) = owner(of: name), isWanted(mark) else { return false }
            guard process == getpid() || !isRunning(process) else { return false }
            return PathCalls.unlink("\(folder)/\(name)") == 0
        }
    }

    /// Stands for the final name in a temporary's, which has no room for all of it.
    static func mark(of path: String) -> String {
        // FNV-1a: Fowler, Noll and Vo.
        let hash = path.utf8.reversed().prefix { $0 != UInt8(ascii: "/") }
            .reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }

    /// The process whose temporary has this name, `.iicd-PROCESS-RANDOM-MARK.tmp` or what GDAL puts
    /// beside it, and the mark; nil for all other files.
    private static func owner(of name: String) -> (process: pid_t, mark: String)? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == ".iicd", let process = pid_t(parts[1]), process > 0,
            let end = parts[3].firstRange(of: ".tmp")
        else { return nil }
        return (process, String(parts[3][..<end.lowerBound]))
    }

    private static func isRunning(_ process: pid_t) -> Bool {
        kill(process, 0) == 0 || errno != ESRCH
    }
}
