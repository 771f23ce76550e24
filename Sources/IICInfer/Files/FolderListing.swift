import Glibc

/// What lies in a folder.
package enum FolderListing {
    /// The names of all that is in `folder`, hidden ones too, in the order of their bytes.
    package static func names(in folder: String) throws(FileError) -> [FileName] {
        guard let stream = unsafe folder.withCPath({ unsafe opendir($0) }) else {
            let code = errno
            switch code {
            case ENOENT: throw FileError(path: folder, reason: .noFolder)
            case ENOTDIR: throw FileError(path: folder, reason: .isNoFolder)
            default: throw FileError(path: folder, code: code)
            }
        }
        defer { unsafe closedir(stream) }
        var names: [FileName] = []
        while true {
            // The end of the list and a failure differ in `errno` alone.
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let bytes = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { field in
                unsafe Array(field.prefix { $0 != 0 })
            }
            names.append(FileName(bytes: bytes))
        }
        guard errno == 0 else { throw FileError(path: folder, code: errno) }
        return names.filter { $0 != FileName(".") && $0 != FileName("..") }.sorted()
    }
}
