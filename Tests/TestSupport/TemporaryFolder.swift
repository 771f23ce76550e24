import Foundation
import IICInfer

/// An empty folder that goes away with this value.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = NSTemporaryDirectory() + "iicd-test-\(UUID().uuidString)"
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

    /// The path of what has this name in it.
    public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Names of all files, hidden ones too.
    public var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    public func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: self(name))))
    }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
        return self(name)
    }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }
}
