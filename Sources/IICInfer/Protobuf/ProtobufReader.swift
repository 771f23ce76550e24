/// Reads the fields of a protocol buffer message, one after the other.
///
/// Source: <https://protobuf.dev/programming-guides/encoding/>.
package struct ProtobufReader {
    package enum Content {
        /// A varint, or the bits of a fixed-width number.
        case number(UInt64)
        /// Text, bytes, a message, or packed numbers.
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>
    /// Whether all that was read so far is a field; false after one that is cut off or unknown.
    package private(set) var isWhole = true

    package init(_ message: ArraySlice<UInt8>) { rest = message }

    /// The next field, or nil at the message's end and at what is no field.
    package mutating func next() -> (field: UInt64, content: Content)? {
        guard !rest.isEmpty else { return nil }
        guard let key = varint(), let type = ProtobufWireType(rawValue: key & 7),
            let content = content(type)
        else {
            isWhole = false
            return nil
        }
        return (key >> 3, content)
    }

    private mutating func content(_ type: ProtobufWireType) -> Content? {
        switch type {
        case .varint: return varint().map(Content.number)
        case .fixed64: return take(8).map { .number(Self.littleEndian($0)) }
        case .fixed32: return take(4).map { .number(Self.littleEndian($0)) }
        case .bytes:
            guard let count = varint().flatMap(Int.init(exactly:)) else { return nil }
            return take(count).map(Content.bytes)
        }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private mutating func varint() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
