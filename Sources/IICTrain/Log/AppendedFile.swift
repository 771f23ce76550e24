import Foundation
package import IICInfer

/// A log that grows record by record: each is there wholly or, if the disk is full, not at all.
package struct AppendedFile: ~Copyable {
    package let path: String
    private let descriptor: Int32
    private var length: Int

    /// Opens or makes a file that no other process appends to.
    ///
    /// - Throws: ``AppendedFileError/inUse(path:)``, or ``AtomicFileError``.
    package init(path: String) throws {
        // Not blocking: opening a pipe must not wait for a reader.
        let descriptor = PathCalls.open(
            path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, mode: 0o666)
        guard descriptor >= 0 else { throw AtomicFileError(path: path, code: errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw AtomicFileError(path: path, reason: "it is not a regular file")
        }
        // Some network drives know no locks; that is no reason not to train.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw AppendedFileError.inUse(path: path)
        }
        self.path = path
        self.descriptor = descriptor
        length = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// All that is in it.
    package func contents() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var done = 0
        while done < length {
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress?.advanced(by: done), length - done, done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw AtomicFileError(path: path, code: errno) }
            // No error, and so no errno: someone else has cut it off.
            guard count > 0 else {
                throw AtomicFileError(path: path, reason: "it became shorter while it was read")
            }
            done += count
        }
        return bytes
    }

    /// Cuts off everything beyond `count` bytes.
    package mutating func cut(to count: Int) throws(AtomicFileError) {
        guard ftruncate(descriptor, count) == 0 else {
            throw AtomicFileError(path: path, code: errno)
        }
        length = count
    }

    package mutating func append(_ record: [UInt8]) throws(AtomicFileError) {
        var done = 0
        while done < record.count {
            let count = unsafe record.withUnsafeBytes {
                unsafe pwrite(
                    descriptor, $0.baseAddress?.advanced(by: done), record.count - done,
                    length + done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error =
                    count < 0
                    ? AtomicFileError(path: path, code: errno)
                    : AtomicFileError(path: path, reason: "the file system takes no more")
                // Half a record would spoil the next one.
                _ = ftruncate(descriptor, length)
                throw error
            }
            done += count
        }
        length += done
    }
}

/// Two trainings must not write the same files.
package enum AppendedFileError: UserError, Equatable {
    case inUse(path: String)

    package var exitStatus: ExitStatus { .tryAgain }
    package var description: String {
        switch self {
        case .inUse(let path):
            "Another training is writing “\(path)”: wait for its end, or give another name with -o."
        }
    }
}
