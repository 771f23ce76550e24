import Glibc

/// Folders for what will be written.
package enum OutputFolder {
    /// Makes `path` and what is missing above it.
    package static func make(_ path: String) throws(AtomicFileError) {
        var made: [String] = []
        try make(path, made: &made)
    }

    /// The same; where it fails half-way, `made` tells what to remove.
    ///
    /// - Parameter made: takes the folders that were not there, outer ones first.
    package static func make(_ path: String, made: inout [String]) throws(AtomicFileError) {
        var missing: [String] = []
        var place = path
        while !PathCalls.isFolder(place) {
            missing.append(place)
            let parent = AtomicFile.folder(of: place)
            if parent == place { break }
            place = parent
        }
        for folder in missing.reversed() {
            if PathCalls.makeFolder(folder) == 0 {
                made.append(folder)
                continue
            }
            let code = errno
            // Another process was quicker.
            guard code == EEXIST && PathCalls.isFolder(folder) else {
                throw AtomicFileError(path: path, reason: reason(code))
            }
        }
    }

    /// What went wrong, as the end of a sentence.
    private static func reason(_ code: Int32) -> String {
        switch code {
        case EACCES, EPERM: "permission to make that folder is denied"
        case EEXIST, ENOTDIR: "a file is in its way"
        case EROFS: "the folder would be on a read-only file system"
        case ENOSPC, EDQUOT: "the disk is full"
        case ENAMETOOLONG: "the name is too long"
        default: "the folder cannot be made there"
        }
    }
}
