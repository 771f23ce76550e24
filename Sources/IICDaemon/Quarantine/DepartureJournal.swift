import Foundation
import Glibc
import IICInfer

/// What scenes that leave are about to do, in a folder of the daemon's state: one file for each scene
/// on its way.
struct DepartureJournal: Sendable {
    let folder: String

    /// Names are bytes, which JSON does not hold as text.
    private struct Record: Codable {
        var source: [UInt8]
        var target: [UInt8]?
        var device: UInt64
        var number: UInt64
        var size: Int
        var modified: Int
        var changed: Int
        var isShared: Bool
    }

    /// Writes down what will be done, to the disk.
    ///
    /// - Returns: the entry's name.
    func add(_ steps: [DepartureStep]) throws -> String {
        let records = steps.map { step in
            Record(
                source: FileName(step.source).bytes,
                target: step.target.map { FileName($0).bytes }, device: step.stamp.device,
                number: step.stamp.number, size: step.stamp.size, modified: step.stamp.modified,
                changed: step.stamp.changed, isShared: step.isShared)
        }
        let name = "\(UUID().uuidString).json"
        try OutputFolder.make(folder)
        let bytes = try Array(JSONEncoder().encode(records))
        try AtomicFile.write(bytes.span, to: "\(folder)/\(name)")
        return name
    }

    func remove(_ name: String) throws(AtomicFileError) {
        let path = "\(folder)/\(name)"
        guard PathCalls.unlink(path) == 0 || errno == ENOENT else {
            throw AtomicFileError(path: path, code: errno)
        }
    }

    /// What was begun and not ended. What is no entry is passed over.
    func pending() throws(FileError) -> [(name: String, steps: [DepartureStep])] {
        let names: [FileName]
        do throws(FileError) {
            names = try FolderListing.names(in: folder)
        } catch {
            if error.reason == .noFolder { return [] }
            throw error
        }
        var pending: [(name: String, steps: [DepartureStep])] = []
        for name in names where !name.isHidden && name.hasEnding(".json") {
            let file = try InputFile("\(folder)/\(name.text)")
            let bytes = try file.read(upTo: file.size, at: 0)
            guard let records = try? JSONDecoder().decode([Record].self, from: Data(bytes)) else {
                continue
            }
            let steps = records.map { record in
                DepartureStep(
                    source: String(pathBytes: record.source),
                    target: record.target.map { String(pathBytes: $0) },
                    stamp: FileStamp(
                        device: record.device, number: record.number, size: record.size,
                        modified: record.modified, changed: record.changed),
                    isShared: record.isShared)
            }
            pending.append((name.text, steps))
        }
        return pending
    }
}
