import IICInfer

extension MatEnvelope {
    /// The values of a variable of a version 5 file, which nothing else in the file has a part in.
    ///
    /// Not by matio, which reads all variables before the wanted one, and takes memory for whatever
    /// they claim to be.
    ///
    /// - Parameter wanted: in words, for the message about another kind.
    func array(
        _ name: String, wanted: String
    ) throws(MatError) -> (array: MatArray, type: String) {
        let path = file.path
        guard let variable = variable(name) else {
            let names = variables.prefix(10).map { String(decoding: $0.header.name, as: UTF8.self) }
            throw MatError(path: path, reason: .noVariable(name, found: names))
        }
        if !variable.isCompressed {
            try variable.header.claim.check(name, wanted: wanted, path: path)
        }
        var (header, bytes) = try content(of: variable, name: name)
        try header.claim.check(name, wanted: wanted, path: path)
        let dimensions = MatClaim.trimmed(header.claim.dimensions)
        guard !dimensions.contains(0) else {
            throw MatError(
                path: path,
                reason: .wrongShape(name, found: dimensions, wanted: "at least one value"))
        }
        guard let range = header.values, range.upperBound <= bytes.count, let type = header.stored
        else { throw MatError(path: path, reason: .damaged("“\(name)”")) }
        // In place: there may be a GiB of them.
        bytes.removeSubrange(range.upperBound...)
        bytes.removeSubrange(..<range.lowerBound)
        if isSwapped {
            let size = type.byteCount
            for start in stride(from: 0, to: bytes.count, by: size) {
                for index in 0..<size / 2 { bytes.swapAt(start + index, start + size - 1 - index) }
            }
        }
        return (MatArray(dimensions: dimensions, type: type, bytes: bytes), header.claim.type)
    }

    /// A variable with its tag, and its header as what is really there makes it.
    private func content(
        of variable: Variable, name: String
    ) throws(MatError) -> (header: MatHeader, bytes: [UInt8]) {
        let (header, path) = (variable.header, file.path)
        let count = variable.range.count
        let most = MatFile.byteLimit + MatHeader.longest
        guard count <= most, header.claimed <= most else {
            throw MatError(path: path, reason: .tooLarge(name, header.claim.dimensions))
        }
        let stored = try Self.read(file, at: variable.range.lowerBound, count: count)
        guard stored.count == count else { throw MatError(path: path, reason: .truncated) }
        guard variable.isCompressed else { return (header, stored) }
        // What comes out beyond its own word for its length is counted, and not kept.
        let room = min(header.claimed, MatStream.mostBytes(from: count))
        guard let stream = MatStream(stored, keeping: room, toEnd: true),
            let whole = MatHeader(stream.bytes, count: stream.count, swapped: isSwapped)
        else { throw MatError(path: path, reason: .damaged("A compressed variable")) }
        return (whole, stream.bytes)
    }
}
