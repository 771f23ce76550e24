/// What a file says of one variable, and whether it has what it says: found before its values are
/// read.
struct MatClaim: Equatable {
    enum Problem: Equatable {
        /// More than can be read; so are dimensions whose product is no number.
        case tooLarge
        /// What it claims to be, as the end of a sentence, and how much of that it has.
        case length(String, has: Int)
        /// Numbers of no known type, or of a larger one than the variable's.
        case values
    }

    /// The type's name in MATLAB, such as `uint8`, `logical`, `complex double` or `struct`; empty if
    /// the file tells none.
    let type: String
    /// Whether it is an array of real numbers, or of truth values.
    let isPlain: Bool
    let dimensions: [Int]
    var problem: Problem?

    /// Throws if it is of another kind than wanted, or not all there.
    ///
    /// - Parameter wanted: in words.
    func check(_ name: String, wanted: String, path: String) throws(MatError) {
        guard isPlain else {
            throw MatError(path: path, reason: .wrongType(name, found: type, wanted: wanted))
        }
        switch problem {
        case nil: return
        case .tooLarge: throw MatError(path: path, reason: .tooLarge(name, dimensions))
        case .length(let claimed, let has):
            throw MatError(path: path, reason: .claimsOther(name, claimed, has: has))
        case .values: throw MatError(path: path, reason: .damaged("“\(name)”"))
        }
    }

    /// Bytes of an array; nil if they are more than may be read.
    static func bytes(_ dimensions: [Int], of each: Int) -> Int? {
        var bytes = each
        for dimension in dimensions {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
            guard !overflow, product <= MatFile.byteLimit else { return nil }
            bytes = product
        }
        return bytes
    }

    /// For people: `200 × 300 × 4`.
    static func text(_ dimensions: [Int]) -> String {
        dimensions.isEmpty ? "a single value" : dimensions.map { "\($0)" }.joined(separator: " × ")
    }

    /// 200 × 200 × 1 × 1 is 200 × 200.
    static func trimmed(_ dimensions: [Int]) -> [Int] {
        var list = dimensions
        while list.count > 2, list.last == 1 { list.removeLast() }
        return list
    }
}
