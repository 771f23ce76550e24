extension SafeTensors {
    /// Writes the file, which appears under its name only when it is whole.
    ///
    /// Equal content gives equal bytes.
    public func write(to path: String) throws(AtomicFileError) {
        try AtomicFile.write(serialised.span, to: path)
    }

    /// The whole file in memory.
    package var serialised: [UInt8] {
        let order = order
        return header(order) + order.flatMap { tensors[$0]?.data ?? [] }
    }

    /// Wide numbers first, then by name, as the reference writer does: every tensor then lies at a
    /// multiple of its own number size, and other programs can map the file.
    private var order: [String] {
        tensors.sorted { first, second in
            first.value.type.size != second.value.type.size
                ? first.value.type.size > second.value.type.size
                : first.key.utf8.lexicographicallyPrecedes(second.key.utf8)
        }.map(\.key)
    }

    private func header(_ order: [String]) -> [UInt8] {
        var members: [String: JSONValue] = [:]
        var start = 0
        for name in order {
            guard let tensor = tensors[name] else { continue }
            let end = start + tensor.data.count
            members[name] = [
                "dtype": .string(tensor.type.rawValue),
                "shape": .array(tensor.shape.map(JSONValue.integer)),
                "data_offsets": [.integer(start), .integer(end)],
            ]
            start = end
        }
        if !metadata.isEmpty {
            members["__metadata__"] = .object(metadata.mapValues { .string($0) })
        }
        var text = Array(JSONValue.object(members).text.utf8)
        text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
    }
}
