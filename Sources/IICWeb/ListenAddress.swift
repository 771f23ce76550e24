import FlyingSocks
import Glibc
import IICInfer

/// Where a server listens: an IP address of this machine and a port.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Without brackets: `127.0.0.1`, `::1`.
    package let host: String
    /// 0 for any that is free.
    package var port: UInt16
    /// Whether only this machine reaches it.
    package let isLoopback: Bool
    let isIPv6: Bool

    /// Reads `127.0.0.1:8472`, `[::1]:8472` or `localhost:8472`.
    package init(parsing text: String) throws {
        guard let colon = text.lastIndex(of: ":"),
            let port = Self.port(text[text.index(after: colon)...])
        else {
            throw Self.error(text, "it needs an address and a port from 0 to 65535")
        }
        self.port = port
        let name = String(text[..<colon])
        if name.hasPrefix("[") && name.hasSuffix("]") {
            let inner = String(name.dropFirst().dropLast())
            guard let address = try? sockaddr_in6.inet6(ip6: inner, port: port),
                case .ip6(let host, _) = try Socket.makeAddress(from: address.makeStorage())
            else {
                throw Self.error(text, "“\(inner)” is not an IPv6 address")
            }
            self.host = host
            isLoopback = host == "::1"
            isIPv6 = true
        } else {
            let number = name == "localhost" ? "127.0.0.1" : name
            guard (try? sockaddr_in.inet(ip4: number, port: port)) != nil else {
                throw Self.error(
                    text,
                    name.contains(":")
                        ? "an IPv6 address stands in brackets"
                        : "“\(name)” is not an IP address of this machine")
            }
            host = number
            isLoopback = number.hasPrefix("127.")
            isIPv6 = false
        }
    }

    /// Digits only: Swift's own reading takes a sign.
    private static func port(_ text: Substring) -> UInt16? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? UInt16(text) : nil
    }

    private static func error(_ text: String, _ why: String) -> UsageError {
        UsageError(
            description: "Cannot listen on “\(text)”: \(why). Give one such as 127.0.0.1:8472, "
                + "localhost:8472 or [::1]:8472.")
    }

    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What a browser is given.
    package var url: String { "http://\(self)/" }

    /// What a request's Host may be, in lower case, if nothing else proves that it comes from no page
    /// of somebody else (DNS rebinding).
    var hosts: Set<String> {
        let names = [isIPv6 ? "[\(host)]" : host, "127.0.0.1", "localhost", "[::1]"]
        return Set(names.map { "\($0):\(port)" } + (port == 80 ? names : []))
    }
}
