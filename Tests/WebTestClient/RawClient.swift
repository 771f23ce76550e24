import FlyingSocks
import Foundation
import Glibc
import IICInfer

/// A client that sends exactly what it is told to.
package final class RawClient: Sendable {
    private let socket: Socket

    package init(port: UInt16) throws {
        socket = try Socket(domain: AF_INET, type: .stream)
        try socket.connect(to: .inet(ip4: "127.0.0.1", port: port))
    }

    deinit { try? socket.close() }

    package func send(_ text: String) throws {
        let data = Data(text.utf8)
        var sent = 0
        while sent < data.count { sent = try socket.write(data, from: sent) }
    }

    /// All until the server closes, or until `mark` is there.
    package func read(until mark: String? = nil) async throws -> String {
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

    /// What the server of this address answers to a request with these further header lines.
    package static func ask(
        _ address: String, _ request: String, _ lines: [String] = [], body: String = ""
    ) async throws -> RawReply {
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw SocketError.unsupportedAddress
        }
        let client = try RawClient(port: port)
        let head = ["\(request) HTTP/1.1", "Host: \(address)"] + lines
        try client.send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return RawReply(try await client.read())
    }
}
