import FlyingSocks
import Glibc
import IICInfer

extension Socket {
    /// Binds and listens.
    ///
    /// - Returns: with the port, which the system chose if it was 0.
    static func listening(on address: ListenAddress) throws -> (Socket, port: UInt16) {
        do {
            let socket = try Socket(domain: address.isIPv6 ? AF_INET6 : AF_INET, type: .stream)
            do {
                _ = fcntl(socket.file.rawValue, F_SETFD, FD_CLOEXEC)
                try socket.setValue(true, for: .localAddressReuse)
                if address.isIPv6 {
                    try socket.bind(to: .inet6(ip6: address.host, port: address.port))
                } else {
                    try socket.bind(to: .inet(ip4: address.host, port: address.port))
                }
                // More than the connections at a time: a crowd waits, and is not turned away.
                try socket.listen(maxPendingConnection: 256)
                switch try socket.sockname() {
                case .ip4(_, let port), .ip6(_, let port): return (socket, port)
                case .unix: throw SocketError.unsupportedAddress
                }
            } catch {
                try? socket.close()
                throw error
            }
        } catch let error as SocketError {
            throw ListenError(address: address, error: error)
        }
    }
}

/// Why nobody can be listened to.
struct ListenError: UserError {
    let address: ListenAddress
    let error: SocketError

    var exitStatus: ExitStatus { .cannotWrite }

    var description: String {
        guard case .failed(_, let code, let message) = error else {
            return "Cannot listen on \(address)."
        }
        let what =
            switch code {
            case EADDRINUSE: "another program does already; give another port"
            case EACCES: "it is not allowed; give a port above 1023"
            case EADDRNOTAVAIL: "it is no address of this machine"
            default: message
            }
        return "Cannot listen on \(address): \(what)."
    }
}
