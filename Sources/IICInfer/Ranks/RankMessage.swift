package import IICKernels

/// Memory that a message is sent from or received into: a buffer or a part of one, which it keeps
/// alive.
@safe package struct RankMessage: Sendable {
    private let owner: any AnyObject & Sendable
    /// The memory; valid as long as this value is.
    package nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    package init<Element: BitwiseCopyable & Sendable>(
        _ buffer: Buffer<Element>, _ range: Range<Int>? = nil
    ) {
        owner = buffer
        unsafe bytes = buffer.mutableBytes(range)
    }
}
