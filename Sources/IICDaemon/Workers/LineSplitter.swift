/// Cuts a stream of bytes into lines, of which none is kept that is too long.
struct LineSplitter {
    /// Bytes of a line at most; whole longer ones are passed over.
    static let longest = 1 << 20

    private var line: [UInt8] = []
    private var isTooLong = false
    /// Lines that were passed over.
    private(set) var dropped = 0

    /// Takes the next bytes, and hands out the lines that end in them, without their ends.
    mutating func add(_ bytes: [UInt8], take: ([UInt8]) -> Void) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            finish(take: take)
            rest = rest[(end + 1)...]
        }
        keep(rest)
    }

    /// The stream has ended: what it ends with is a line too.
    mutating func finish(take: ([UInt8]) -> Void) {
        if isTooLong {
            dropped += 1
        } else if !line.isEmpty {
            take(line)
        }
        line = []
        isTooLong = false
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        guard !isTooLong else { return }
        guard line.count + bytes.count <= Self.longest else {
            line = []
            isTooLong = true
            return
        }
        line += bytes
    }
}
