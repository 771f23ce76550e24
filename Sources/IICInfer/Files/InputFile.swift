import Glibc

/// A regular file open for reading, closed when this value goes out of scope.
package struct InputFile: ~Copyable {
    package let path: String
    /// The file as it was when it was opened.
    package let stamp: FileStamp
    private let descriptor: Int32
    private let calls: FileCalls

    /// Bytes in the file when it was opened.
    package var size: Int { stamp.size }

    package init(_ path: String, calls: FileCalls = .system) throws(FileError) {
        let descriptor = calls.open(path)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw FileError(path: path, code: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileError(
                path: path,
                reason: status.st_mode & S_IFMT == S_IFDIR ? .isFolder : .isNoFile)
        }
        self.path = path
        self.descriptor = descriptor
        self.calls = calls
        stamp = FileStamp(status)
    }

    deinit { close(descriptor) }

    /// The bytes of `range`, which must lie within the file.
    package func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        precondition(range.upperBound <= size, "\(range) of \(size)")
        let bytes = try read(upTo: range.count, at: range.lowerBound)
        guard bytes.count == range.count else { throw FileError(path: path, reason: .ended) }
        return bytes
    }

    /// At most `count` bytes from `offset` on, fewer only at the end of the file.
    package func read(upTo count: Int, at offset: Int) throws(FileError) -> [UInt8] {
        precondition(count >= 0 && offset >= 0, "\(count) at \(offset)")
        var code: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { target, done in
            while done < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(target)[done..<count])
                let got = unsafe calls.read(descriptor, rest, offset + done)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                done += got
            }
        }
        guard code == 0 else { throw FileError(path: path, code: code) }
        return bytes
    }

    /// An unsigned integer of at most 8 bytes; bytes beyond the end count as 0.
    package func number(at offset: Int, bytes: Int, bigEndian: Bool) throws(FileError) -> UInt64 {
        var used = try read(upTo: bytes, at: offset)
        used += [UInt8](repeating: 0, count: bytes - used.count)
        return bigEndian
            ? used.reduce(0) { $0 << 8 | UInt64($1) }
            : used.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
