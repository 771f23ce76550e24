import Testing

@testable import IICInfer

@Suite struct GlyphsTests {
    @Test func `a letter has the shape that one sees`() {
        let shape = Glyphs.rows(of: "R").map { row in
            String((0..<10).map { row >> (9 - $0) & 1 == 1 ? "#" : "." })
        }
        #expect(
            shape == [
                "..........", "..........", "..........",
                ".######...",
                ".##...##..",
                ".##....##.",
                ".##....##.",
                ".##....##.",
                ".##....##.",
                ".##...##..",
                ".######...",
                ".##..##...",
                ".##...##..",
                ".##...##..",
                ".##....##.",
                ".##....##.",
                "..........", "..........", "..........", "..........",
            ])
    }

    @Test func `all of ASCII and Latin-1 have shapes of their own`() {
        let codes = Array(0x21...0x7E) + Array(0xA1...0xFF).filter { $0 != 0xAD }
        let shapes = codes.compactMap { Unicode.Scalar($0) }.map {
            Glyphs.rows(of: Character($0))
        }
        #expect(Set(shapes).count == codes.count)
        #expect(shapes.allSatisfy { rows in rows.count == 20 && rows.allSatisfy { $0 < 1024 } })
    }

    @Test func `equal characters look the same, unknown ones are question marks`() {
        #expect(Glyphs.rows(of: "e\u{301}") == Glyphs.rows(of: "\u{E9}"))
        #expect(Glyphs.rows(of: "水") == Glyphs.rows(of: "?"))
        #expect(Glyphs.rows(of: "\u{1F33F}") == Glyphs.rows(of: "?"))
        #expect(Glyphs.rows(of: "\u{A0}").allSatisfy { $0 == 0 })
    }
}
