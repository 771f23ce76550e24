import Foundation

/// What `program` prints: GDAL's own tools are the oracle of many tests.
public func output(of program: String, _ arguments: [String]) throws -> String {
    let process = tool(program, arguments)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}

/// Runs `program`, which must succeed.
public func runTool(_ program: String, _ arguments: [String]) throws {
    let process = tool(program, arguments)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw ToolFailure(command: [program] + arguments, status: process.terminationStatus)
    }
}

private func tool(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    return process
}

private struct ToolFailure: Error, CustomStringConvertible {
    let command: [String]
    let status: Int32

    var description: String { "\(command) ended with \(status)" }
}
