/// The shapes of letters in pictures: 10 × 20 pixels each, for ASCII and Latin-1.
///
/// Source: the font “misc-fixed”, 10x20, of the X Window System, which is in the public domain.
enum Glyphs {
    /// Pixels from one letter to the next.
    static let width = 10
    /// Pixels from the top of an accent to the foot of a descender.
    static let height = 20

    /// A letter's rows from the top, ten bits each, the leftmost pixel in the highest.
    ///
    /// Equal characters have one shape, however they are composed. What Latin-1 does not have is a
    /// question mark; spaces are empty.
    static func rows(of character: Character) -> [UInt16] {
        if character.isWhitespace { return blank }
        return table[character] ?? table["?"] ?? blank
    }

    private static let blank = [UInt16](repeating: 0, count: height)

    private static let table: [Character: [UInt16]] = {
        var table: [Character: [UInt16]] = [:]
        for line in [ascii, latin1].flatMap({ $0.split(separator: "\n") }) {
            guard let character = line.first else { continue }
            let digits = Array(line.utf8.suffix(3 * height))
            table[character] = (0..<height).map { row in
                let text = String(decoding: digits[3 * row..<3 * row + 3], as: UTF8.self)
                return UInt16(text, radix: 16) ?? 0
            }
        }
        return table
    }()
}
