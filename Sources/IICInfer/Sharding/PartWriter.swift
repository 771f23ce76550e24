import Glibc

/// The file of one part of a map in the making: rows as encoders made them, in the form of a
/// ``PartialEntry``, and behind them a ``PartHeader``, its hash, its length and a mark.
///
/// It appears under its name when it is whole; one that ends before that leaves nothing behind.
final class PartWriter {
    static let start = Array("iicd part 1\n".utf8)
    static let end = Array("iicd part ends\n".utf8)
    /// Bytes of the number that says how long a header is, the lowest first.
    static let lengthBytes = 8

    private let path: String
    private var file: AtomicFile?
    private let descriptor: Int32

    /// - Throws: ``AtomicFileError``.
    init(path: String) throws(AtomicFileError) {
        let file = try AtomicFile(path: path)
        descriptor = PathCalls.open(file.temporaryPath, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AtomicFileError(path: path, code: errno) }
        self.path = path
        self.file = consume file
        try append(Self.start)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Takes a window of an encoder's pixels, counted from the corner of the map.
    func write(
        _ pixels: Span<UInt8>, encoder: Int, window: PixelWindow
    ) throws(AtomicFileError) {
        guard !pixels.isEmpty else { return }
        precondition(pixels.count <= PartialEntry.mostBytes, "\(pixels.count) bytes at once")
        try append(PartialEntry.bytes(of: pixels, encoder: encoder, window: window))
    }

    /// Makes the file whole and names it; once.
    func finish(_ header: PartHeader) throws(AtomicFileError) {
        let text = Array(header.text.utf8)
        let length = (0..<Self.lengthBytes).map {
            UInt8(truncatingIfNeeded: text.count >> (8 * $0))
        }
        try append(text + Array(SHA256.hex(text).utf8) + length + Self.end)
        guard let file = file.take() else { preconditionFailure("finished twice") }
        try file.commit()
    }

    private func append(_ bytes: [UInt8]) throws(AtomicFileError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(
                    descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw AtomicFileError(path: path, code: errno) }
            done += count
        }
    }
}
