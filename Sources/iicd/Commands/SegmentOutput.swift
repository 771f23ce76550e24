import ArgumentParser
import Foundation
import IICInfer

/// Where `iicd segment` writes to, and what it prints.
enum SegmentOutput {
    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return path.hasSuffix("/") || exists && isFolder.boolValue
    }

    /// The files of the maps, one a scene.
    static func maps(of scenes: [String], output: String) throws -> [String] {
        guard isFolder(output) else { return [output] }
        var folder = output
        while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
        var sources: [String: String] = [:]
        return try scenes.map { scene in
            let name = SceneNames.mapName(for: (scene as NSString).lastPathComponent)
            if let other = sources.updateValue(scene, forKey: name) {
                throw UsageError(
                    description: "The maps of “\(other)” and “\(scene)” would both be called "
                        + "“\(name)”: map them into different folders.")
            }
            return folder == "/" ? "/" + name : "\(folder)/\(name)"
        }
    }

    /// Refuses outputs that would replace an input, or each other.
    static func checkDistinct(_ outputs: [String], inputs: [String]) throws {
        var seen: [String: String] = [:]
        for output in outputs {
            let name = place(of: output)
            if seen.updateValue(output, forKey: name) != nil {
                throw ValidationError("“\(output)” is named for two outputs.")
            }
            if inputs.contains(where: { place(of: $0) == name }) {
                throw ValidationError("“\(output)” is an input and would be replaced.")
            }
        }
    }

    /// The same text for the same file, also through links and for files that are not there yet.
    private static func place(of path: String) -> String {
        let url = URL(filePath: path)
        return url.deletingLastPathComponent().resolvingSymlinksInPath()
            .appending(path: url.lastPathComponent).resolvingSymlinksInPath().path
    }

    static func show(
        _ summary: SegmentJob.Summary, scene: String, map: String, json: Bool
    ) throws {
        let total = Double(summary.width) * Double(summary.height)
        guard json else {
            let shares =
                zip(summary.legend.entries.map(\.name), summary.pixels)
                + [("no data", summary.nodata)]
            let text = shares.filter { $0.1 > 0 }.map { name, pixels in
                "\(name) \((Double(pixels) / total * 1000).rounded() / 10) %"
            }
            print(
                "\(map)  \(summary.width) × \(summary.height) pixels  "
                    + text.joined(separator: ", "))
            return
        }
        let classes = zip(summary.legend.entries, summary.pixels).enumerated().map {
            index, item -> JSONValue in
            [
                "value": .integer(index), "name": .string(item.0.name),
                "pixels": .integer(item.1),
            ]
        }
        let line: JSONValue = [
            "event": "map", "scene": .string(scene), "map": .string(map),
            "size": [.integer(summary.width), .integer(summary.height)],
            "classes": .array(classes), "nodataPixels": .integer(summary.nodata),
        ]
        print(line.text)
    }
}
