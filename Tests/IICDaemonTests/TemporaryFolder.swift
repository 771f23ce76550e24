import Foundation
import IICInfer

/// An empty folder that goes away with this value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "iicd-daemon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { Self.remove(path) }

    /// Removes a folder with all that it holds; Foundation cannot where a name is not UTF-8.
    private static func remove(_ path: String) {
        for name in (try? FolderListing.names(in: path)) ?? [] {
            let inner = "\(path)/\(name.text)"
            if PathCalls.unlink(inner) != 0 { remove(inner) }
        }
        PathCalls.remove(path)
    }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: self(name)))
        return self(name)
    }
}
