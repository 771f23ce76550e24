import Glibc

extension AtomicFile {
    /// Removes from `folder` the temporaries of processes that were killed.
    ///
    /// A process that runs keeps its own: they are told by the number in their names. This process
    /// must not be writing to `folder` yet, since one before it may have had the same number, as
    /// the first process of a container always has. Other machines must not write there either.
    ///
    /// - Returns: the names of what was removed.
    @discardableResult
    public static func removeLeftovers(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var removed: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            guard let process = owner(of: name), process == getpid() || !isRunning(process),
                unsafe unlink("\(folder)/\(name)") == 0
            else { continue }
            removed.append(name)
        }
        return removed.sorted()
    }

    /// The process whose temporary has this name, `.iicd-PROCESS-RANDOM.tmp` or what GDAL puts
    /// beside it; nil for all other files.
    private static func owner(of name: String) -> pid_t? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == ".iicd", let process = pid_t(parts[1]), process > 0,
            parts[2].contains(".tmp")
        else { return nil }
        return process
    }

    private static func isRunning(_ process: pid_t) -> Bool {
        kill(process, 0) == 0 || errno != ESRCH
    }
}
