internal import CMatio

/// The header of one variable of a version 5 file.
struct MatHeader {
    /// No header is longer: a name has at most 63 letters in MATLAB, and an array 32 dimensions here.
    static let longest = 4096

    let name: [UInt8]
    let claim: MatClaim

    /// Reads the beginning of an element, its tag included.
    ///
    /// - Parameters:
    ///   - bytes: all of the element or its first ``longest`` bytes; what follows it is not looked at.
    ///   - count: bytes that the element really has, its tag included.
    ///   - swapped: whether the file was written with the bytes of a number in the other order.
    /// - Returns: nil if it is no header of a variable.
    init?(_ bytes: [UInt8], count: Int, swapped: Bool) {
        let start = Array(bytes.prefix(count))
        func word(_ offset: Int) -> Int {
            MatTag.number(start[offset..<offset + 4], swapped: swapped)
        }
        /// A tag whose data are among the bytes at hand.
        func element(at offset: Int) -> MatTag? {
            MatTag(start, at: offset, swapped: swapped).flatMap {
                $0.count <= start.count - $0.data ? $0 : nil
            }
        }
        guard let outer = MatTag(start, at: 0, swapped: swapped), !outer.isShort,
            outer.type == MatTag.matrix, let flags = element(at: 8), flags.count == 8
        else { return nil }
        let kind = matio_classes(rawValue: UInt32(word(flags.data) & 0xFF))
        let isComplex = word(flags.data) & Int(MAT_F_COMPLEX.rawValue) != 0
        let isLogical = word(flags.data) & Int(MAT_F_LOGICAL.rawValue) != 0
        var place = flags.next
        var dimensions: [Int] = []
        // An opaque object has its name first, and no dimensions.
        if kind != MAT_C_OPAQUE {
            guard let sizes = element(at: place), sizes.count.isMultiple(of: 4),
                (1...32).contains(sizes.count / 4)
            else { return nil }
            dimensions = stride(from: sizes.data, to: sizes.data + sizes.count, by: 4).map(word)
            guard dimensions.allSatisfy({ $0 <= Int32.max }) else { return nil }
            place = sizes.next
        }
        guard let label = element(at: place) else { return nil }
        name = Array(start[label.data..<label.data + label.count].prefix { $0 != 0 })
        let type = MatType(kind)
        guard type.byteCount > 0 else {
            claim = MatClaim(type: type.name, isPlain: false, dimensions: dimensions)
            return
        }
        claim = MatClaim(
            type: (isComplex ? "complex " : "") + (isLogical ? "logical" : type.name),
            isPlain: !isComplex, dimensions: dimensions,
            problem: Self.problem(
                values: MatTag(start, at: label.next, swapped: swapped), of: type,
                dimensions: dimensions, claimed: 8 + outer.count, count: count))
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
        guard let each = MatTag.byteCount(ofType: values.type), each <= type.byteCount else {
            return .values
        }
        guard let needed = MatClaim.bytes(dimensions, of: each) else { return .tooLarge }
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
