import Foundation
import IICInfer
import Testing

@Suite struct JP2CheckTests {
    private static let stream: [UInt8] = [0xFF, 0x4F, 0xFF, 0x51, 1, 2, 3, 0xFF, 0xD9]
    private static let head: [UInt8] = [
        0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 13, 10, 0x87, 10, 0, 0, 0, 8, 0x66, 0x74, 0x79, 0x70,
    ]

    private func isWhole(_ bytes: [UInt8]) throws -> Bool {
        let path = FileManager.default.temporaryDirectory.path + "/iicd-jp2-\(UUID()).jp2"
        defer { PathCalls.unlink(path) }
        try Data(bytes).write(to: URL(filePath: path))
        do {
            try JP2Check.check(path)
            return true
        } catch is JP2CheckError {
            return false
        }
    }

    /// With its length in four bytes, in eight, or left open up to the file's end.
    private static func box(_ form: Int) -> [UInt8] {
        let length = UInt8(8 + stream.count)
        let type: [UInt8] = [0x6A, 0x70, 0x32, 0x63]
        switch form {
        case 0: return [0, 0, 0, length] + type + stream
        case 1: return [0, 0, 0, 1] + type + [0, 0, 0, 0, 0, 0, 0, length + 8] + stream
        default: return [0, 0, 0, 0] + type + stream
        }
    }

    @Test(arguments: 0..<3) func `a file that lacks any bytes at its end is not whole`(form: Int)
        throws
    {
        let bytes = Self.head + Self.box(form)
        #expect(try isWhole(bytes))
        for count in 0..<bytes.count { #expect(try !isWhole(Array(bytes.prefix(count)))) }
        // Full size at once, filled later.
        #expect(try !isWhole(bytes.dropLast(2) + [0, 0]))
        if form < 2 {
            #expect(try isWhole(bytes + [0, 0, 0, 8, 0x66, 0x72, 0x65, 0x65]))
            #expect(try !isWhole(bytes + [0, 0, 0, 9, 0x66, 0x72, 0x65, 0x65]))
        }
    }

    @Test func `a bare code stream is whole with its end`() throws {
        #expect(try isWhole(Self.stream) && !isWhole(Array(Self.stream.dropLast())))
        #expect(try !isWhole([]) && !isWhole(Self.head) && !isWhole(Array("text".utf8)))
        // A box shorter than its head would be read for ever.
        #expect(try !isWhole(Self.head + [0, 0, 0, 3, 1, 2, 3, 4]))
    }
}
