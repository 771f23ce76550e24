import Glibc

extension Span where Element == UInt8 {
    /// Whether all bytes are `value`, told at the speed of memory.
    func isAll(_ value: UInt8) -> Bool {
        guard !isEmpty, self[0] == value else { return isEmpty }
        return unsafe withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return true }
            // Each is the one before it.
            return unsafe memcmp(start, start + 1, bytes.count - 1) == 0
        }
    }
}
