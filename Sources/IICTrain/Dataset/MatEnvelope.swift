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

    /// - Parameter inside: whether compressed variables of version 5 are checked too: they carry a
    ///   check of their content, and matio does not look at it. HDF5 checks its own.
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
            try Self.checkElements(file, swapped: header[126] == 0x4D, inside: inside)
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

    /// Walks over the elements of a version 5 file: each must be a matrix, compressed or not, and
    /// end within the file.
    private static func checkElements(
        _ file: borrowing InputFile, swapped: Bool, inside: Bool
    ) throws(MatError) {
        let path = file.path
        var offset = 128
        while offset < file.size {
            let tag = try read(file, at: offset, count: 8)
            guard tag.count == 8 else { throw MatError(path: path, reason: .truncated) }
            let type = number(tag[0..<4], swapped: swapped)
            let length = number(tag[4..<8], swapped: swapped)
            let (matrix, compressed) = (14, 15)
            guard type == matrix || type == compressed else {
                throw MatError(path: path, reason: .damaged("The list of variables"))
            }
            if inside && type == compressed && length <= file.size - offset - 8 {
                let stream = try read(file, at: offset + 8, count: length)
                guard stream.count == length,
                    unsafe iicd_is_whole_stream(stream, UInt32(length)) != 0
                else { throw MatError(path: path, reason: .damaged("A compressed variable")) }
            }
            offset += 8 + length
        }
        guard offset == file.size else { throw MatError(path: path, reason: .truncated) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>, swapped: Bool) -> Int {
        let ordered = swapped ? Array(bytes) : Array(bytes.reversed())
        return ordered.reduce(0) { $0 << 8 | Int($1) }
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
