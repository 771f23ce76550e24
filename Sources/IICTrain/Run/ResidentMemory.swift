import Foundation

/// Memory of this process, as the kernel counts it.
enum ResidentMemory {
    /// Bytes in memory now; 0 where the kernel does not tell.
    static var bytes: Int {
        // Not `contents(atPath:)`: files of /proc claim to be empty.
        guard let file = FileHandle(forReadingAtPath: "/proc/self/status"),
            let data = try? file.readToEnd()
        else { return 0 }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("VmRSS:") }) else { return 0 }
        let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first
        return (kibibytes.flatMap { Int($0) } ?? 0) << 10
    }
}
