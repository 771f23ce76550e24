import Glibc
import IICInfer
import Testing

@Suite struct PathTextTests {
    /// All names of one and two bytes, and longer ones of the bytes that UTF-8, the scalars that carry
    /// and those that are carried consist of.
    private static let names: [[UInt8]] = {
        var names = (1...255).map { [UInt8($0)] }
        for first in names { for second in names.prefix(255) { names.append(first + second) } }
        let bytes: [UInt8] = [
            0x0A, 0x1B, 0x2F, 0x61, 0x7F, 0x80, 0x81, 0x8F, 0x9B, 0xA8, 0xAE, 0xB8, 0xB9, 0xBB,
            0xBF,
            0xC2, 0xC3, 0xCC, 0xE2, 0xE9, 0xED, 0xF0, 0xF4, 0xFC, 0xFF,
        ]
        var state: UInt64 = 1
        for length in 3...10 {
            for _ in 0..<5000 {
                names.append(
                    (0..<length).map { _ -> UInt8 in
                        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        return bytes[Int(state >> 33) % bytes.count]
                    })
            }
        }
        // One that carries, whole and cut off.
        names += [[0xF4, 0x8F, 0xB9, 0x81], [0xF4, 0x8F, 0xB9], [0xF4, 0x8F, 0xB9, 0x81, 0x81]]
        return names
    }()

    private func bytes(ofC path: String) -> [UInt8] {
        unsafe path.withCPath { start in
            unsafe Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
        }
    }

    @Test func `every name comes out as it went in`() {
        let wrong = Self.names.filter { name in
            let text = String(pathBytes: name)
            return text.pathBytes != name || bytes(ofC: text) != name
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }

    @Test func `every name has a text of its own`() {
        let names = Set(Self.names)
        #expect(Set(names.map { Array(String(pathBytes: $0).utf8) }).count == names.count)
        let joined = String(pathBytes: [0xE6]) + "/" + String(pathBytes: [0x97, 0xA5])
        #expect(joined.pathBytes == [0xE6, 0x2F, 0x97, 0xA5])
    }

    @Test func `what is shown of a name moves no cursor, and is shown once`() {
        let wrong = Self.names.filter { name in
            let shown = String(pathBytes: name).shown
            return shown.shown != shown
                || shown.unicodeScalars.contains {
                    $0.properties.generalCategory == .control
                        || (0x10FE00...0x10FEFF).contains($0.value)
                }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }

    @Test(arguments: [
        "", "a/b.tif", "D\u{FC}ne.tif", "Du\u{308}ne.tif", "日本.tif", "🌍", "👩\u{200D}🌾", #"a\xFC"#,
        "\u{10FDFF}\u{10FF00}",
    ])
    func `names that people read stay what they are`(name: String) {
        let text = String(pathBytes: Array(name.utf8))
        #expect(Array(text.utf8) == Array(name.utf8) && text.pathBytes == Array(name.utf8))
        #expect(Array(text.shown.utf8) == Array(name.utf8))
    }

    @Test(
        arguments: [
            ([0x44, 0xFC, 0x6E, 0x65], #"D\xFCne"#), ([0x61, 0x0A, 0x62], #"a\x0Ab"#),
            ([0x1B, 0x5B, 0x6D], #"\x1B[m"#), ([0xC2, 0x9B, 0x6D], #"\xC2\x9Bm"#),
            ([0xE2, 0x80, 0xAE, 0x61], #"\xE2\x80\xAEa"#), ([0x7F, 0x5C], #"\x7F\"#),
            // Of three bytes the last is missing, or is another letter.
            ([0xE6, 0x97], #"\xE6\x97"#), ([0xE6, 0x61, 0x62], #"\xE6ab"#),
            // Too long for its number, a surrogate, beyond Unicode.
            ([0xC0, 0xAF], #"\xC0\xAF"#), ([0xED, 0xA0, 0x80], #"\xED\xA0\x80"#),
            ([0xF4, 0x90, 0x80, 0x80], #"\xF4\x90\x80\x80"#),
            // The scalar that stands for “A”.
            ([0xF4, 0x8F, 0xB9, 0x81], #"\xF4\x8F\xB9\x81"#),
        ] as [([UInt8], String)])
    func `other bytes are shown by their numbers`(bytes: [UInt8], shown: String) {
        #expect(String(pathBytes: bytes).shown == shown)
    }

    @Test func `a text's own lines stay, its other control characters do not`() {
        #expect("a\u{1B}[2J\nb\tc\r\u{9B}".shown == "a\\x1B[2J\nb\tc\\x0D\\xC2\\x9B")
    }

    @Test(arguments: [
        ("a/b.tif", "b.tif"), ("b", "b"), ("a/b/", "b"), ("a/b//", "b"), ("/a", "a"), ("/", "/"),
        ("", ""), ("a/\u{301}b", "\u{301}b"),
    ])
    func `a path's name is what follows the last slash`(path: String, name: String) {
        #expect(FileName(path.pathName) == FileName(name))
    }

    @Test func `JSON holds what is shown`() throws {
        let value = JSONValue.string(String(pathBytes: [0x44, 0xFC, 0x0A]) + "\u{7F}\u{9B}")
        #expect(value.text == #""D\\xFC\\x0A\u007f\u009b""#)
        let read = try JSONValue(parsing: Array(value.text.utf8))
        #expect(read.string == #"D\xFC\x0A"# + "\u{7F}\u{9B}")
    }
}
