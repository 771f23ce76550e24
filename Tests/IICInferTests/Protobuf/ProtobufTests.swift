import IICInfer
import Testing

/// The bytes are those of the encoding's own description, protobuf.dev/programming-guides/encoding,
/// where no other source is named.
@Suite struct ProtobufTests {
    private func written(_ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        body(&writer)
        return writer.bytes
    }

    @Test func `a varint is 150's of the description`() {
        #expect(written { $0.write(150, field: 1) } == [0x08, 0x96, 0x01])
    }

    @Test func `a string has its length before it`() {
        #expect(
            written { $0.write("testing", field: 2) } == [0x12, 0x07] + Array("testing".utf8))
    }

    @Test func `a message lies in another with its length before it`() {
        let bytes = written { $0.write(field: 3) { $0.write(150, field: 1) } }
        #expect(bytes == [0x1A, 0x03, 0x08, 0x96, 0x01])
    }

    @Test func `repeated numbers are packed`() {
        let bytes = written { $0.write(packed: [3, 270, 86942], field: 6) }
        #expect(bytes == [0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05])
    }

    /// Two's complement of 64 bits, in ten bytes.
    @Test func `a negative number takes ten bytes`() {
        let bytes = written { $0.write(-2, field: 1) }
        #expect(bytes == [0x08, 0xFE] + Array(repeating: 0xFF, count: 8) + [0x01])
    }

    /// IEEE 754's bits of 25.4 and 1, least significant byte first.
    @Test func `floats and doubles have a fixed width, lowest byte first`() {
        #expect(
            written { $0.write(25.4 as Float, field: 3) } == [0x1D, 0x33, 0x33, 0xCB, 0x41])
        #expect(
            written { $0.write(1.0 as Double, field: 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        #expect(
            written { $0.write(packed: [1, -2] as [Float], field: 4) }
                == [0x22, 0x08, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    }

    @Test func `a field beyond 15 has a key of two bytes`() {
        #expect(written { $0.write(true, field: 16) } == [0x80, 0x01, 0x01])
        #expect(written { $0.write(packed: [] as [Int], field: 1) }.isEmpty)
    }

    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(UInt32.max), .max])
    func `a number is read as what was written`(_ number: UInt64) {
        var reader = ProtobufReader(written { $0.write(number, field: 9) }[...])
        guard case (9, .number(let found))? = reader.next() else {
            Issue.record("\(number)")
            return
        }
        let end = reader.next()
        #expect(found == number && end == nil && reader.isWhole)
    }

    @Test func `a message that is cut off anywhere is not whole`() {
        let bytes = written {
            $0.write(1.5 as Double, field: 1)
            $0.write(field: 2) { $0.write("text", field: 1) }
            $0.write(2.5 as Float, field: 3)
            $0.write(300, field: 4)
        }
        // Between two fields it is a shorter message.
        let ends = [0, 9, 17, 22, 25]
        #expect(ends.last == bytes.count)
        for length in 0...bytes.count {
            var reader = ProtobufReader(bytes.prefix(length))
            while reader.next() != nil {}
            #expect(reader.isWhole == ends.contains(length), "\(length)")
        }
    }

    @Test func `a length beyond the message and groups of old are no fields`() {
        for bytes: [UInt8] in [
            [0x12] + Array(repeating: 0xFF, count: 9) + [0x01], [0x12, 0x05, 0x00], [0x0B, 0x0C],
            Array(repeating: 0x80, count: 11),
        ] {
            var reader = ProtobufReader(bytes[...])
            let field = reader.next()
            #expect(field == nil && !reader.isWhole)
        }
    }
}
