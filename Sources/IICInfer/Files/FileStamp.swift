package import Glibc

/// What tells one version of a file from another.
package struct FileStamp: Hashable, Sendable {
    package var device: UInt64
    /// The inode.
    package var number: UInt64
    /// Bytes.
    package var size: Int
    /// When the content changed, and when anything of the file did; nanoseconds since 1970.
    package var modified: Int
    package var changed: Int

    package init(device: UInt64, number: UInt64, size: Int, modified: Int, changed: Int) {
        self.device = device
        self.number = number
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    package init(_ status: stat) {
        func nanoseconds(_ time: timespec) -> Int {
            time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
        }
        self.init(
            device: UInt64(status.st_dev), number: UInt64(status.st_ino), size: status.st_size,
            modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
    }

    /// Of whatever `path` names, through links; nil if there is nothing.
    package init?(_ path: String) throws(FileError) {
        try self.init(path, calls: .system)
    }

    package init?(_ path: String, calls: FileCalls) throws(FileError) {
        var status = stat()
        guard calls.status(path, &status) == 0 else {
            let code = errno
            // No file has a name that is too long for one.
            if code == ENOENT || code == ENOTDIR || code == ENAMETOOLONG { return nil }
            throw FileError(path: path, code: code)
        }
        self.init(status)
    }

    /// Which file it is, in whatever version and by whatever name.
    package struct File: Hashable, Sendable {
        package var device: UInt64
        package var number: UInt64
    }

    package var file: File { File(device: device, number: number) }
}
