internal import CMatio

/// The beginning of a zlib stream, or all of it, inflated.
struct MatStream {
    /// The first bytes that came out of it.
    let bytes: [UInt8]
    /// How many came out of it.
    let count: Int
    /// Whether the stream has ended, and its check of what came out is right.
    let isWhole: Bool

    /// - Parameters:
    ///   - stream: fewer than 2³² bytes.
    ///   - room: bytes to keep, fewer than 2³²; memory is taken for those that come.
    ///   - toEnd: whether it must be whole; else it is inflated until `room` bytes are there.
    /// - Returns: nil for what is no such stream, or a damaged one.
    init?(_ stream: [UInt8], keeping room: Int, toEnd: Bool) {
        var found = iicd_inflated()
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, kept in
            unsafe found = iicd_inflate(
                stream, UInt32(stream.count), target.baseAddress, UInt32(room), toEnd ? 1 : 0)
            kept = Int(found.kept)
        }
        guard found.is_wrong == 0 else { return nil }
        count = Int(clamping: found.count)
        isWhole = found.is_whole != 0
    }

    /// The most bytes that can come out of a stream: two bits of it stand for 258 at most.
    static func mostBytes(from count: Int) -> Int { 1032 * count }
}
