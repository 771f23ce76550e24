import Foundation
import IICInfer

/// The two logs of a training, `metrics.jsonl` and an event file for TensorBoard.
///
/// A log that cannot be written is no reason to lose hours of training: a failure is reported once,
/// and the next step tries again.
package final class RunLog {
    private var metrics: AppendedFile
    private var events: AppendedFile
    private var hasFailed = false
    /// What the logs held of the steps before; the newest of them last.
    package let earlier: [StepRecord]

    /// Opens the logs in `folder`, which is made if it is not there.
    ///
    /// - Parameter step: where training goes on from; what the logs hold beyond it is cut off, since
    ///   these steps will be taken again.
    /// - Throws: ``AppendedFileError`` if another training writes them; ``AtomicFileError``.
    package init(folder: String, after step: Int) throws {
        if PathCalls.makeFolder(folder) != 0 && errno != EEXIST {
            throw AtomicFileError(path: folder, code: errno)
        }
        guard PathCalls.isFolder(folder) else {
            throw AtomicFileError(path: folder, reason: "it is not a folder")
        }
        metrics = try AppendedFile(path: Self.metrics(in: folder))
        events = try AppendedFile(path: folder + "/events.out.tfevents.iicd")
        var records: [StepRecord] = []
        var end = 0
        let text = step == 0 ? [] : try metrics.contents()
        while let newline = text[end...].firstIndex(of: UInt8(ascii: "\n")),
            let record = StepRecord(line: text[end..<newline]), record.step <= step,
            record.step > records.last?.step ?? -1
        {
            records.append(record)
            end = newline + 1
        }
        try metrics.cut(to: end)
        earlier = records
        end = 0
        for record in step == 0 ? [] : TFRecord.records(in: try events.contents()) {
            guard let event = ScalarEvent(data: record.data), event.step <= step else { break }
            end = record.end
        }
        try events.cut(to: end)
        if end == 0 {
            let header = ScalarEvent.header(time: Date.now.timeIntervalSince1970)
            try events.append(TFRecord.framed(header.data))
        }
    }

    private static func metrics(in folder: String) -> String { folder + "/metrics.jsonl" }

    /// What the log in `folder` holds; what cannot be read is left out.
    static func records(in folder: String) -> [StepRecord] {
        guard let file = try? InputFile(metrics(in: folder)),
            let bytes = try? file.read(upTo: file.size, at: 0)
        else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { StepRecord(line: $0) }
    }

    /// Writes a step down.
    ///
    /// - Returns: the event that writing begins to fail, or that it works again.
    package func append(_ record: StepRecord) -> TrainingEvent? {
        do {
            try metrics.append(Array("\(record.line)\n".utf8))
            try events.append(TFRecord.framed(record.event.data))
        } catch {
            defer { hasFailed = true }
            return hasFailed ? nil : .logFailed(error)
        }
        defer { hasFailed = false }
        return hasFailed ? .logWorksAgain(path: metrics.path) : nil
    }
}
