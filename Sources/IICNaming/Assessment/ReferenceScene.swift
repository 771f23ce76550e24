package import IICInfer

/// A scene in which a person sees what is on the ground: it lies on the pixels of the map.
package struct ReferenceScene {
    let reader: SceneReader
    /// What had to be taken for granted, as sentences.
    package let notes: [String]

    /// Pixels that scene and map may lie apart: at half a pixel it is not sure which pixel is meant.
    private static let mostApart = 0.49

    /// Opens a scene.
    ///
    /// - Parameter bands: the user's choice, from 1; found by what the scene tells if nil.
    /// - Throws: ``ReferenceSceneError`` where it does not lie on the map's pixels, or what opening
    ///   scenes throws.
    package init(path: String, bands: [Int]? = nil, map: LabelReader) throws {
        if let file = try FileStamp(path)?.file, try FileStamp(map.path)?.file == file {
            throw ReferenceSceneError.isMap(path: path)
        }
        reader = try Self.open(path, bands: bands)
        notes = try reader.notes + Self.check(reader, map: map)
    }

    /// In colours and infrared as far as there are some, else in gray.
    private static func open(_ path: String, bands: [Int]?) throws -> SceneReader {
        let colours: [BandRole] = [.red, .green, .blue]
        if let bands {
            let roles = [1: [.other], 3: colours, 4: colours + [.infrared]][bands.count]
            guard let roles else {
                throw ReferenceSceneError.bandCount(path: path, count: bands.count)
            }
            return try SceneReader(path: path, roles: roles, bands: bands)
        }
        let gray = try SceneReader(path: path, roles: [.other], bands: [1])
        guard gray.bandCount >= colours.count else { return gray }
        if gray.bandCount > colours.count {
            do {
                return try SceneReader(path: path, roles: colours + [.infrared])
            } catch RasterError.bands {
                // Without infrared, perhaps; what is said then names the flag to give.
            }
        }
        return try SceneReader(path: path, roles: colours)
    }

    /// What is taken for granted where not both tell their place.
    private static func check(_ scene: SceneReader, map: LabelReader) throws -> [String] {
        guard scene.fileWidth == map.width, scene.fileHeight == map.height else {
            throw ReferenceSceneError.sizesDiffer(
                scene: scene.path, width: scene.fileWidth, height: scene.fileHeight,
                map: map.path, mapWidth: map.width, mapHeight: map.height)
        }
        let (one, two) = (scene.georeference, map.georeference)
        if one.crs != nil, two.crs != nil, !one.hasSystem(of: two) {
            throw ReferenceSceneError.systemsDiffer(
                scene: scene.path, system: one.crsName ?? "another reference system",
                map: map.path, mapSystem: two.crsName ?? "another reference system")
        }
        guard let here = one.transform, let there = two.transform else {
            guard one.transform != two.transform else { return [] }
            let (without, with) =
                one.transform == nil ? (scene.path, map.path) : (map.path, scene.path)
            return [
                "“\(without)” does not say where its pixels lie: they are taken for those of "
                    + "“\(with)”."
            ]
        }
        guard here != there else { return [] }
        let apart = apart(here, from: there, width: map.width, height: map.height)
        guard apart < mostApart else {
            throw ReferenceSceneError.placesDiffer(
                scene: scene.path, map: map.path, pixels: apart)
        }
        return []
    }

    /// How far corners lie apart, in the second raster's pixels; infinite where that cannot be told.
    private static func apart(
        _ one: [Double], from other: [Double], width: Int, height: Int
    ) -> Double {
        guard let here = PixelPlaces(transform: one), let there = PixelPlaces(transform: other)
        else { return .infinity }
        var most = 0.0
        for (x, y) in [(0, 0), (width, 0), (0, height), (width, height)] {
            let (column, row) = (Double(x), Double(y))
            let found = there.pixel(of: here.place(column: column, row: row))
            let far = max(abs(found.x - column), abs(found.y - row))
            // Not a number is far away too.
            most = far < .infinity ? max(most, far) : .infinity
        }
        return most
    }
}
