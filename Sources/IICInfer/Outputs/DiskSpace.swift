import Glibc

/// Whether the disks have room for what will be written to them.
enum DiskSpace {
    /// Refuses outputs that surely do not fit beside each other.
    ///
    /// - Throws: ``AtomicFileError``.
    static func check(
        _ outputs: [any MapOutput], width: Int, height: Int
    ) throws(AtomicFileError) {
        var needs: [dev_t: Int] = [:]
        for output in outputs {
            var status = stat()
            guard PathCalls.status(AtomicFile.folder(of: output.path), &status) == 0 else {
                continue
            }
            let before = needs[status.st_dev] ?? 0
            let (need, overflow) = before.addingReportingOverflow(
                output.diskBytes(width: width, height: height))
            needs[status.st_dev] = overflow ? .max : need
            guard let free = AtomicFile.freeBytes(beside: output.path),
                let need = needs[status.st_dev], free < need
            else { continue }
            throw AtomicFileError(
                path: output.path,
                reason: "writing it takes \(need >> 20) MiB of disk and \(free >> 20) MiB are free")
        }
    }

    /// Whether so many bytes in `folder` leave enough for outputs on the same disk.
    static func hasRoom(
        for bytes: Int, in folder: String, beside outputs: [any MapOutput], width: Int, height: Int
    ) -> Bool {
        func device(_ folder: String) -> dev_t? {
            var status = stat()
            return PathCalls.status(folder, &status) == 0 ? status.st_dev : nil
        }
        guard let free = AtomicFile.freeBytes(beside: folder + "/any") else { return true }
        let disk = device(folder)
        // Beside what they surely take, a copy that does not get smaller.
        let taken = outputs.filter { device(AtomicFile.folder(of: $0.path)) == disk }
            .reduce(0.0) { $0 + 2 * Double($1.diskBytes(width: width, height: height)) }
        return Double(bytes) + taken <= Double(free)
    }
}
