import Glibc
package import IICInfer
import Synchronization

/// The quarantine: a report for each scene that was given up, in the folder `failed` beside the maps.
///
/// The scenes themselves stay where they are.
package final class FailureReports: Sendable {
    private let folder: String
    /// A folder must not be removed between its making and that of a report in it.
    private let turn = Mutex(())

    /// - Parameter maps: the folder of the maps.
    package init(maps: String) { folder = "\(maps)/failed" }

    /// Writes a scene's report, in the place of an older one.
    ///
    /// - Throws: ``AtomicFileError``, which passes.
    package func write(_ report: FailureReport) throws(AtomicFileError) {
        let path = path(of: report.scene)
        let text = report.text
        try turn.withLock { _ throws(AtomicFileError) in
            try OutputFolder.make(Self.parent(of: path))
            try AtomicFile.write(text, to: path)
        }
    }

    /// Removes the report of a scene that has a map now, has changed or has gone, and the folders that
    /// become empty; there need not be one.
    ///
    /// - Throws: ``AtomicFileError``, which passes.
    package func remove(for scene: FileName) throws(AtomicFileError) {
        try turn.withLock { _ throws(AtomicFileError) in
            try remove(FailureReport.path(of: scene))
        }
    }

    /// Removes the reports of all scenes but these, for the daemon's start: a scene may have gone while
    /// none ran. Files of others, whatever their names, stay.
    ///
    /// - Returns: how many reports were removed.
    /// - Throws: ``AtomicFileError`` or ``FileError``.
    @discardableResult
    package func removeStale(keeping scenes: some Sequence<FileName>) throws -> Int {
        let kept = Set(scenes.map(FailureReport.path(of:)))
        var removed = 0
        var places = [FileName(bytes: [])]
        while let place = places.popLast() {
            let inner = place.bytes.isEmpty ? folder : "\(folder)/\(place.text)"
            let entries: [FolderListing.Entry]
            do throws(FileError) {
                entries = try FolderListing.entries(in: inner)
            } catch {
                if [.noFolder, .isNoFolder].contains(error.reason) { continue }
                throw error
            }
            for entry in entries {
                let name = place.appending(entry.name)
                if entry.kind == .folder { places.append(name) }
                guard entry.kind == .file, entry.name.hasEnding(FailureReport.ending),
                    !kept.contains(name), try isReport("\(folder)/\(name.text)")
                else { continue }
                try turn.withLock { _ in try remove(name) }
                removed += 1
            }
        }
        return removed
    }

    /// The path of a scene's report.
    package func path(of scene: FileName) -> String {
        "\(folder)/\(FailureReport.path(of: scene).text)"
    }

    /// - Parameter report: its path below the folder.
    private func remove(_ report: FileName) throws(AtomicFileError) {
        let path = "\(folder)/\(report.text)"
        guard PathCalls.unlink(path) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return }
            throw AtomicFileError(path: path, code: code)
        }
        // Folders that hold anything stay: those of other reports, and of maps.
        var place = Self.parent(of: path)
        while place.utf8.count >= folder.utf8.count, PathCalls.remove(place) == 0 {
            place = Self.parent(of: place)
        }
    }

    private func isReport(_ path: String) throws(FileError) -> Bool {
        let file = try InputFile(path)
        // Ours are much shorter: a path and a sentence.
        guard file.size <= 1 << 20 else { return false }
        return FailureReport.isReport(try file.read(upTo: file.size, at: 0))
    }

    private static func parent(of path: String) -> String {
        String(path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? ".")
    }
}
