import Glibc

/// Why a file or folder cannot be read; nothing is said of what it holds.
public struct FileError: UserError, Equatable {
    public enum Reason: Equatable, Sendable {
        /// The system's `errno`.
        case system(Int32)
        case noFolder
        case isNoFolder
        case isFolder
        case isNoFile
        /// It had more bytes when it was opened.
        case ended
    }

    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// - Parameter code: the `errno` of what failed.
    public init(path: String, code: Int32) {
        self.init(path: path, reason: .system(code))
    }

    public var exitStatus: ExitStatus {
        switch reason {
        case .system(let code): Self.isOfDevice(code) ? .tryAgain : .noInput
        case .noFolder, .isNoFolder, .isFolder, .isNoFile: .noInput
        case .ended: .tryAgain
        }
    }

    /// Whether `code` is what a disk, a network or a machine short of memory answers, which no file
    /// and no permission is to blame for.
    static func isOfDevice(_ code: Int32) -> Bool {
        [
            EIO, ESTALE, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENETRESET,
            ECONNRESET, ECONNABORTED, ECONNREFUSED, ENOTCONN, EREMOTEIO, ENXIO, ENODEV, ENOLINK,
            EAGAIN, EINTR, EBUSY, ENOMEM, ENOBUFS, EMFILE, ENFILE, ENOLCK,
        ].contains(code)
    }

    /// The same, as the end of a sentence.
    public var why: String {
        switch reason {
        case .system(ENOENT), .system(ENOTDIR): "there is no such file"
        case .system(EACCES), .system(EPERM): "permission is denied"
        case .system(let code): unsafe String(cString: strerror(code))
        case .noFolder: "there is no such folder"
        case .isNoFolder: "it is not a folder"
        case .isFolder: "it is a folder"
        case .isNoFile: "it is not a regular file"
        case .ended: "it ended while it was read; is something writing to it?"
        }
    }

    public var description: String {
        switch reason {
        case .system(ENOENT), .system(ENOTDIR): "There is no file “\(path)”."
        case .noFolder: "There is no folder “\(path)”."
        case .isNoFolder: "“\(path)” is not a folder."
        case .isFolder: "“\(path)” is a folder: name a file in it."
        default: "Cannot read “\(path)”: \(why)."
        }
    }
}

extension ExitStatus {
    /// Whether what failed may pass without a change of the input: permissions, disks and networks
    /// heal, files and models do not. The one rule by which the daemon tries again.
    public var isPassing: Bool {
        switch self {
        case .noInput, .cannotWrite, .tryAgain: true
        case .failed, .usage, .badInput, .interrupted: false
        }
    }
}
