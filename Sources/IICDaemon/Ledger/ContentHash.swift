package import IICInfer

/// SHA-256 of what a scene's files hold, whatever the scene is called.
package enum ContentHash {
    /// The hash of the scene `scene` in `folder`: of its main file's digest, and for each file beside
    /// it, in the order of their names, of the name, a zero and the digest. Of a name that begins like
    /// the scene's, only the rest counts, so a scene that is renamed with all its files keeps its hash.
    /// Overviews do not count: they change no pixel of a map.
    ///
    /// - Parameters:
    ///   - scene: its path below `folder`.
    ///   - stamp: names its files.
    ///   - isCancelled: asked after every MiB.
    /// - Returns: 64 hexadecimal digits.
    /// - Throws: ``FileError``, also for a file that has gone; `Interrupted`.
    package static func sha256(
        of scene: FileName, in folder: String, stamp: SceneStamp,
        isCancelled: () -> Bool = { false }
    ) throws -> String {
        let place =
            scene.bytes.lastIndex(of: UInt8(ascii: "/"))
            .map { FileName(bytes: Array(scene.bytes[..<$0])) } ?? ""
        let name = FileName(
            bytes: Array(
                scene.bytes.dropFirst(
                    place.bytes.isEmpty ? 0 : place.bytes.count + 1)))
        var hash = SHA256()
        func digest(_ path: String) throws -> String {
            try SceneHash.sha256(file: path, isCancelled: isCancelled)
        }
        hash.update(try digest("\(folder)/\(scene.text)"))
        for sidecar in stamp.sidecars.keys.sorted() where !sidecar.hasEnding(".ovr") {
            hash.update(([0] + rest(of: sidecar, beside: name) + [0]).span)
            hash.update(try digest("\(folder)/\(place.appending(sidecar).text)"))
        }
        // A VRT names its parts, and its own digest covers how.
        for part in stamp.parts.keys.sorted() where !part.hasEnding(".ovr") {
            guard stamp.parts[part] != .some(nil) else { continue }
            hash.update(([0] + part.text.pathName.pathBytes + [0]).span)
            hash.update(try digest(part.text))
        }
        return hash.hex()
    }

    /// What of a sidecar's name is its own: `1.msk` of `a.tif.msk` beside `a.tif`, `2.tfw` of `a.tfw`.
    private static func rest(of sidecar: FileName, beside scene: FileName) -> [UInt8] {
        let stem = SceneNames.stem(of: scene)
        if sidecar.bytes.starts(with: scene.bytes) {
            return [UInt8(ascii: "1")] + sidecar.bytes.dropFirst(scene.bytes.count)
        }
        if sidecar.bytes.starts(with: stem.bytes) {
            return [UInt8(ascii: "2")] + sidecar.bytes.dropFirst(stem.bytes.count)
        }
        return sidecar.bytes
    }
}
