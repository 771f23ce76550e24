import FlyingSocks
import Foundation
import Glibc
import Logging
import ServiceLifecycle

@testable import IICDaemon

/// A client that sends exactly what it is told to.
final class RawClient: Sendable {
    private let socket: Socket

    init(port: UInt16) throws {
        socket = try Socket(domain: AF_INET, type: .stream)
        try socket.connect(to: .inet(ip4: "127.0.0.1", port: port))
    }

    deinit { try? socket.close() }

    func send(_ text: String) throws {
        let data = Data(text.utf8)
        var sent = 0
        while sent < data.count { sent = try socket.write(data, from: sent) }
    }

    /// All until the server closes, or until `mark` is there.
    func read(until mark: String? = nil) async throws -> String {
        let socket = socket
        return try await onOwnThread("client") {
            var bytes: [UInt8] = []
            while let part = try? socket.read(atMost: 4096) {
                bytes += part
                if let mark, String(decoding: bytes, as: UTF8.self).contains(mark) { break }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

struct RawReply {
    let status: Int
    let headers: [String: String]
    let body: String

    init(_ text: String) {
        let parts = text.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            headers[pair[0].lowercased()] = pair.last.map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        self.headers = headers
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }
}

extension StatusServer {
    /// What the server answers to a request with these further header lines.
    func ask(_ request: String, _ lines: String...) async throws -> RawReply {
        let client = try RawClient(port: address.port)
        let head = ["\(request) HTTP/1.1", "Host: \(address)"] + lines
        try client.send(head.joined(separator: "\r\n") + "\r\n\r\n")
        return RawReply(try await client.read())
    }
}

/// Runs `body` with a server on any free port, and shuts it down as the daemon does.
func withServer(
    _ board: any JobBoard = ExampleBoard(full: true), token: AccessToken? = nil,
    limits: WebLimits = WebLimits(), _ body: (StatusServer) async throws -> Void
) async throws {
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = try StatusServer(
        address: ListenAddress(parsing: "127.0.0.1:0"), token: token, board: board, logger: quiet,
        limits: limits)
    let group = ServiceGroup(services: [server], logger: quiet)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await body(server)
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

extension WebLimits {
    static func changed(_ change: (inout WebLimits) -> Void) -> WebLimits {
        var limits = WebLimits()
        change(&limits)
        return limits
    }
}
