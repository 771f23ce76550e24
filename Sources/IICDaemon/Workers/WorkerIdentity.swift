import IICInfer

/// A process as nothing else is it: process numbers are given again, and a later process of the same
/// number has begun later.
package struct WorkerIdentity: Sendable, Hashable, CustomStringConvertible {
    package let pid: Int32
    /// When it began, in the kernel's ticks since the machine started.
    package let startTicks: Int
    /// Tells one start of the machine from another.
    package let boot: String

    /// Nil if there is no such process, or it has ended and only waits to be taken note of.
    package init?(pid: Int32) {
        guard pid > 0, let ticks = Self.startTicks(of: pid) else { return nil }
        self.init(pid: pid, startTicks: ticks, boot: Self.boot)
    }

    private init(pid: Int32, startTicks: Int, boot: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.boot = boot
    }

    /// As a ledger keeps it: ``init(_:)`` reads it.
    package var description: String { "\(pid) \(startTicks) \(boot)" }

    /// Nil for a text that none of these is.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let pid = Int32(parts[0]), let ticks = Int(parts[1]), pid > 0,
            ticks >= 0
        else { return nil }
        self.init(pid: pid, startTicks: ticks, boot: String(parts[2]))
    }

    /// Whether it has not ended yet.
    package var isAlive: Bool { boot == Self.boot && Self.startTicks(of: pid) == startTicks }

    private static let boot =
        Self.text("/proc/sys/kernel/random/boot_id").map {
            $0.filter { $0.isHexDigit || $0 == "-" }
        } ?? ""

    private static func startTicks(of pid: Int32) -> Int? {
        // After the name, which may hold anything, the state is the first field and the start the 20th.
        guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields.first, !["Z", "X", "x"].contains(state) else {
            return nil
        }
        return Int(fields[19])
    }

    private static func text(_ path: String) -> String? {
        guard let file = try? InputFile(path), let bytes = try? file.read(upTo: 4096, at: 0) else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
