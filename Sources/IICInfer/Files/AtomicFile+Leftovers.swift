import Glibc

extension AtomicFile {
    /// Removes from `folder` the temporaries of processes that were killed.
    ///
    /// A process that runs keeps its own: they are reported by the number in their names. This process
    /// must not be writing to `folder` yet, since one before it may have had the same number, as
    /// the first process of a container always has. Those of other machines, whose processes nobody sees
    /// from here, stay until they have not been written to for a day.
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

    /// Removes the temporaries of killed processes that were writing one of `paths`, on any machine;
    /// nobody else must be writing them.
    package static func removeLeftovers(of paths: [String]) {
        for (folder, paths) in Dictionary(grouping: paths, by: { FileName(folder(of: $0)) }) {
            let marks = Set(paths.map(mark(of:)))
            removeLeftovers(in: folder.text, unusedFor: .zero) { marks.contains($0) }
        }
    }

    /// - Parameter age: of another machine's temporaries.
    @discardableResult
    private static func removeLeftovers(
        in folder: String, unusedFor age: Duration = .seconds(86_400),
        where isWanted: (_ mark: String) -> Bool
    ) -> [String] {
        let names = (try? FolderListing.names(in: folder)) ?? []
        return names.map(\.text).filter { name in
            guard let owner = owner(of: name), isWanted(owner.mark) else { return false }
            let path = "\(folder)/\(name)"
            let isGone =
                owner.machine == machine
                ? owner.process == getpid() || !isRunning(owner.process)
                : isUnused(path, for: age)
            return isGone && PathCalls.unlink(path) == 0
        }
    }

    private static func isUnused(_ path: String, for age: Duration) -> Bool {
        var status = stat()
        guard age > .zero else { return true }
        return PathCalls.linkStatus(path, &status) == 0
            && .seconds(time(nil) - status.st_mtim.tv_sec) >= age
    }

    /// Stands for what sees this process by its number: the machine, or the container in it.
    static let machine: String = {
        var name = [CChar](repeating: 0, count: 256)
        _ = unsafe gethostname(&name, name.count - 1)
        let host = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        // Process numbers mean something within one of these alone.
        var numbers = stat()
        _ = PathCalls.status("/proc/self/ns/pid", &numbers)
        return hash(host + [0] + "\(numbers.st_ino)".utf8)
    }()

    /// Stands for the final name in a temporary's, which has no room for all of it.
    static func mark(of path: String) -> String {
        hash(path.utf8.reversed().prefix { $0 != UInt8(ascii: "/") })
    }

    private static func hash(_ bytes: some Sequence<UInt8>) -> String {
        // FNV-1a: Fowler, Noll and Vo.
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return String(hash, radix: 36)
    }

    /// The process whose temporary has this name, `.iicd-PROCESS-MACHINE-RANDOM-MARK.tmp` or what GDAL
    /// puts beside it, and the mark; nil for all other files. Earlier versions left out the machine.
    private static func owner(
        of name: String
    ) -> (process: pid_t, machine: String, mark: String)? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard (4...5).contains(parts.count), parts[0] == ".iicd", let process = pid_t(parts[1]),
            process > 0, let last = parts.last, let end = last.firstRange(of: ".tmp")
        else { return nil }
        let machine = parts.count == 5 ? String(parts[2]) : machine
        return (process, machine, String(last[..<end.lowerBound]))
    }

    private static func isRunning(_ process: pid_t) -> Bool {
        kill(process, 0) == 0 || errno != ESRCH
    }
}
