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
}
