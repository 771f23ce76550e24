import Foundation
import Glibc
import IICInfer
import TestSupport
import Testing

@testable import IICDaemon

@Suite struct ServiceManagerTests {
    @Test(arguments: [true, false])
    func `messages arrive at a socket with a path and at an abstract one`(isAbstract: Bool) throws {
        let folder = try TemporaryFolder()
        let name = isAbstract ? "@iicd-\(UUID().uuidString)" : folder("notify")
        let manager = try Listener(name)
        let service = ServiceManager { ["NOTIFY_SOCKET": name][$0] }
        service.ready()
        #expect(manager.receive() == "READY=1")
        service.status("Mapping\nREADY=1 of \(String(pathBytes: [0x61, 0xFF]))")
        #expect(manager.receive() == #"STATUS=Mapping READY=1 of a\xFF"#)
        service.alive()
        #expect(manager.receive() == "WATCHDOG=1")
        service.extendTimeout(by: .milliseconds(1500))
        #expect(manager.receive() == "EXTEND_TIMEOUT_USEC=1500000")
        service.stopping()
        #expect(manager.receive() == "STOPPING=1")
    }

    @Test func `a reload comes with the clock that does not jump`() throws {
        let folder = try TemporaryFolder()
        let manager = try Listener(folder("notify"))
        ServiceManager { ["NOTIFY_SOCKET": folder("notify")][$0] }.reloading()
        let lines = manager.receive()?.split(separator: "\n") ?? []
        #expect(lines.count == 2 && lines[0] == "RELOADING=1")
        let microseconds = lines.last?.split(separator: "=").last.flatMap { Int($0) }
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let upper = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
        #expect((1...upper).contains(try #require(microseconds)))
    }

    @Test func `the watchdog is this process's own`() {
        func watchdog(_ variables: [String: String]) -> Duration? {
            ServiceManager { variables.merging(["NOTIFY_SOCKET": "/run/none"]) { $1 }[$0] }.watchdog
        }
        #expect(watchdog([:]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(
            watchdog(["WATCHDOG_USEC": "5", "WATCHDOG_PID": "\(getpid())"]) == .microseconds(5))
        #expect(watchdog(["WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "0"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "soon"]) == nil)
    }

    @Test(arguments: [nil, "", "relative", "vsock:2:1", "/missing/socket", "@nobody-listens"])
    func `nothing happens where nobody listens`(name: String?) {
        let service = ServiceManager { $0 == "NOTIFY_SOCKET" ? name : nil }
        service.ready()
        service.alive()
    }

    /// What systemd has: a socket of datagrams.
    private final class Listener {
        private let descriptor: Int32

        init(_ name: String) throws {
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            let isAbstract = bytes[0] == UInt8(ascii: "@")
            if isAbstract { bytes[0] = 0 }
            let length = socklen_t(2 + bytes.count + (isAbstract ? 0 : 1))
            unsafe withUnsafeMutableBytes(of: &address.sun_path) {
                unsafe $0.copyBytes(from: bytes)
            }
            let status = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, length)
                }
            }
            try #require(status == 0)
        }

        deinit { close(descriptor) }

        /// A message that has come; nil if none has.
        func receive() -> String? {
            var buffer = [UInt8](repeating: 0, count: 1000)
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }
}
