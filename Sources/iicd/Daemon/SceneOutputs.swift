import IICInfer

/// What `iicd watch` makes of each scene: a map, and what goes with it, in folders.
struct SceneOutputs: Sendable {
    /// The folder of the maps.
    let maps: String
    let others: [OutputRequest]
    let network: Architecture

    private var requests: [OutputRequest] { [OutputRequest.map(maps)] + others }

    /// The outputs of one scene, the map first.
    ///
    /// - Parameter map: where its map goes, as ``SceneNames/mapName(for:)`` calls it.
    /// - Throws: ``UsageError`` for a scene with which another could share a file.
    func all(map: String) throws -> [any MapOutput] {
        // Up to the map's “.tif”.
        let stem = String(map.split(separator: "/").last?.dropLast(4) ?? "")
        try check(stem)
        var outputs: [any MapOutput] = [LabelMap(.classes, path: map)]
        for request in others {
            let name = "\(stem).\(request.ending)"
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
