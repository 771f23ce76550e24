import Foundation
import IICInfer
import Logging

/// Log lines on standard error: time, level and message, or one JSON object a line.
struct ConsoleLog: LogHandler {
    let json: Bool
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info

    init(json: Bool) { self.json = json }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date.now.formatted(.iso8601)
        // One event is one line, whatever a file's name holds.
        let message = event.message.description.replacing("\n", with: " ")
        guard json else {
            StandardError.write("\(time) \(event.level) \(message)\n")
            return
        }
        let line: JSONValue = [
            "event": "log", "time": .string(time), "level": .string(event.level.rawValue),
            "text": .string(message),
        ]
        StandardError.write(line.text + "\n")
    }
}
