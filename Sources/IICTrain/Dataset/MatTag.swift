/// The eight bytes, or four, before each element of a version 5 file: what kind of data follow, and
/// how many bytes of them.
///
/// Source: MathWorks, *MAT-File Format* (R2023b), “Data Element Format”.
struct MatTag {
    static let int8 = 1
    static let int32 = 5
    static let uint32 = 6
    static let matrix = 14
    static let compressed = 15

    /// Numbers as the format has them, such as 2 for uint8.
    let type: Int
    let count: Int
    /// Where the data begin.
    let data: Int
    /// Where the next element's tag is: data are filled up to whole eights.
    let next: Int
    /// Whether it is the short form, which no variable as a whole has.
    let isShort: Bool

    /// - Returns: nil where the bytes end before the tag does, or for one that cannot be.
    init?(_ bytes: [UInt8], at offset: Int, swapped: Bool) {
        guard offset + 8 <= bytes.count else { return nil }
        let word = Self.number(bytes[offset..<offset + 4], swapped: swapped)
        isShort = word >> 16 != 0
        if isShort {
            // The short form: up to four bytes of data in the tag's second half.
            type = word & 0xFFFF
            count = word >> 16
            data = offset + 4
            next = offset + 8
            guard count <= 4 else { return nil }
        } else {
            type = word
            count = Self.number(bytes[offset + 4..<offset + 8], swapped: swapped)
            data = offset + 8
            next = data + (count + 7) / 8 * 8
        }
    }

    /// An unsigned number of four bytes.
    static func number(_ bytes: ArraySlice<UInt8>, swapped: Bool) -> Int {
        let ordered = swapped ? Array(bytes) : Array(bytes.reversed())
        return ordered.reduce(0) { $0 << 8 | Int($1) }
    }
}
