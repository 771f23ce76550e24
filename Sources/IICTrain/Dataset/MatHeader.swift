internal import CMatio

/// The header of one variable of a version 5 file.
struct MatHeader {
    /// No header is longer: a name has at most 63 letters in MATLAB, and an array 32 dimensions here.
    static let longest = 4096

    let name: [UInt8]
    let claim: MatClaim
    /// Bytes that the element says it has, its tag included.
    let claimed: Int
    /// Where an array's values are in the element, and what type of number they are stored as; nil
    /// if there are none, or of no such type.
    private(set) var values: Range<Int>?
    private(set) var stored: MatType?

    /// Reads the beginning of an element, its tag included.
    ///
    /// - Parameters:
    ///   - bytes: all of the element or its first ``longest`` bytes; what follows it is not looked at.
    ///   - count: bytes that the element really has, its tag included.
    ///   - swapped: whether the file was written with the bytes of a number in the other order.
    /// - Returns: nil if it is no header of a variable.
    init?(_ bytes: [UInt8], count: Int, swapped: Bool) {
        let start = Array(bytes.prefix(min(count, Self.longest)))
        func word(_ offset: Int) -> Int {
            MatTag.number(start[offset..<offset + 4], swapped: swapped)
        }
        /// A tag of this type whose data are among the bytes at hand.
        func element(_ type: Int, at offset: Int) -> MatTag? {
            MatTag(start, at: offset, swapped: swapped).flatMap {
                $0.type == type && $0.count <= start.count - $0.data ? $0 : nil
            }
        }
        guard let outer = MatTag(start, at: 0, swapped: swapped), !outer.isShort,
            outer.type == MatTag.matrix, let flags = element(MatTag.uint32, at: 8), flags.count == 8
        else { return nil }
        claimed = 8 + outer.count
        let kind = matio_classes(rawValue: UInt32(word(flags.data) & 0xFF))
        let isComplex = word(flags.data) & Int(MAT_F_COMPLEX.rawValue) != 0
        let isLogical = word(flags.data) & Int(MAT_F_LOGICAL.rawValue) != 0
        var place = flags.next
        var dimensions: [Int] = []
        // An opaque object has its name first, and no dimensions.
        if kind != MAT_C_OPAQUE {
            guard let sizes = element(MatTag.int32, at: place), sizes.count.isMultiple(of: 4),
                (1...32).contains(sizes.count / 4)
            else { return nil }
            dimensions = stride(from: sizes.data, to: sizes.data + sizes.count, by: 4).map(word)
            guard dimensions.allSatisfy({ $0 <= Int32.max }) else { return nil }
            place = sizes.next
        }
        guard let label = element(MatTag.int8, at: place) else { return nil }
        name = Array(start[label.data..<label.data + label.count].prefix { $0 != 0 })
        let type = MatType(kind)
        guard type.byteCount > 0 else {
            claim = MatClaim(type: type.name, isPlain: false, dimensions: dimensions)
            return
        }
        let tag = MatTag(start, at: label.next, swapped: swapped)
        values = tag.map { $0.data..<$0.data + $0.count }
        // Bytes are bytes, whatever they are stored as.
        stored = type == .uint8 ? type : tag.flatMap { MatType(stored: $0.type) }
        claim = MatClaim(
            type: (isComplex ? "complex " : "") + (isLogical ? "logical" : type.name),
            isPlain: !isComplex, dimensions: dimensions,
            problem: Self.problem(
                values: tag, of: type, dimensions: dimensions, claimed: claimed, count: count))
    }

    /// What does not agree.
    ///
    /// - Parameters:
    ///   - values: their tag; nil where the element ends before.
    ///   - claimed: bytes that the element says it has, its tag included.
    ///   - count: those that it has.
    private static func problem(
        values: MatTag?, of type: MatType, dimensions: [Int], claimed: Int, count: Int
    ) -> MatClaim.Problem? {
        guard let values else { return dimensions.contains(0) ? nil : .values }
        // Whole numbers may be stored as the least type that holds them, and never as a larger one.
        guard let each = MatType(stored: values.type)?.byteCount, each <= type.byteCount else {
            return .values
        }
        guard MatClaim.bytes(dimensions, of: type.byteCount) != nil,
            let needed = MatClaim.bytes(dimensions, of: each)
        else { return .tooLarge }
        let rest = max(0, count - values.data)
        // Up to seven bytes more fill the values up.
        let isTrue = (0..<8).contains(rest - values.count)
        let stored = isTrue ? values.count : rest
        guard needed == stored else {
            return .length(
                "\(MatClaim.text(dimensions)), which takes \(needed) bytes", has: stored)
        }
        guard isTrue else { return .length("\(values.count) bytes of values", has: rest) }
        guard claimed == count else {
            return .length("\(claimed) bytes with its header", has: count)
        }
        return nil
    }
}
