import Glibc
package import IICInfer

/// Gives a scene the files that were made of another with the same content, model and settings.
package enum MapCopy {
    /// Outputs that hold names of files: a copy would tell of the other scene.
    private static let named = [".json", ".gpkg"]

    /// Copies all files of `result`, which appear together, the map last.
    ///
    /// Each is compared with the hash that the result has of it. They are copies, not links: what
    /// somebody does to one map would be done to the other.
    ///
    /// - Parameters:
    ///   - old: the scene that the result is of, and `new` the one that gets it; paths below the
    ///     watched folder.
    ///   - isCancelled: asked after every MiB.
    /// - Returns: the result for `new`; nil if any file is missing, has changed or cannot be copied so:
    ///   then the scene is to be mapped.
    /// - Throws: ``AtomicFileError``; `Interrupted`.
    package static func copy(
        _ result: JobResult, of old: FileName, to new: FileName, isCancelled: () -> Bool = { false }
    ) throws -> JobResult? {
        guard !result.files.isEmpty else { return nil }
        let before = stem(for: old)
        let after = stem(for: new)
        var copied = result
        copied.files = []
        for file in result.files {
            guard !named.contains(where: file.path.hasEnding),
                let path = path(of: file.path, from: before, to: after)
            else { return nil }
            copied.files.append(.init(path: path, bytes: file.bytes, sha256: file.sha256))
        }
        var publication = Publication()
        // The first of a result's files is the map, and what is added last is named last.
        for (source, target) in zip(result.files, copied.files).reversed() {
            let path = target.path.text
            let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) }
            if let folder, !folder.isEmpty { try OutputFolder.make(folder) }
            let file = try AtomicFile(path: path)
            guard try fill(file.temporaryPath, for: path, from: source, isCancelled: isCancelled)
            else { return nil }
            publication.add(file)
        }
        try publication.commit()
        copied.isUnchanged = false
        return copied
    }

    /// What the paths of a scene's outputs have between their folder and their ending.
    private static func stem(for scene: FileName) -> FileName {
        FileName(bytes: Array(SceneNames.mapName(for: scene.text).pathBytes.dropLast(4)))
    }

    /// `path` with one stem in the place of the other; nil if it has not that stem.
    private static func path(
        of path: FileName, from old: FileName, to new: FileName
    ) -> FileName? {
        let slash = UInt8(ascii: "/")
        // As many of its last names as the stem has.
        var depth = old.bytes.count { $0 == slash } + 1
        var start = path.bytes.endIndex
        while start > 0 {
            if path.bytes[start - 1] == slash {
                depth -= 1
                if depth == 0 { break }
            }
            start -= 1
        }
        let below = path.bytes[start...]
        guard depth <= 1, below.starts(with: old.bytes + [UInt8(ascii: ".")]) else { return nil }
        return FileName(
            bytes: path.bytes[..<start] + new.bytes + below.dropFirst(old.bytes.count))
    }

    /// - Returns: whether `source` is there and is what its hash says.
    private static func fill(
        _ temporary: String, for path: String, from source: JobResult.File,
        isCancelled: () -> Bool
    ) throws -> Bool {
        guard let input = try? InputFile(source.path.text), input.size == source.bytes else {
            return false
        }
        let descriptor = PathCalls.open(temporary, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw AtomicFileError(path: path, code: errno) }
        defer { close(descriptor) }
        var hash = SHA256()
        var offset = 0
        while true {
            if isCancelled() { throw Interrupted() }
            guard let bytes = try? input.read(upTo: 1 << 20, at: offset) else { return false }
            if bytes.isEmpty { return hash.hex() == source.sha256 }
            hash.update(bytes.span)
            offset += bytes.count
            var written = 0
            while written < bytes.count {
                let count = unsafe bytes[written...].withUnsafeBytes {
                    unsafe write(descriptor, $0.baseAddress, $0.count)
                }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw AtomicFileError(path: path, code: errno) }
                written += count
            }
        }
    }
}
