/// Writes the fields of a protocol buffer message, in the order of the calls.
///
/// It leaves nothing out: whether a field that has its default value is written, the caller decides.
/// Field numbers are those of the message's `.proto` file, from 1.
///
/// Source: <https://protobuf.dev/programming-guides/encoding/>.
package struct ProtobufWriter {
    /// The message so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes an `int32`, `int64` or `enum`; a negative number takes ten bytes.
    package mutating func write(_ number: Int, field: Int) {
        write(UInt64(bitPattern: Int64(number)), field: field)
    }

    /// Writes a `uint32` or `uint64`.
    package mutating func write(_ number: UInt64, field: Int) {
        key(field, .varint)
        bytes.append(varint: number)
    }

    /// Writes a `bool`.
    package mutating func write(_ flag: Bool, field: Int) {
        write(flag ? 1 : 0 as UInt64, field: field)
    }

    /// Writes a `float`.
    package mutating func write(_ number: Float, field: Int) {
        key(field, .fixed32)
        bytes.append(littleEndian: number.bitPattern)
    }

    /// Writes a `double`.
    package mutating func write(_ number: Double, field: Int) {
        key(field, .fixed64)
        bytes.append(littleEndian: number.bitPattern)
    }

    /// Writes a `string`.
    package mutating func write(_ text: String, field: Int) { write(text.utf8, field: field) }

    /// Writes `bytes`.
    package mutating func write(_ content: some Collection<UInt8>, field: Int) {
        key(field, .bytes)
        bytes.append(varint: UInt64(content.count))
        bytes += content
    }

    /// Writes a message inside this one.
    package mutating func write(
        field: Int, message: (_ message: inout ProtobufWriter) -> Void
    ) {
        var inner = ProtobufWriter()
        message(&inner)
        write(inner.bytes, field: field)
    }

    /// Writes a packed `repeated int32`, `int64` or `enum`; nothing if there are no numbers.
    package mutating func write(packed numbers: [Int], field: Int) {
        guard !numbers.isEmpty else { return }
        var content: [UInt8] = []
        for number in numbers { content.append(varint: UInt64(bitPattern: Int64(number))) }
        write(content, field: field)
    }

    /// Writes a packed `repeated float`; nothing if there are no numbers.
    package mutating func write(packed numbers: [Float], field: Int) {
        guard !numbers.isEmpty else { return }
        key(field, .bytes)
        bytes.append(varint: UInt64(4 * numbers.count))
        bytes.reserveCapacity(bytes.count + 4 * numbers.count)
        for number in numbers { bytes.append(littleEndian: number.bitPattern) }
    }

    private mutating func key(_ field: Int, _ type: ProtobufWireType) {
        precondition((1..<1 << 29).contains(field), "field \(field)")
        bytes.append(varint: UInt64(field) << 3 | type.rawValue)
    }
}

/// How a field's content is laid out, and so where it ends.
enum ProtobufWireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
}

extension [UInt8] {
    /// Seven bits a byte, the lowest first; the eighth tells whether more follow.
    fileprivate mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
