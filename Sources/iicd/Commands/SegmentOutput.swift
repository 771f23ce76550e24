import IICDaemon
import IICInfer

/// Where `iicd segment` writes to, and what it prints.
enum SegmentOutput {
    static func isFolder(_ path: String) -> Bool {
        path.hasSuffix("/") || PathCalls.isFolder(path)
    }

    /// A short name for a scene.
    static func label(of scene: String) -> String {
        guard let files = SceneStack(path: scene)?.files, let first = files.first else {
            return SceneItem.name(of: scene) ?? scene.pathName
        }
        return "\(first.pathName) and \(files.count - 1) more"
    }

    /// The files of one output, one a scene: the one that a user named, or files named like their
    /// scenes in the folder that he named.
    static func files(of scenes: [String], for request: OutputRequest) throws -> [String] {
        guard isFolder(request.target) else { return [request.target] }
        var sources: [FileName: String] = [:]
        return try scenes.map { scene in
            // What a STAC Item describes is called like the item.
            let item = SceneItem.name(of: scene).map { "\($0).\(request.ending)" }
            let name = item ?? SceneNames.outputName(for: scene.pathName, ending: request.ending)
            if let other = sources.updateValue(scene, forKey: FileName(name)) {
                throw UsageError(
                    description: "The maps of “\(other)” and “\(scene)” would both be called "
                        + "“\(name)”: map them into different folders.")
            }
            return path(of: name, in: request.target)
        }
    }

    /// - Parameter folder: as a user writes it, with or without `/` at its end.
    static func path(of name: String, in folder: String) -> String {
        let folder = trimmed(folder)
        return folder == "/" ? "/" + name : "\(folder)/\(name)"
    }

    /// A folder's name without the slashes at its end.
    static func trimmed(_ folder: String) -> String {
        var folder = folder
        while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
        return folder
    }

    static func show(_ summary: SegmentSummary, json: Bool) {
        if json {
            for line in summary.json { print(line.text) }
            return
        }
        let total = Double(summary.width) * Double(summary.height)
        for output in summary.outputs {
            if let polygons = output.polygons { print("\(output.path)  \(polygons.sentence)") }
            guard let classes = output.classes else { continue }
            let shares = classes.map { ($0.name, $0.pixels) } + [("no data", output.nodata ?? 0)]
            let text = shares.filter { $0.1 > 0 }.map { name, pixels in
                "\(name) \((Double(pixels) / total * 1000).rounded() / 10) %"
            }
            print(
                "\(output.path)  \(summary.width) × \(summary.height) pixels  "
                    + text.joined(separator: ", "))
        }
    }

    /// Shows a part of a map.
    static func show(
        _ part: SegmentJob.PartSummary, of shard: Shard, scene: String, json: Bool
    ) {
        let window = part.window
        if json {
            let line: JSONValue = [
                "event": "part", "scene": .string(scene), "part": .string(part.path),
                "shard": [.integer(shard.index), .integer(shard.count)],
                "window": window.map {
                    [.integer($0.x), .integer($0.y), .integer($0.width), .integer($0.height)]
                } ?? .null,
                "sceneSHA256": .string(part.sceneHash), "modelSHA256": .string(part.modelHash),
            ]
            print(line.text)
        } else if let window {
            print(
                "\(part.path)  \(window.width) × \(window.height) pixels at \(window.x), "
                    + "\(window.y)")
        } else {
            print("\(part.path)  empty: the scene is too small for \(shard.count) parts")
        }
    }
}
