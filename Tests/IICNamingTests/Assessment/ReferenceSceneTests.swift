import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct ReferenceSceneTests {
    private let folder: TemporaryFolder
    private let map: LabelledMap

    init() throws {
        folder = try TemporaryFolder()
        map = try LabelledMap(folder)
    }

    private func scene(
        _ name: String, size: Int = Landscape.size, roles: [BandRole] = rgbInfrared,
        _ place: Georeference = Landscape.place
    ) throws -> String {
        try folder.scene(name, width: size, height: size, roles: roles, georeference: place) {
            noise($0, $1, $2)
        }
    }

    private func moved(_ east: Double) -> Georeference {
        Georeference(
            crs: Landscape.place.crs, transform: [390_000 + east, 10, 0, 5_820_000, 0, -10])
    }

    @Test func `a scene beside the map's pixels is refused`() throws {
        let size = Landscape.size
        let small = try scene("small.tif", size: size - 1)
        #expect(
            throws: ReferenceSceneError.sizesDiffer(
                scene: small, width: size - 1, height: size - 1, map: map.path, mapWidth: size,
                mapHeight: size)
        ) { try ReferenceScene(path: small, map: map.map) }
        let far = try scene("far.tif", moved(5))
        #expect(
            throws: ReferenceSceneError.placesDiffer(scene: far, map: map.path, pixels: 0.5)
        ) { try ReferenceScene(path: far, map: map.map) }
        _ = try ReferenceScene(path: scene("near.tif", moved(4)), map: map.map)
        var place = Landscape.place
        place.crs = "EPSG:32634"
        let other = try scene("other.tif", place)
        let error = #expect(throws: ReferenceSceneError.self) {
            try ReferenceScene(path: other, map: map.map)
        }
        #expect(error?.description.contains("WGS 84 / UTM zone 34N (EPSG:32634)") == true)
        let none = try ReferenceScene(path: scene("none.tif", .none), map: map.map)
        #expect(none.notes.count == 1 && none.notes[0].contains("does not say where"))
        #expect(try ReferenceScene(path: map.land.path, map: map.map).notes.isEmpty)
    }

    @Test func `the map itself is not shown`() throws {
        #expect(throws: ReferenceSceneError.isMap(path: map.path)) {
            try ReferenceScene(path: map.path, map: map.map)
        }
    }

    @Test func `scenes of any colours are shown`() throws {
        for roles in [[.other], [.red, .green, .blue], [.infrared, .red, .green, .blue]]
            as [[BandRole]]
        {
            let path = try scene("\(roles.count).tif", roles: roles)
            let found = try ReferenceScene(path: path, map: map.map)
            #expect(found.reader.roles.count == roles.count && found.notes.isEmpty, "\(roles)")
        }
        let unknown = try scene("five.tif", roles: Array(repeating: .other, count: 5))
        #expect(throws: RasterError.self) { try ReferenceScene(path: unknown, map: map.map) }
        let chosen = try ReferenceScene(path: unknown, bands: [4, 2, 1], map: map.map)
        #expect(chosen.reader.bands == [4, 2, 1])
        #expect(throws: ReferenceSceneError.bandCount(path: unknown, count: 2)) {
            try ReferenceScene(path: unknown, bands: [1, 2], map: map.map)
        }
    }

    @Test func `a sample's points lie on the map`() throws {
        try map.draw(12)
        _ = try output(
            of: "ogrinfo",
            [folder("s.gpkg"), "-q", "-sql", "UPDATE sample SET x = 300 WHERE id = 7"])
        let error = #expect(throws: AssessmentError.self) { try map.session() }
        #expect(error?.description.contains("point 7, in column 300 and row ") == true)
        _ = try output(of: "ogrinfo", [folder("s.gpkg"), "-q", "-sql", "DELETE FROM sample"])
        #expect(
            throws: AssessmentError.notASample(path: folder("s.gpkg"), reason: "it has no points")
        ) { try map.session() }
    }
}
