import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// A landscape, a map of it that is wrong in places, and a sample of the map.
struct LabelledMap {
    let folder: TemporaryFolder
    let land: Landscape
    let path: String
    let map: LabelReader
    let strata: MapStrata

    static let names = ["water", "forest", "crops", "town"]

    /// - Parameter names: of the classes 1, 2, …
    init(
        _ folder: TemporaryFolder, name: String = "map.tif", names: [String] = Self.names,
        label: (Int, Int) -> Int = Self.label
    ) throws {
        self.folder = folder
        land = try Landscape(folder)
        let size = Landscape.size
        path = try folder.scene(
            name, width: size, height: size, roles: [.other], georeference: Landscape.place,
            nodata: 0
        ) { x, y, _ in UInt8(Landscape.isEmpty(x, y) ? 0 : label(x, y)) }
        let table =
            "<PAMDataset><PAMRasterBand band=\"1\"><CategoryNames><Category></Category>"
            + names.map { "<Category>\($0)</Category>" }.joined()
            + "</CategoryNames></PAMRasterBand></PAMDataset>"
        try folder.write(Array(table.utf8), to: name + ".aux.xml")
        map = try LabelReader(path: path)
        strata = try MapStrata(counting: map)
    }

    /// One in ten is taken for its neighbour in the list.
    static func label(_ x: Int, _ y: Int) -> Int {
        (Landscape.use(x, y) + (noise(x, y, 4) < 26 ? 1 : 0)) % 4 + 1
    }

    @discardableResult
    func draw(_ count: Int, _ name: String = "s.gpkg") throws -> String {
        try MapSample.draw(
            SampleAllocation(pixels: strata.strata.map(\.pixels), total: count), from: map,
            strata: strata, seed: 5, to: folder(name), replacing: true)
        return folder(name)
    }

    func session(_ name: String = "s.gpkg", on scene: String? = nil) throws -> AssessmentSession {
        try AssessmentSession(
            MapSample(reading: folder(name)), of: map, strata: strata,
            scene: ReferenceScene(path: scene ?? land.path, map: map),
            commands: ["iicd assess m --points p --field reference"])
    }

    func references(_ name: String = "s.gpkg") throws -> [String?] {
        try MapSample(reading: folder(name)).points.map(\.reference)
    }
}
