import Foundation
import IICTrain
import Testing

@Suite struct EventFileTests {
    /// RFC 3720, appendix B.4, and the usual check value.
    @Test(
        arguments: [
            (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E), (Array("123456789".utf8), 0xE306_9283), ([], 0),
        ] as [([UInt8], UInt32)])
    func `checksums are those of the standard`(_ bytes: [UInt8], _ expected: UInt32) {
        #expect(CRC32C.checksum(bytes) == expected)
    }

    private let event = ScalarEvent(
        time: 1234.5, step: 300,
        values: [.init(tag: "loss/A", number: -1.5), .init(tag: "x", number: 2)])

    /// Written with `RecordWriter` of TensorBoard 2.21.
    @Test func `records are TensorBoard's bytes`() {
        #expect(
            hex(TFRecord.framed(event.data))
                == "2700000000000000bbe1b1460900000000004a934010ac022a190a0d0a066c6f73732f4115"
                + "0000c0bf0a080a01781500000040f794b52a")
        #expect(
            hex(TFRecord.framed(ScalarEvent.header(time: 1234.5).data))
                == "1800000000000000a37f4b220900000000004a93401a0d627261696e2e4576656e743a3265b8d3fb"
        )
    }

    @Test func `what was written is read again, up to the first record that is not whole`() throws {
        let header = ScalarEvent.header(time: 7)
        let file = TFRecord.framed(header.data) + TFRecord.framed(event.data)
        #expect(
            TFRecord.records(in: file).map { ScalarEvent(data: $0.data) } == [header, event])
        #expect(TFRecord.records(in: file).last?.end == file.count)
        for length in 0..<file.count {
            let found = TFRecord.records(in: Array(file.prefix(length))).count
            #expect(found == (length < TFRecord.framed(header.data).count ? 0 : 1))
        }
        for place in file.indices {
            var damaged = file
            damaged[place] ^= 0x10
            #expect(TFRecord.records(in: damaged).count < 2)
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }
}
