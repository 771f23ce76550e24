extension Picture {
    /// Makes a rectangle opaque, of one colour. What lies outside the picture is left out.
    package mutating func fill(columns: Range<Int>, rows: Range<Int>, _ colour: [UInt8]) {
        for y in rows.clamped(to: 0..<height) {
            for x in columns.clamped(to: 0..<width) { set(y * width + x, colour) }
        }
    }

    /// Writes text on one line, as wide as its characters times ``Glyphs/width``. What lies outside
    /// the picture is left out.
    ///
    /// - Parameters:
    ///   - x, y: the upper left corner.
    mutating func write(_ text: String, x: Int, y: Int, _ colour: [UInt8]) {
        for (index, character) in text.enumerated() {
            let left = x + index * Glyphs.width
            for (row, bits) in Glyphs.rows(of: character).enumerated() where bits != 0 {
                for column in 0..<Glyphs.width where bits >> (Glyphs.width - 1 - column) & 1 == 1 {
                    fill(
                        columns: left + column..<left + column + 1, rows: y + row..<y + row + 1,
                        colour)
                }
            }
        }
    }
}
