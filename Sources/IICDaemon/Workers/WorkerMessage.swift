import Foundation
package import IICInfer

/// One line of what a worker writes to its standard output: a JSON object.
package enum WorkerMessage: Sendable, Hashable {
    case event(WorkerEvent)
    /// How long the whole scene will take, in seconds.
    case estimate(Double)
    /// The answer to a launched worker's daemon, which asks whether it lives.
    case alive
    /// All files are in place and flushed. Its ``JobResult/seconds`` and ``JobResult/warnings`` are
    /// the reader's to fill in.
    case done(JobResult)
    case failed(JobFailure)

    /// The line without its end.
    ///
    /// - Parameter others: members for other readers.
    package func line(adding others: [String: JSONValue] = [:]) -> String {
        JSONValue.object(members.merging(others) { own, _ in own }).exactText
    }

    private var members: [String: JSONValue] {
        func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        switch self {
        case .event(.progress(let progress)):
            return [
                "event": "progress", "stage": .string(progress.stage),
                "done": .number(progress.done), "total": .number(progress.total),
                "unit": .string(progress.unit), "rate": number(progress.rate),
                "secondsLeft": number(progress.secondsLeft),
            ]
        case .event(.rows(let rows)):
            return [
                "event": "rows", "width": .integer(rows.width), "height": .integer(rows.height),
                "first": .integer(rows.first),
                "labels": .string(Data(rows.labels).base64EncodedString()),
            ]
        case .event(.warning(let text)): return ["event": "warning", "text": .string(text)]
        case .event(.started(let host, let process)):
            return ["event": "started", "host": .string(host), "process": .integer(process)]
        case .alive: return ["event": "alive"]
        case .estimate(let seconds): return ["event": "estimate", "seconds": .number(seconds)]
        case .failed(let failure):
            return [
                "event": "failed", "code": .integer(Int(failure.code)),
                "stage": .string(failure.stage), "text": .string(failure.sentence),
            ]
        case .done(let result):
            return [
                "event": "done", "width": .integer(result.width),
                "height": .integer(result.height), "sceneSHA256": .string(result.sceneHash),
                "unchanged": .bool(result.isUnchanged),
                "nodataPixels": .integer(result.nodataPixels),
                "classes": .array(
                    result.classes.map { share in
                        [
                            "name": .string(share.name), "colour": .string(share.colour),
                            "pixels": .integer(share.pixels),
                            "squareMetres": number(share.squareMetres),
                        ]
                    }),
                "files": .array(
                    result.files.map { file in
                        [
                            "path": .string(file.path.text), "bytes": .integer(file.bytes),
                            "sha256": .string(file.sha256),
                        ]
                    }),
            ]
        }
    }
}
