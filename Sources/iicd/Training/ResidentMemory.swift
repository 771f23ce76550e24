import Foundation

/// Memory of this process, as the kernel counts it.
enum ResidentMemory {
    /// Bytes in memory now; 0 where the kernel does not tell.
    static var bytes: Int { kibibytes("VmRSS:") << 10 }

    /// The most so far.
    static var peakBytes: Int { kibibytes("VmHWM:") << 10 }

    private static func kibibytes(_ key: String) -> Int {
        // Not `contents(atPath:)`: files of /proc claim to be empty.
        guard let file = FileHandle(forReadingAtPath: "/proc/self/status"),
            let data = try? file.readToEnd()
        else { return 0 }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix(key) {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
                Int($0)
            } ?? 0
        }
        return 0
    }
}
