import Foundation

/// A regular file open for reading, closed when this value goes out of scope.
struct InputFile: ~Copyable {
    private let descriptor: Int32
    /// Bytes in the file when it was opened.
    let size: Int

    init(_ path: String) throws(SafeTensorsError) {
        // Not blocking: opening a pipe must not wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            switch code {
            case ENOENT, ENOTDIR:
                throw SafeTensorsError("there is no such file", exitStatus: .noInput)
            case EACCES, EPERM:
                throw SafeTensorsError("permission is denied", exitStatus: .noInput)
            default:
                throw SafeTensorsError(
                    unsafe String(cString: strerror(code)), exitStatus: .noInput)
            }
        }
        var status = stat()
        let known = unsafe fstat(descriptor, &status) == 0
        guard known, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SafeTensorsError("it is not a file")
        }
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes of `range`, which must lie within the file.
    func read(_ range: Range<Int>) throws(SafeTensorsError) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= size, "\(range) of \(size)")
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { target, done in
            while done < range.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(target)[done..<range.count])
                let count = unsafe pread(
                    descriptor, rest.baseAddress, rest.count, range.lowerBound + done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                done += count
            }
        }
        guard bytes.count == range.count else {
            throw SafeTensorsError("it ended while it was read; is something writing to it?")
        }
        return bytes
    }
}
