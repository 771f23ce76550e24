import Glibc
import IICInfer

/// What becomes of one file of a scene that leaves; doing it a second time changes nothing.
struct DepartureStep: Equatable {
    var source: String
    /// Nil to delete it.
    var target: String?
    /// What is to leave; another file of that name stays.
    var stamp: FileStamp
    /// Whether it is copied, because another scene needs it too.
    var isShared = false

    /// - Throws: ``AtomicFileError`` or ``FileError``.
    func run() throws {
        guard try FileStamp(source) == stamp else { return }
        guard let target else {
            guard PathCalls.unlink(source) == 0 || errno == ENOENT else {
                throw AtomicFileError(path: source, code: errno)
            }
            return
        }
        if isShared {
            if !Self.isTaken(target) { try copy(to: target) }
        } else if Self.isTaken(target) {
            // A copy to another file system that was not followed by the removal of the original.
            guard try SceneHash.sha256(file: source) == SceneHash.sha256(file: target) else {
                return
            }
            try removeSource()
        } else if PathCalls.rename(source, target) != 0 {
            let code = errno
            guard code == EXDEV else { throw AtomicFileError(path: target, code: code) }
            try copy(to: target)
            try removeSource()
        }
    }

    /// Whether anything has this name; a link to nothing too.
    static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return PathCalls.linkStatus(path, &status) == 0
    }

    /// A whole copy, flushed, or none.
    func copy(to target: String) throws {
        let input = try InputFile(source)
        let output = try AtomicFile(path: target)
        let descriptor = PathCalls.open(output.temporaryPath, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AtomicFileError(path: target, code: errno) }
        defer { close(descriptor) }
        var offset = 0
        while true {
            let bytes = try input.read(upTo: 1 << 20, at: offset)
            guard !bytes.isEmpty else { break }
            var written = 0
            while written < bytes.count {
                let rest = bytes.span.extracting(written..<bytes.count)
                let count = unsafe rest.withUnsafeBytes {
                    unsafe write(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw AtomicFileError(path: target, code: errno) }
                written += count
            }
            offset += bytes.count
        }
        try output.commit()
    }

    private func removeSource() throws(AtomicFileError) {
        // It may have been replaced while it was copied.
        guard (try? FileStamp(source)) == stamp else { return }
        guard PathCalls.unlink(source) == 0 || errno == ENOENT else {
            throw AtomicFileError(path: source, code: errno)
        }
    }
}
