/// Which pixels of one scene lie in an area of interest: those whose centres do.
///
/// Whether a pixel does depends on the polygons' corners alone, not on the window that it is asked
/// for with. Nothing is kept but the polygons' edges.
final class AreaMask: Sendable {
    private let edges: AreaEdges
    /// What a user should know of it, as a sentence.
    let note: String?
    let memoryBytes: Int

    /// - Parameters:
    ///   - scene: its path.
    ///   - width, height: of the scene's file.
    init(
        _ area: AreaOfInterest, scene: String, georeference: Georeference, width: Int, height: Int
    ) throws(AreaError) {
        guard let transform = georeference.transform else { throw .noPlace(scene: scene) }
        guard
            var placement = AreaPlacement(transform: transform, width: width, height: height)
        else { throw .noPlace(scene: scene) }
        for layer in area.layers {
            guard placement.add(layer, crs: georeference.crs) else {
                throw .notTransformable(path: area.path, scene: scene)
            }
        }
        edges = placement.finish()
        memoryBytes = area.memoryBytes + AreaEdges.bytes * edges.count
        let nameless =
            georeference.crs == nil
            ? scene : area.layers.contains { $0.crs == nil } ? area.path : nil
        note = nameless.map {
            """
            “\($0)” has no reference system: the coordinates of “\(area.path)” are taken for the \
            scene's, as they lie.
            """
        }
        guard touches(PixelWindow(x: 0, y: 0, width: width, height: height)) else {
            throw .outside(path: area.path, scene: scene)
        }
    }

    /// Whether any pixel of a window lies in the area.
    func touches(_ window: PixelWindow) -> Bool {
        var found = false
        // In parts, because each takes memory by the row.
        for y in stride(from: window.y, to: window.y + window.height, by: 256) where !found {
            let part = PixelWindow(
                x: window.x, y: y, width: window.width,
                height: min(256, window.y + window.height - y))
            edges.runs(in: part) { _, _ in
                found = true
                return false
            }
        }
        return found
    }

    /// `(H, W)`: 1 for each pixel of a window in the area, else 0; nil if there is none.
    ///
    /// - Precondition: the window lies in the scene.
    func marks(in window: PixelWindow) -> [UInt8]? {
        var marks: [UInt8]?
        edges.runs(in: window) { row, columns in
            if marks == nil { marks = [UInt8](repeating: 0, count: window.count) }
            let first = (row - window.y) * window.width - window.x
            for column in columns { marks?[first + column] = 1 }
            return true
        }
        return marks
    }
}

extension SceneReader {
    /// From now on, pixels outside an area hold no data.
    ///
    /// - Throws: ``AreaError`` if it does not lie on the scene.
    func limit(to area: AreaOfInterest) throws(AreaError) {
        self.area = try AreaMask(
            area, scene: path, georeference: georeference, width: fileWidth, height: fileHeight)
    }
}
