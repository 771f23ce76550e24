/// Version 5 files written byte by byte, so that they can lie.
///
/// Source: MathWorks, *MAT-File Format* (R2023b).
struct MatBytes {
    /// Whether numbers begin with their largest byte.
    var isBigEndian = false
    /// Whether elements are compressed: as zlib's stored blocks, whose bytes are known.
    var isCompressed = false

    static let (uint8, double) = (9, 6)

    func number(_ value: Int, bytes: Int = 4) -> [UInt8] {
        let little = (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return isBigEndian ? little.reversed() : little
    }

    /// An element of numbers, filled up to whole eights.
    ///
    /// - Parameter count: what its tag says of the bytes; the truth unless given.
    func element(_ type: Int, _ data: [UInt8], count: Int? = nil) -> [UInt8] {
        let rest = (8 - data.count % 8) % 8
        return number(type) + number(count ?? data.count) + data
            + [UInt8](repeating: 0, count: rest)
    }

    /// A variable as an element.
    ///
    /// - Parameters:
    ///   - kind: the class's number, such as 9 for uint8.
    ///   - flags: 8 for complex, 2 for logical.
    ///   - stored: the number of the type that the values are stored as; 2 is uint8.
    ///   - count: what the values' tag says of their bytes.
    ///   - claims: bytes more that the variable's own tag claims.
    func variable(
        _ name: String, kind: Int = uint8, flags: Int = 0, dimensions: [Int], stored: Int = 2,
        data: [UInt8], count: Int? = nil, claims more: Int = 0
    ) -> [UInt8] {
        var content = element(6, number(flags << 8 | kind) + number(0))
        // An opaque object has none.
        if kind != 17 { content += element(5, dimensions.flatMap { number($0) }) }
        content += element(1, Array(name.utf8)) + element(stored, data, count: count)
        if flags & 8 != 0 { content += element(stored, data) }
        return compressed(number(14) + number(content.count + more) + content)
    }

    /// An element, compressed if elements are.
    func compressed(_ whole: [UInt8]) -> [UInt8] {
        guard isCompressed else { return whole }
        let stream = Self.stored(whole)
        return number(15) + number(stream.count) + stream
    }

    func file(_ variables: [UInt8]...) -> [UInt8] {
        let text = Array("MATLAB 5.0 MAT-file, by hand".utf8)
        return text + [UInt8](repeating: 32, count: 124 - text.count) + number(0x0100, bytes: 2)
            + (isBigEndian ? Array("MI".utf8) : Array("IM".utf8)) + variables.flatMap { $0 }
    }

    /// A zlib stream of stored blocks (RFC 1950 and 1951).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: bytes.count, by: 65_535) {
            let block = bytes[start..<min(bytes.count, start + 65_535)]
            let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
            stream += [start + 65_535 >= bytes.count ? 1 : 0, low, high, ~low, ~high]
            stream += block
        }
        // Adler-32.
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + [b >> 8, b & 255, a >> 8, a & 255].map { UInt8($0) }
    }
}
