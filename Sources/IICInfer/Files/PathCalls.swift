package import Glibc

/// The system's calls that take a path, for paths of any bytes; each returns what the call does, and
/// leaves its `errno`.
package enum PathCalls {
    /// - Parameter mode: the permissions of a file that is made.
    package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
        unsafe path.withCPath { unsafe Glibc.open($0, flags, mode) }
    }

    /// As `stat`: of what a link leads to.
    package static func status(_ path: String, _ status: inout stat) -> Int32 {
        unsafe path.withCPath { unsafe stat($0, &status) }
    }

    /// As `lstat`: of a link itself.
    package static func linkStatus(_ path: String, _ status: inout stat) -> Int32 {
        unsafe path.withCPath { unsafe lstat($0, &status) }
    }

    /// Whether `path` names a folder, through links too.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return Self.status(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether files may be made in a folder, as far as permissions tell.
    package static func isWritable(_ folder: String) -> Bool {
        unsafe folder.withCPath { unsafe access($0, W_OK | X_OK) } == 0
    }

    @discardableResult
    package static func rename(_ old: String, _ new: String) -> Int32 {
        unsafe old.withCPath { old in unsafe new.withCPath { unsafe Glibc.rename(old, $0) } }
    }

    @discardableResult
    package static func unlink(_ path: String) -> Int32 {
        unsafe path.withCPath { unsafe Glibc.unlink($0) }
    }

    /// Removes a file or an empty folder.
    @discardableResult
    package static func remove(_ path: String) -> Int32 {
        unsafe path.withCPath { unsafe Glibc.remove($0) }
    }

    package static func makeFolder(_ path: String) -> Int32 {
        unsafe path.withCPath { unsafe mkdir($0, 0o777) }
    }

    /// Whether one absolute path without links lies below another.
    package static func isInside(_ path: String, _ folder: String) -> Bool {
        path.pathBytes.starts(with: folder.pathBytes + (folder == "/" ? [] : [UInt8(ascii: "/")]))
    }

    /// The absolute path of what is there, without links; nil if nothing is.
    package static func resolved(_ path: String) -> String? {
        guard let pointer = unsafe path.withCPath({ unsafe realpath($0, nil) }) else { return nil }
        defer { unsafe free(pointer) }
        return unsafe String(cPath: pointer)
    }
}
