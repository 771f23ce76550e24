/// A constant of a graph.
struct ONNXTensor: Sendable {
    /// Number types, with the format's own numbers.
    enum NumberType: Int, Sendable {
        case float32 = 1
        case int64 = 7
        case float16 = 10
    }

    let name: String
    let type: NumberType
    /// Empty for a single number.
    let shape: [Int]
    /// Row-major, little-endian.
    let data: [UInt8]

    init(_ values: [Float], shape: [Int], name: String) {
        self.init(bytes(of: values.map(\.bitPattern)), .float32, values.count, shape, name)
    }

    init(_ values: [Float16], shape: [Int], name: String) {
        self.init(bytes(of: values.map(\.bitPattern)), .float16, values.count, shape, name)
    }

    /// A vector.
    init(_ values: [Int], name: String) {
        let patterns = values.map { UInt64(bitPattern: Int64($0)) }
        self.init(bytes(of: patterns), .int64, values.count, [values.count], name)
    }

    private init(
        _ data: [UInt8], _ type: NumberType, _ count: Int, _ shape: [Int], _ name: String
    ) {
        precondition(shape.reduce(1, *) == count, "\(name): \(shape) \(count)")
        self.name = name
        self.type = type
        self.shape = shape
        self.data = data
    }
}

private func bytes<Pattern: FixedWidthInteger>(of patterns: [Pattern]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(patterns.count * Pattern.bitWidth / 8)
    for pattern in patterns {
        for shift in stride(from: 0, to: Pattern.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: pattern >> shift))
        }
    }
    return bytes
}
