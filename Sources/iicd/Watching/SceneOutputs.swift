import IICDaemon
import IICInfer

/// What `iicd watch` makes of each scene: a map, and what goes with it, in folders.
struct SceneOutputs: Sendable {
    /// The folder of the maps.
    let maps: String
    let others: [OutputRequest]
    let network: Architecture

    private var requests: [OutputRequest] { [OutputRequest.map(maps)] + others }

    /// The outputs of one scene, the map first; those of a scene in a folder inside the watched one
    /// go to a folder of that name.
    ///
    /// - Parameters:
    ///   - map: where its map goes, below ``maps``, as ``SceneNames/mapName(for:)`` calls it.
    ///   - makingFolders: whether to make the folders that they go to.
    /// - Throws: ``UsageError`` for a scene with which another could share a file;
    ///   ``AtomicFileError``.
    func all(map: String, makingFolders: Bool = false) throws -> [any MapOutput] {
        // Up to the map's “.tif”, and by bytes: a slash and an accent after it are one `Character`.
        let stem = String(Substring(map.pathName.utf8.dropLast(4)))
        let below = map.utf8.dropFirst(maps.utf8.count + 1).dropLast(stem.utf8.count + 4)
        let inner = String(Substring(below))
        try check(stem)
        if makingFolders, !inner.isEmpty {
            for request in requests {
                try OutputFolder.make(
                    SegmentOutput.path(of: String(inner.dropLast()), in: request.target))
            }
        }
        var outputs: [any MapOutput] = [LabelMap(.classes, path: map)]
        for request in others {
            let name = "\(inner)\(stem).\(request.ending)"
            outputs.append(
                request.make(SegmentOutput.path(of: name, in: request.target), network))
        }
        return outputs
    }

    /// The map of a scene “a.confidence.tif” would be called like the confidence of “a.tif”.
    ///
    /// It is refused whether there is another such scene or not, which may arrive at any time.
    private func check(_ stem: String) throws {
        for one in requests {
            for other in requests where other.ending.hasSuffix(".\(one.ending)") {
                let middle = other.ending.dropLast(one.ending.count)
                guard stem.hasSuffix(".\(middle.dropLast())"),
                    try Self.isSame(one.target, other.target)
                else { continue }
                throw UsageError(
                    description: "“\(stem).\(one.ending)” could be an output of two scenes, by "
                        + "\(one.flag) and by \(other.flag): rename the scene, or give each of the "
                        + "flags a folder of its own.")
            }
        }
    }

    /// Whether two names are one folder's.
    private static func isSame(_ one: String, _ other: String) throws(FileError) -> Bool {
        guard let first = try FileStamp(one), let second = try FileStamp(other) else {
            return false
        }
        return first.file == second.file
    }
}
