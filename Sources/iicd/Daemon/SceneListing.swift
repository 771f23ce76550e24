import Glibc
package import IICInfer

/// The scenes that lie in a folder at one moment.
package struct SceneListing: Sendable {
    /// Regular files with a scene's name; folders inside are not looked into.
    package var scenes: [FileName: SceneStamp] = [:]
    /// Why other scenes that are there cannot be mapped now, as sentences.
    package var problems: [FileName: String] = [:]

    package init(scenes: [FileName: SceneStamp] = [:], problems: [FileName: String] = [:]) {
        self.scenes = scenes
        self.problems = problems
    }

    /// - Throws: if the folder cannot be read.
    package init(folder: String, calls: FileCalls = .system) throws(FileError) {
        let names = try FolderListing.names(in: folder)
        for name in names where SceneNames.isScene(name) {
            do throws(FileError) {
                let stamp = try Self.stamp("\(folder)/\(name.text)", calls: calls)
                if let stamp { scenes[name] = SceneStamp(main: stamp) }
            } catch {
                problems[name] = error.description
            }
        }
        addSidecars(among: names, in: folder, calls: calls)
    }

    private mutating func addSidecars(
        among names: [FileName], in folder: String, calls: FileCalls
    ) {
        let byStem = Dictionary(grouping: scenes.keys, by: SceneNames.stem)
        for name in names where SceneNames.canBeSidecar(name) {
            let owners = Set(
                (byStem[SceneNames.stem(of: name)] ?? [])
                    + SceneNames.prefixes(of: name).filter { scenes[$0] != nil })
            guard !owners.isEmpty else { continue }
            do throws(FileError) {
                guard let stamp = try Self.stamp("\(folder)/\(name.text)", calls: calls) else {
                    continue
                }
                for owner in owners { scenes[owner]?.sidecars[name] = stamp }
            } catch {
                for owner in owners {
                    scenes[owner] = nil
                    problems[owner] = error.description
                }
            }
        }
    }

    /// Of a regular file; nil for anything else, what has just gone, and a link to nothing.
    private static func stamp(_ path: String, calls: FileCalls) throws(FileError) -> FileStamp? {
        var status = stat()
        if calls.status(path, &status) == 0 {
            return status.st_mode & S_IFMT == S_IFREG ? FileStamp(status) : nil
        }
        let code = errno
        if code == ENOENT || code == ENOTDIR || code == ELOOP { return nil }
        throw FileError(path: path, code: code)
    }
}
