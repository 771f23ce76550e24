import Foundation

/// A folder that goes away with this value.
final class TemporaryFiles {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/iicd-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// All names in it, hidden ones too.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: self(name))) }

    func write(_ data: Data, _ name: String) throws {
        try data.write(to: URL(filePath: self(name)))
    }
}
