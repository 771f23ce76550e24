package import IICInfer

/// Which files in a watched folder are scenes, and what their outputs are called.
package enum SceneNames {
    private static let endings = [".tif", ".tiff", ".jp2", ".vrt"]

    /// Whether a file of this name is a scene, and not hidden or still being written.
    package static func isScene(_ name: FileName) -> Bool {
        !name.isHidden && endings.contains { name.hasEnding($0) }
    }

    /// Whether a file of this name can say something of a scene: what is hidden, a scene itself or
    /// the word that one has arrived does not.
    static func canBeSidecar(_ name: FileName) -> Bool {
        name.bytes.contains(dot) && !name.isHidden && !isScene(name) && !name.hasEnding(".done")
    }

    /// The name without its last ending, which a scene shares with its world file.
    static func stem(of name: FileName) -> FileName {
        FileName(bytes: Array(name.bytes[..<(name.bytes.lastIndex(of: dot) ?? name.bytes.count)]))
    }

    /// What stands before each of the name's dots: for `a.tif.msk` the scene `a.tif` too.
    static func prefixes(of name: FileName) -> [FileName] {
        name.bytes.indices.filter { name.bytes[$0] == dot }
            .map { FileName(bytes: Array(name.bytes[..<$0])) }
    }

    private static let dot = UInt8(ascii: ".")

    /// `a.tif` for a scene `a.tif`, and `b.tiff.tif` for `b.tiff`, so that no two scenes of one
    /// folder share a map.
    package static func mapName(for scene: String) -> String {
        outputName(for: scene, ending: "tif")
    }

    /// `a.png` for a scene `a.tif` and the ending `png`, and `b.tiff.png` for `b.tiff`.
    package static func outputName(for scene: String, ending: String) -> String {
        "\(outputStem(for: scene)).\(ending)"
    }

    /// What the names of a scene's outputs begin with; `scene` may be a path below the folder.
    private static func outputStem(for scene: String) -> String {
        guard scene.hasSuffix(".tif") else { return scene }
        let stem = String(scene.dropLast(4))
        // “b.tiff.tif” is what the scene “b.tiff” becomes, so the scene of that name may not.
        return isScene(FileName(stem)) ? scene : stem
    }
}
