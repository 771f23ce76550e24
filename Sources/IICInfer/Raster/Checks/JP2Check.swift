/// Whether a JPEG 2000 file is whole: its boxes end where they say, and its code stream with the mark
/// of its end.
///
/// Source: ITU-T T.800 (2002), annexes A and I.
package enum JP2Check {
    private static let signature: [UInt8] = [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 13, 10, 0x87, 10]

    /// Whether a file begins as JPEG 2000 files do.
    static func isJP2(_ file: borrowing InputFile) throws(FileError) -> Bool {
        try isJP2(head: file.read(upTo: 12, at: 0))
    }

    /// The same, of the first 12 bytes.
    static func isJP2(head: [UInt8]) -> Bool {
        head == signature || head.starts(with: [0xFF, 0x4F, 0xFF, 0x51])
    }

    /// - Throws: ``JP2CheckError`` or ``FileError``.
    package static func check(_ path: String, calls: FileCalls = .system) throws {
        let file = try InputFile(path, calls: calls)
        guard try isJP2(file) else {
            // The first bytes may be what is missing.
            throw JP2CheckError(path: path, reason: "it does not begin as a JPEG 2000 file does")
        }
        let head = try file.read(upTo: 2, at: 0)
        if head == [0xFF, 0x4F] {
            return try checkStream(0..<file.size, of: file)
        }
        var place = 0
        var hasStream = false
        while place < file.size {
            guard place + 8 <= file.size else { throw cut(file, needing: place + 8) }
            var length = Int(try file.number(at: place, bytes: 4, bigEndian: true))
            let type = try file.number(at: place + 4, bytes: 4, bigEndian: true)
            var start = 8
            if length == 1 {
                guard place + 16 <= file.size else { throw cut(file, needing: place + 16) }
                length = Int(
                    clamping: try file.number(at: place + 8, bytes: 8, bigEndian: true))
                start = 16
            } else if length == 0 {
                length = file.size - place
            }
            guard length >= start else {
                throw JP2CheckError(path: path, reason: "a box of it is shorter than its own head")
            }
            let (end, overflow) = place.addingReportingOverflow(length)
            guard !overflow else {
                throw JP2CheckError(path: path, reason: "a box of it lies beyond any file's end")
            }
            guard end <= file.size else { throw cut(file, needing: end) }
            // “jp2c”
            if type == 0x6A70_3263 {
                try checkStream(place + start..<end, of: file)
                hasStream = true
            }
            place = end
        }
        guard hasStream else {
            throw JP2CheckError(path: path, reason: "it holds no code stream, or not yet")
        }
    }

    private static func checkStream(_ range: Range<Int>, of file: borrowing InputFile) throws {
        guard range.count >= 4,
            try file.read(range.lowerBound..<range.lowerBound + 2) == [0xFF, 0x4F]
        else {
            throw JP2CheckError(path: file.path, reason: "its code stream has no beginning")
        }
        guard try file.read(range.upperBound - 2..<range.upperBound) == [0xFF, 0xD9] else {
            throw JP2CheckError(
                path: file.path, reason: "its code stream does not end with the mark of its end")
        }
    }

    private static func cut(_ file: borrowing InputFile, needing size: Int) -> JP2CheckError {
        JP2CheckError(
            path: file.path, reason: "it is cut off, with \(file.size) of at least \(size) bytes")
    }
}

/// Why a JPEG 2000 file cannot be a scene, or not yet.
package struct JP2CheckError: UserError, Equatable {
    package let path: String
    /// As the end of a sentence.
    package let reason: String

    package var exitStatus: ExitStatus { .badInput }

    package var description: String {
        "“\(path)” is no whole JPEG 2000 file: \(reason). Copy it again, or wait for the copy to end."
    }
}
