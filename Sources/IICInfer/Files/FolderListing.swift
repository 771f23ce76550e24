import Glibc

/// What lies in a folder.
package enum FolderListing {
    package enum Kind: Sendable { case file, folder, link, other }

    /// What a name stands for.
    package struct Entry: Sendable {
        package var name: FileName
        package var kind: Kind
    }

    /// The names of all that is in `folder`, hidden ones too, in the order of their bytes.
    package static func names(in folder: String) throws(FileError) -> [FileName] {
        try entries(in: folder).map(\.name)
    }

    /// The same, with what each is: a link itself, not what it leads to.
    package static func entries(in folder: String) throws(FileError) -> [Entry] {
        guard let stream = unsafe folder.withCPath({ unsafe opendir($0) }) else {
            let code = errno
            switch code {
            case ENOENT: throw FileError(path: folder, reason: .noFolder)
            case ENOTDIR: throw FileError(path: folder, reason: .isNoFolder)
            default: throw FileError(path: folder, code: code)
            }
        }
        defer { unsafe closedir(stream) }
        var entries: [Entry] = []
        while true {
            // The end of the list and a failure differ in `errno` alone.
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { field in
                unsafe Array(field.prefix { $0 != 0 })
            }
            let name = FileName(bytes: bytes)
            guard name != "." && name != ".." else { continue }
            let type = Int(unsafe entry.pointee.d_type)
            entries.append(
                Entry(name: name, kind: kind(type) ?? kind(of: "\(folder)/\(name.text)")))
        }
        guard errno == 0 else { throw FileError(path: folder, code: errno) }
        return entries.sorted { $0.name < $1.name }
    }

    /// Nil where the file system does not tell in its listing.
    private static func kind(_ type: Int) -> Kind? {
        switch type {
        case Int(DT_UNKNOWN): nil
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        case Int(DT_LNK): .link
        default: .other
        }
    }

    private static func kind(of path: String) -> Kind {
        var status = stat()
        guard PathCalls.linkStatus(path, &status) == 0 else { return .file }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }
}
