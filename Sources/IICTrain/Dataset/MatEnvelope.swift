internal import CMatio
internal import IICInfer

/// What can be told of a .mat file from its outside.
struct MatEnvelope: ~Copyable {
    enum Version {
        case five, seven
    }

    /// One variable of a version 5 file.
    struct Variable {
        let header: MatHeader
        /// Its bytes in the file: with its tag, or the zlib stream that it is compressed to.
        let range: Range<Int>
        let isCompressed: Bool
    }

    let version: Version
    let file: InputFile
    /// Whether numbers of a version 5 file have their bytes in the other order.
    let isSwapped: Bool
    /// Those of a version 5 file.
    let variables: [Variable]

    /// - Throws: for everything that is not a whole MATLAB file of version 5 or 7.3.
    init(path: String, calls: FileCalls = .system) throws(MatError) {
        // All of it is known before any of it is kept: nothing half made can be thrown away.
        let file = try Self.open(path, calls: calls)
        if file.size == 0 { throw MatError(path: path, reason: .empty) }
        let header = try Self.read(file, at: 0, count: 128)
        guard header.count == 128, header.starts(with: "MATLAB".utf8) else {
            throw MatError(path: path, reason: .notMat)
        }
        let isSwapped = header[126] == 0x4D
        let version: Version
        var variables: [Variable] = []
        switch (header[124], header[125], header[126], header[127]) {
        case (0, 1, 0x49, 0x4D), (1, 0, 0x4D, 0x49):
            version = .five
            variables = try Self.variables(file, swapped: isSwapped)
        case (0, 2, 0x49, 0x4D), (2, 0, 0x4D, 0x49):
            version = .seven
            let signature = try Self.read(file, at: 512, count: 8)
            guard signature == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] else {
                throw MatError(path: path, reason: signature.count < 8 ? .truncated : .notMat)
            }
        default:
            throw MatError(path: path, reason: .notMat)
        }
        self.isSwapped = isSwapped
        self.version = version
        self.variables = variables
        self.file = consume file
    }

    private static func open(_ path: String, calls: FileCalls) throws(MatError) -> InputFile {
        do {
            return try InputFile(path, calls: calls)
        } catch {
            throw MatError(path: path, reason: .unreadable(error))
        }
    }

    /// The variable of this name in a version 5 file.
    func variable(_ name: String) -> Variable? {
        variables.first { $0.header.name == Array(name.utf8) }
    }

    /// Walks over the elements of a version 5 file: each must be a matrix, compressed or not, with a
    /// header of a variable, and end within the file.
    private static func variables(
        _ file: borrowing InputFile, swapped: Bool
    ) throws(MatError) -> [Variable] {
        let damaged = MatError(path: file.path, reason: .damaged("The list of variables"))
        var found: [Variable] = []
        var offset = 128
        while offset < file.size {
            let start = try read(file, at: offset, count: MatHeader.longest)
            guard start.count >= 8 else { throw MatError(path: file.path, reason: .truncated) }
            guard let tag = MatTag(start, at: 0, swapped: swapped), !tag.isShort,
                tag.type == MatTag.matrix || tag.type == MatTag.compressed
            else { throw damaged }
            let end = offset + 8 + tag.count
            guard end <= file.size else { throw MatError(path: file.path, reason: .truncated) }
            let isCompressed = tag.type == MatTag.compressed
            let range = (isCompressed ? offset + 8 : offset)..<end
            let header =
                try isCompressed
                ? compressed(file, range, swapped: swapped)
                : MatHeader(start, count: range.count, swapped: swapped)
            guard let header else { throw damaged }
            found.append(Variable(header: header, range: range, isCompressed: isCompressed))
            offset = end
        }
        return found
    }

    /// What the beginning of a compressed variable says; its own word for its length is taken where
    /// a stream can be as long.
    private static func compressed(
        _ file: borrowing InputFile, _ range: Range<Int>, swapped: Bool
    ) throws(MatError) -> MatHeader? {
        let longest = MatHeader.longest
        // No header takes more than that to be compressed.
        let stream = try read(file, at: range.lowerBound, count: min(range.count, 2 * longest))
        guard let start = MatStream(stream, keeping: longest, toEnd: false) else {
            throw MatError(path: file.path, reason: .damaged("A compressed variable"))
        }
        guard let tag = MatTag(start.bytes, at: 0, swapped: swapped) else { return nil }
        let count =
            start.isWhole
            ? start.count : min(8 + tag.count, MatStream.mostBytes(from: range.count))
        return MatHeader(start.bytes, count: count, swapped: swapped)
    }

    /// At most `count` bytes; fewer at the file's end.
    static func read(
        _ file: borrowing InputFile, at offset: Int, count: Int
    ) throws(MatError) -> [UInt8] {
        do {
            return try file.read(upTo: count, at: offset)
        } catch {
            throw MatError(path: file.path, reason: .unreadable(error))
        }
    }
}
