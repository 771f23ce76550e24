import Glibc
import IICInfer

/// Tells systemd, or what speaks as it does, how the daemon is: datagrams of `NAME=value` lines to a
/// socket (sd_notify(3)). Where nobody asked for that, nothing is sent.
package struct ServiceManager: Sendable {
    /// The variables by which a service manager says what it wants of this process alone: workers must
    /// not have them.
    package static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

    /// A path, or a name after “@”; nil to send nothing.
    private let socket: FileName?
    /// Without a sign of life for so long the daemon is killed; nil if nobody watches.
    package let watchdog: Duration?

    /// - Parameter value: of a variable of the environment, if it has one.
    package init(variable value: (_ name: String) -> String? = Self.environment) {
        let name = value("NOTIFY_SOCKET").map { FileName($0) }
        let isKnown = name.map { $0.bytes.starts(with: [slash]) || $0.bytes.starts(with: [at]) }
        socket = isKnown == true ? name : nil
        let isMeant = value("WATCHDOG_PID").map { pid_t($0) == getpid() } ?? true
        let microseconds = value("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap {
            $0 > 0 ? $0 : nil
        }
        watchdog = socket != nil && isMeant ? microseconds.map { .microseconds($0) } : nil
    }

    /// Scenes are accepted from now on; at the start, and after ``reloading()``.
    package func ready() { send("READY=1") }

    /// What is going on, as a sentence that `systemctl status` shows.
    package func status(_ sentence: String) {
        send("STATUS=" + sentence.shown.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// New settings are being read; ``ready()`` must follow.
    package func reloading() {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The daemon is about to end.
    package func stopping() { send("STOPPING=1") }

    /// A sign of life, due at least once in half of ``watchdog``.
    package func alive() { send("WATCHDOG=1") }

    /// Start, reload or end take this much longer from now.
    package func extendTimeout(by time: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(Int64((time / .microseconds(1)).rounded(.up)))")
    }

    /// Nothing depends on whether a message arrives, so a failure to send it is no error.
    private func send(_ message: String) {
        guard let socket else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = socket.bytes
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < room else { return }
        // An abstract name begins with a zero, and ends where the address does.
        if name[0] == at { name[0] = 0 } else { name.append(0) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length =
            socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2) + socklen_t(name.count)
        let descriptor = Glibc.socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A manager that does not read must not stop the daemon.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(message.utf8)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe sendto(
                    descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
            }
        }
    }

    package static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cPath: $0) }
    }
}

private let slash = UInt8(ascii: "/")
private let at = UInt8(ascii: "@")
