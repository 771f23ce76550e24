package import IICInfer

/// Which files in a watched folder are scenes, and what their maps are called.
package enum SceneNames {
    private static let endings = [".tif", ".tiff", ".vrt"]

    /// Whether a file of this name is a scene, and not hidden or still being written.
    package static func isScene(_ name: FileName) -> Bool {
        !name.isHidden && endings.contains { name.hasEnding($0) }
    }

    /// `a.tif` for a scene `a.tif`, and `b.tiff.tif` for `b.tiff`, so that no two scenes of one
    /// folder share a map.
    package static func mapName(for scene: String) -> String {
        guard scene.hasSuffix(".tif") else { return scene + ".tif" }
        // “b.tiff.tif” is what the scene “b.tiff” becomes, so the scene of that name may not.
        return isScene(FileName(String(scene.dropLast(4)))) ? scene + ".tif" : scene
    }
}
