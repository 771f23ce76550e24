import IICInfer

/// What a launched worker is to do: a line of JSON, the first of its standard input.
///
/// After it come empty lines, one a second from when the worker has begun, which it answers
/// (``WorkerMessage/alive``), and perhaps ``stop``. The end of standard input, or none of all that for
/// ``patience``, tells that the daemon is gone, or the network to it.
package struct LaunchOrder: Sendable, Equatable {
    /// A line that asks for an orderly end.
    package static let stop = "stop"
    /// How often a daemon is heard of.
    package static let interval = Duration.seconds(1)
    /// How long it need not be.
    package static let patience = Duration.seconds(30)

    /// Of iicd: another one makes other maps.
    package var version: String
    /// Where relative paths begin.
    package var folder: String
    package var arguments: [String]

    package init(version: String, folder: String, arguments: [String]) {
        self.version = version
        self.folder = folder
        self.arguments = arguments
    }

    /// Without its end.
    package var line: String {
        let value: JSONValue = [
            "version": .string(version), "folder": .string(folder),
            "arguments": .array(arguments.map { .string($0) }),
        ]
        return value.exactText
    }

    /// Nil for what is none.
    package init?(line: [UInt8]) {
        guard let value = try? JSONValue(parsing: line), let version = value["version"]?.string,
            let folder = value["folder"]?.string, let list = value["arguments"]?.array
        else { return nil }
        let arguments = list.compactMap(\.string)
        guard arguments.count == list.count else { return nil }
        self.init(version: version, folder: folder, arguments: arguments)
    }
}
