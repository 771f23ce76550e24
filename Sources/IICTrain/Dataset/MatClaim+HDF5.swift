internal import CMatio
import IICInfer

extension MatClaim {
    /// What a version 7.3 file says of a variable; HDF5 would read what is missing as zeros, or as
    /// whatever lies behind.
    ///
    /// - Precondition: nobody else uses HDF5, and matio does not have the file open.
    /// - Returns: nil if there is no such variable, or nothing is told of it.
    init?(hdf5 path: String, variable name: String) {
        var found = iicd_variable()
        var label = [CChar](repeating: 0, count: 64)
        var sizes = [UInt64](repeating: 0, count: 32)
        let isFound = unsafe path.withCPath {
            unsafe iicd_describe($0, name, &found, &label, label.count, &sizes)
        }
        guard isFound != 0 else { return nil }
        let word = String(
            decoding: label.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // HDF5's order is MATLAB's, turned round.
        let dimensions = sizes.prefix(Int(found.rank)).reversed().map { Int(clamping: $0) }
        let kind = found.is_sparse != 0 ? "sparse" : word.replacing("_", with: " ")
        self.init(
            type: (found.is_complex != 0 ? "complex " : "") + kind,
            isPlain: found.is_array != 0 && found.is_sparse == 0 && found.is_complex == 0
                && (word.isEmpty || Self.numbers.contains(word)),
            dimensions: dimensions, problem: Self.problem(of: found, dimensions: dimensions))
    }

    private static let numbers: Set<String> = [
        "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "single",
        "double", "logical",
    ]

    private static func problem(of found: iicd_variable, dimensions: [Int]) -> Problem? {
        guard found.is_array != 0 else { return nil }
        guard let needed = bytes(dimensions, of: Int(clamping: found.value_bytes)) else {
            return .tooLarge
        }
        let stored = Int(clamping: found.stored)
        let (count, unit) =
            found.is_chunked != 0 ? (Int(clamping: found.chunks), "chunks") : (needed, "bytes")
        return count == stored
            ? nil : .length("\(text(dimensions)), which takes \(count) \(unit)", has: stored)
    }
}
