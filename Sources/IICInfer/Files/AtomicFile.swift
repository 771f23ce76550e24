import Glibc

/// A file that appears under its name only when it is whole.
///
/// Bytes go to a hidden temporary in the same folder; ``commit()`` flushes it to the disk, renames
/// it and flushes the folder. A value that ends without a commit takes its temporary with it, so
/// neither an error nor a cancellation leaves anything behind.
@safe public struct AtomicFile: ~Copyable {
    /// The final name.
    public let path: String
    /// The name to write under until ``commit()``; it exists and is empty at first.
    public let temporaryPath: String

    /// Reserves a temporary beside `path`.
    ///
    /// - Throws: when the folder is missing or not writable, or when `path` names something that
    ///   is not a regular file: renaming over a device, a folder or a link must never happen.
    public init(path: String) throws(AtomicFileError) {
        var status = stat()
        if PathCalls.linkStatus(path, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw AtomicFileError(path: path, reason: "it is a folder")
            case S_IFLNK:
                throw AtomicFileError(
                    path: path, reason: "it is a link; name the file that it leads to")
            default: throw AtomicFileError(path: path, reason: "it is not a regular file")
            }
        } else if errno == ENAMETOOLONG {
            throw AtomicFileError(path: path, code: errno)
        }
        guard let last = path.utf8.last, last != UInt8(ascii: "/"), path.pathName != "." else {
            throw AtomicFileError(path: path, reason: "that is not the name of a file")
        }
        let temporary = try AtomicFile.makeTemporary(for: path)
        self.path = path
        temporaryPath = temporary
    }

    /// - Returns: the name of an empty file beside `path`.
    private static func makeTemporary(for path: String) throws(AtomicFileError) -> String {
        let folder = AtomicFile.folder(of: path)
        let temporary = AtomicFile.temporary(for: path)
        // O_EXCL: a temporary is never shared, not even with a process of the same number.
        let file = PathCalls.open(
            temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode: 0o666)
        guard file >= 0 else {
            throw AtomicFileError(path: path, reason: AtomicFile.reason(errno, folder: folder))
        }
        close(file)
        return temporary
    }

    /// Tells a folder that cannot be written to before there is anything to write.
    public static func checkWritable(folder: String) throws(AtomicFileError) {
        PathCalls.unlink(try makeTemporary(for: folder + "/any"))
    }

    deinit { PathCalls.unlink(temporaryPath) }

    /// Makes the bytes under ``temporaryPath`` durable and gives them their final name, in the
    /// place of an older file there.
    public consuming func commit() throws(AtomicFileError) {
        let folder = AtomicFile.folder(of: path)
        try AtomicFile.flush(temporaryPath, for: path)
        guard PathCalls.rename(temporaryPath, path) == 0 else {
            throw AtomicFileError(path: path, reason: AtomicFile.reason(errno, folder: folder))
        }
        try AtomicFile.flush(folder, for: path)
    }

    /// Writes `bytes` as the whole content of `path`.
    public static func write(_ bytes: Span<UInt8>, to path: String) throws(AtomicFileError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// Writes `bytes` as the whole content, under the temporary name; once.
    borrowing func write(_ bytes: Span<UInt8>) throws(AtomicFileError) {
        let folder = AtomicFile.folder(of: path)
        let descriptor = PathCalls.open(temporaryPath, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AtomicFileError(
                path: path, reason: AtomicFile.reason(errno, folder: folder))
        }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written..<bytes.count)
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw AtomicFileError(
                    path: path, reason: AtomicFile.reason(errno, folder: folder))
            }
            written += count
        }
    }

    /// Writes `text` as the whole content of `path`, in UTF-8.
    public static func write(_ text: String, to path: String) throws(AtomicFileError) {
        let bytes = Array(text.utf8)
        try write(bytes.span, to: path)
    }

    /// A hidden name beside `path` that nothing else has; ``removeLeftovers(in:)`` knows its form.
    static func temporary(for path: String) -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        return "\(folder(of: path))/.iicd-\(getpid())-\(machine)-\(random)-\(mark(of: path)).tmp"
    }

    /// The folder that holds `path`.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What went wrong, as the end of a sentence.
    static func reason(_ code: Int32, folder: String) -> String {
        switch code {
        case ENOENT, ENOTDIR: "there is no folder “\(folder)”"
        case EACCES, EPERM: "permission to write in “\(folder)” is denied"
        case EROFS: "“\(folder)” is on a read-only file system"
        case ENOSPC, EDQUOT: "the disk is full"
        case EFBIG: "the file system does not allow so large a file"
        case ENAMETOOLONG: "the name is too long"
        default: unsafe String(cString: strerror(code))
        }
    }

    /// Space left for this user on the file system that holds `path`; nil if it does not tell.
    public static func freeBytes(beside path: String) -> Int? {
        var status = statvfs()
        guard unsafe folder(of: path).withCPath({ unsafe statvfs($0, &status) }) == 0 else {
            return nil
        }
        return Int(clamping: status.f_bavail.multipliedReportingOverflow(by: status.f_frsize).0)
    }

    /// Makes a file or a folder durable, for what is told of `path` if it fails.
    package static func flush(_ name: String, for path: String) throws(AtomicFileError) {
        let descriptor = PathCalls.open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AtomicFileError(path: path, reason: reason(errno, folder: folder(of: path)))
        }
        defer { close(descriptor) }
        // EINVAL: a file system that cannot flush folders, which then has nothing to flush.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw AtomicFileError(path: path, reason: reason(errno, folder: folder(of: path)))
        }
    }
}

/// Why a file could not be written.
public struct AtomicFileError: UserError, Equatable {
    public var path: String
    public var reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// - Parameter code: the `errno` of what failed.
    package init(path: String, code: Int32) {
        self.init(
            path: path, reason: AtomicFile.reason(code, folder: AtomicFile.folder(of: path)))
    }

    public var exitStatus: ExitStatus { .cannotWrite }
    public var description: String { "Cannot write “\(path)”: \(reason)." }
}
