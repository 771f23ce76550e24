import Foundation
import IICInfer

/// An empty folder that goes away with this value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
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

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Names of all files, hidden ones too.
    var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: self(name))))
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
        return self(name)
    }
}

/// What `program` prints: GDAL's own tools are the oracle of many tests here.
func output(of program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
