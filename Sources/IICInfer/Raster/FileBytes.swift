import Glibc

/// A few numbers out of a file, without reading the rest; closed when it goes out of scope.
struct FileBytes: ~Copyable {
    private let descriptor: Int32
    let size: UInt64

    /// Nil, with `errno`, for what is not a readable regular file.
    init?(_ path: String) {
        // O_NONBLOCK: opening a pipe must not wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            errno = EINVAL
            return nil
        }
        self.descriptor = descriptor
        size = UInt64(status.st_size)
    }

    deinit { close(descriptor) }

    /// How a TIFF file's numbers are stored; nil if this is none.
    var byteOrder: (bigEndian: Bool, bigTIFF: Bool)? {
        let mark = number(at: 0, bytes: 2, bigEndian: true)
        guard mark == 0x4949 || mark == 0x4D4D else { return nil }
        let version = number(at: 2, bytes: 2, bigEndian: mark == 0x4D4D)
        return version == 42 || version == 43 ? (mark == 0x4D4D, version == 43) : nil
    }

    /// An unsigned integer of at most 8 bytes; bytes beyond the end count as 0.
    func number(at offset: UInt64, bytes: Int, bigEndian: Bool) -> UInt64 {
        var buffer: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        guard let place = off_t(exactly: offset) else { return 0 }
        _ = unsafe pread(descriptor, &buffer, bytes, place)
        let used = buffer.prefix(bytes)
        return bigEndian
            ? used.reduce(0) { $0 << 8 | UInt64($1) }
            : used.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
