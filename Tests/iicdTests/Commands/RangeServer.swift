import Foundation
import Synchronization

/// A server of a folder's files over HTTP/1.1, on a port of this machine, for as long as this value
/// lives.
final class RangeServer {
    enum Manner: Sendable {
        /// Sends the part of a file that is asked for.
        case ranges
        /// Sends whole files whatever is asked for.
        case wholeFiles
        /// Answers the first requests that it is busy.
        case busyAtFirst
        /// Goes away after so many bytes of files, in the middle of an answer.
        case dying(afterBytes: Int)
    }

    private let listener: Int32
    private let port: Int
    private let worker: Worker

    init(folder: String, manner: Manner = .ranges) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(listener, address, length) == 0 else { return false }
                guard listen(listener, 64) == 0 else { return false }
                return unsafe getsockname(listener, address, &length) == 0
            }
        }
        guard isReady else {
            throw Program.Failure(description: unsafe String(cString: strerror(errno)))
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        let worker = Worker(listener: listener, folder: folder, manner: manner)
        self.worker = worker
        Thread { worker.run() }.start()
    }

    deinit { worker.stop() }

    /// What `iicd` is to be given for a file; names under `moved/` are sent on to where they are.
    func address(_ name: String) -> String { "/vsicurl/http://127.0.0.1:\(port)/\(name)" }

    /// Methods and paths of all requests so far, in order.
    var requests: [String] { worker.state.withLock { $0.requests } }

    /// Bytes of files that were sent.
    var sent: Int { worker.state.withLock { $0.sent } }

    private final class Worker: Sendable {
        struct State {
            var requests: [String] = []
            var sent = 0
            var isStopped = false
        }

        let state = Mutex(State())
        private let listener: Int32
        private let folder: String
        private let manner: Manner

        init(listener: Int32, folder: String, manner: Manner) {
            self.listener = listener
            self.folder = folder
            self.manner = manner
        }

        /// New connections are refused from now on.
        func stop() {
            let isFirst = state.withLock { state in
                defer { state.isStopped = true }
                return !state.isStopped
            }
            guard isFirst else { return }
            shutdown(listener, Int32(SHUT_RDWR))
            close(listener)
        }

        func run() {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread { [self] in
                    answer(connection)
                    close(connection)
                }.start()
            }
        }

        /// One request a connection.
        private func answer(_ connection: Int32) {
            var request = ""
            var part = [UInt8](repeating: 0, count: 4096)
            while !request.contains("\r\n\r\n") {
                let count = unsafe recv(connection, &part, part.count, 0)
                guard count > 0 else { return }
                request += String(decoding: part[..<count], as: UTF8.self)
            }
            let lines = request.split(separator: "\r\n")
            let words = lines[0].split(separator: " ")
            guard words.count == 3 else { return }
            let path = String(words[1])
            let number = state.withLock { state in
                state.requests.append("\(words[0]) \(path)")
                return state.requests.count
            }
            if case .busyAtFirst = manner, number <= 2 {
                send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n", to: connection)
                return
            }
            if path.hasPrefix("/moved/") {
                let place = path.dropFirst("/moved".count)
                send(
                    "HTTP/1.1 302 Found\r\nLocation: \(place)\r\nContent-Length: 0\r\n",
                    to: connection)
                return
            }
            guard let file = FileManager.default.contents(atPath: folder + path) else {
                send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", to: connection)
                return
            }
            let header = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
            let ends = header?.drop { $0 != "=" }.dropFirst().split(separator: "-")
                .compactMap { Int($0) }
            var range = 0..<file.count
            var status = "200 OK"
            if case .wholeFiles = manner {
            } else if let ends, ends.count == 2, ends[0] < file.count {
                range = ends[0]..<min(ends[1] + 1, file.count)
                status =
                    "206 Partial Content\r\nContent-Range: "
                    + "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.count)"
            }
            send(
                "HTTP/1.1 \(status)\r\nAccept-Ranges: bytes\r\nContent-Length: \(range.count)\r\n",
                to: connection)
            if words[0] != "HEAD" { send(Array(file[range]), to: connection) }
        }

        private func send(_ head: String, to connection: Int32) {
            let bytes = Array((head + "Connection: close\r\n\r\n").utf8)
            sendAll(bytes, to: connection)
        }

        /// A part of a file, or as much of it as it lives to send.
        private func send(_ bytes: [UInt8], to connection: Int32) {
            var rest = bytes.count
            let isLast = state.withLock { state in
                if case .dying(let most) = manner { rest = min(rest, max(0, most - state.sent)) }
                state.sent += rest
                return rest < bytes.count
            }
            if isLast { stop() }
            sendAll(Array(bytes[..<rest]), to: connection)
        }

        private func sendAll(_ bytes: [UInt8], to connection: Int32) {
            var done = 0
            while done < bytes.count {
                let part = Array(bytes[done...])
                let count = unsafe Glibc.send(
                    connection, part, part.count, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                done += count
            }
        }
    }
}
