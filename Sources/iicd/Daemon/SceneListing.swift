import Glibc
package import IICInfer

/// The scenes that lie in a folder at one moment.
package struct SceneListing: Sendable {
    /// Regular files with a scene's name; folders inside are not looked into.
    package var scenes: [FileName: FileStamp] = [:]
    /// Why other scenes that are there cannot be mapped now, as sentences.
    package var problems: [FileName: String] = [:]

    package init(scenes: [FileName: FileStamp] = [:], problems: [FileName: String] = [:]) {
        self.scenes = scenes
        self.problems = problems
    }

    /// - Throws: if the folder cannot be read.
    package init(folder: String, calls: FileCalls = .system) throws(FileError) {
        for name in try FolderListing.names(in: folder) where SceneNames.isScene(name) {
            guard let text = name.text else {
                problems[name] =
                    "The name of “\(folder)/\(name)” is not UTF-8, which GDAL and the map's "
                    + "metadata need: rename it to have it mapped."
                continue
            }
            let path = "\(folder)/\(text)"
            var status = stat()
            if calls.status(path, &status) == 0 {
                if status.st_mode & S_IFMT == S_IFREG { scenes[name] = FileStamp(status) }
                continue
            }
            let code = errno
            // It has just gone, or is a link to nothing.
            if code == ENOENT || code == ENOTDIR || code == ELOOP { continue }
            problems[name] = FileError(path: path, code: code).description
        }
    }
}
