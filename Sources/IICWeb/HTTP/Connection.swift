import FlyingSocks
import Foundation
import Glibc

/// One client's socket.
struct Connection: Sendable {
    let socket: AsyncSocket
    let pool: SocketPool<ePoll>

    init(_ socket: AsyncSocket, pool: SocketPool<ePoll>) {
        self.socket = socket
        self.pool = pool
        // Programs that the server's process starts have no business with it.
        _ = fcntl(socket.socket.file.rawValue, F_SETFD, FD_CLOEXEC)
    }

    /// Reads one request, its body too.
    func request(_ limits: WebLimits) async throws -> WebRequest {
        var bytes: [UInt8] = []
        while true {
            let searched = max(0, bytes.count - 3)
            bytes += try await socket.read(atMost: 4096)
            if let end = Self.headEnd(bytes, from: searched) {
                guard end <= limits.head else { throw Self.tooLong(limits) }
                var request = try WebRequest(head: bytes[..<end], limits: limits)
                let isKept = request.hasJSON
                var body = Array(bytes[(end + 4)...].prefix(request.bodyLength))
                var left = request.bodyLength - body.count
                while left > 0 {
                    let part = try await socket.read(atMost: min(left, 4096))
                    left -= part.count
                    if isKept { body += part }
                }
                request.body = isKept ? body : []
                return request
            }
            guard bytes.count <= limits.head else { throw Self.tooLong(limits) }
        }
    }

    private static func headEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start...bytes.count - 4).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }
    }

    private static func tooLong(_ limits: WebLimits) -> WebRefusal {
        WebRefusal(
            status: 431, sentence: "The request's headers are longer than \(limits.head) bytes.")
    }

    func write(_ bytes: [UInt8]) async throws { try await socket.write(Data(bytes)) }

    /// Returns when the client has closed, or sent more than anybody should.
    func untilClosed(atMost limit: Int) async {
        var count = 0
        while count <= limit, let bytes = try? await socket.read(atMost: 4096) {
            count += bytes.count
        }
    }

    /// Ends it from any task: whoever reads or writes finds it closed.
    func interrupt() { _ = shutdown(socket.socket.file.rawValue, Int32(SHUT_RDWR)) }

    /// Ends the answer, and takes what the client still sends.
    ///
    /// A socket that is closed with unread bytes is reset, and the client might never see the answer.
    func finish() async {
        _ = shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        _ = try? await within(.seconds(1)) { await untilClosed(atMost: 256 << 10) }
    }

    func close() async {
        await pool.settle()
        try? socket.close()
    }
}

extension SocketPool {
    /// Returns when the pool is done with what it was about.
    ///
    /// It wakes a waiting task first and forgets about its socket afterwards. A socket that was closed
    /// in between would stay noted, and the next one with its number would wait for ever.
    func settle() {}
}
