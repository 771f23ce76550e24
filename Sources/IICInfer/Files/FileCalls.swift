package import Glibc

/// What reading asks the system for: the seam by which tests make a disk fail.
@safe package struct FileCalls: Sendable {
    /// Returns the descriptor, or -1 with `errno`.
    package var open: @Sendable (_ path: String) -> Int32
    /// As `pread` does.
    package var read:
        @Sendable (_ descriptor: Int32, _ target: UnsafeMutableRawBufferPointer, _ offset: Int)
            -> Int
    /// As `stat` does.
    package var status: @Sendable (_ path: String, _ status: inout stat) -> Int32

    package static let system = unsafe FileCalls(
        // Not blocking: opening a pipe must not wait for a writer.
        open: { PathCalls.open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) },
        read: { unsafe pread($0, $1.baseAddress, $1.count, $2) },
        status: { PathCalls.status($0, &$1) })
}
