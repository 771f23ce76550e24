internal import CMatio
internal import IICInfer

/// What can be told of a .mat file from its outside, before matio, which trusts what it reads,
/// sees it.
struct MatEnvelope {
    enum Version {
        case five, seven
    }

    let version: Version
    let byteCount: Int
    /// What the variables of a version 5 file claim to be, those without a readable header left out.
    private(set) var variables: [MatHeader] = []

    /// - Parameter inside: whether compressed variables of version 5 are checked to their ends: they
    ///   carry a check of their content, and matio does not look at it. HDF5 checks its own.
    /// - Throws: for everything that is not a whole MATLAB file of version 5 or 7.3.
    init(
        path: String, inside: Bool = false, calls: FileCalls = .system
    ) throws(MatError) {
        let file: InputFile
        do {
            file = try InputFile(path, calls: calls)
        } catch {
            throw MatError(path: path, reason: .unreadable(error))
        }
        byteCount = file.size
        if byteCount == 0 { throw MatError(path: path, reason: .empty) }
        let header = try Self.read(file, at: 0, count: 128)
        guard header.count == 128, header.starts(with: "MATLAB".utf8) else {
            throw MatError(path: path, reason: .notMat)
        }
        switch (header[124], header[125], header[126], header[127]) {
        case (0, 1, 0x49, 0x4D), (1, 0, 0x4D, 0x49):
            version = .five
            variables = try Self.elements(file, swapped: header[126] == 0x4D, inside: inside)
        case (0, 2, 0x49, 0x4D), (2, 0, 0x4D, 0x49):
            version = .seven
            let signature = try Self.read(file, at: 512, count: 8)
            guard signature == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A] else {
                throw MatError(path: path, reason: signature.count < 8 ? .truncated : .notMat)
            }
        default:
            throw MatError(path: path, reason: .notMat)
        }
    }

    /// What the file claims of a variable; nil if it has none of that name, or is no version 5 file.
    func claim(of name: String) -> MatClaim? {
        variables.first { $0.name == Array(name.utf8) }?.claim
    }

    /// Walks over the elements of a version 5 file: each must be a matrix, compressed or not, and
    /// end within the file.
    private static func elements(
        _ file: borrowing InputFile, swapped: Bool, inside: Bool
    ) throws(MatError) -> [MatHeader] {
        let path = file.path
        var found: [MatHeader] = []
        var offset = 128
        while offset < file.size {
            let start = try read(file, at: offset, count: MatHeader.longest)
            guard start.count >= 8 else { throw MatError(path: path, reason: .truncated) }
            guard let tag = MatTag(start, at: 0, swapped: swapped), !tag.isShort,
                tag.type == MatTag.matrix || tag.type == MatTag.compressed
            else {
                throw MatError(path: path, reason: .damaged("The list of variables"))
            }
            // What ends beyond the file is reported below.
            if tag.count <= file.size - offset - 8 {
                let header =
                    tag.type == MatTag.matrix
                    ? MatHeader(start, count: 8 + tag.count, swapped: swapped)
                    : try compressed(
                        file, at: offset + 8, count: tag.count, swapped: swapped, inside: inside)
                if let header { found.append(header) }
            }
            offset += 8 + tag.count
        }
        guard offset == file.size else { throw MatError(path: path, reason: .truncated) }
        return found
    }

    /// What a compressed element holds.
    ///
    /// - Parameter inside: whether it is inflated to its end; else its own word for its length is
    ///   taken.
    private static func compressed(
        _ file: borrowing InputFile, at offset: Int, count: Int, swapped: Bool, inside: Bool
    ) throws(MatError) -> MatHeader? {
        let room = MatHeader.longest
        // No header takes more than that to be compressed.
        let stream = try read(file, at: offset, count: inside ? count : min(count, 2 * room))
        var start = [UInt8](repeating: 0, count: room)
        let found = unsafe iicd_inflate(
            stream, UInt32(stream.count), &start, UInt32(room), inside ? 1 : 0)
        guard found.is_wrong == 0, !inside || stream.count == count else {
            throw MatError(path: file.path, reason: .damaged("A compressed variable"))
        }
        start.removeLast(room - Int(found.kept))
        guard let tag = MatTag(start, at: 0, swapped: swapped) else { return nil }
        let isWhole = found.is_whole != 0
        return MatHeader(
            start, count: isWhole ? Int(clamping: found.count) : 8 + tag.count, swapped: swapped)
    }

    /// At most `count` bytes; fewer at the file's end.
    private static func read(
        _ file: borrowing InputFile, at offset: Int, count: Int
    ) throws(MatError) -> [UInt8] {
        do {
            return try file.read(upTo: count, at: offset)
        } catch {
            throw MatError(path: file.path, reason: .unreadable(error))
        }
    }
}
