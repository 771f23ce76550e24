/// TensorFlow's framing of records in a file: length, its check, data, their check; all numbers
/// little-endian.
package enum TFRecord {
    private static let (header, trailer) = (12, 4)

    package static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = bytes(UInt64(data.count))
        return length + bytes(CRC32C.masked(length)) + data + bytes(CRC32C.masked(data))
    }

    /// The records of a file with the place where each ends, up to the first that is not whole.
    package static func records(in file: [UInt8]) -> [(data: ArraySlice<UInt8>, end: Int)] {
        var result: [(data: ArraySlice<UInt8>, end: Int)] = []
        var start = 0
        while file.count - start >= header + trailer {
            let length = number(file[start..<start + 8])
            guard
                UInt32(number(file[start + 8..<start + header]))
                    == CRC32C.masked(file[start..<start + 8]),
                length <= UInt64(file.count - start - header - trailer)
            else { break }
            let data = file[start + header..<start + header + Int(length)]
            let end = data.endIndex + trailer
            guard UInt32(number(file[data.endIndex..<end])) == CRC32C.masked(data) else { break }
            result.append((data, end))
            start = end
        }
        return result
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
