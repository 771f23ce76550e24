import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// What comes out of vector files, whatever they are.
@Suite struct PointReaderTests {
    let sheet: PointSheet

    init() throws { sheet = try PointSheet() }

    private static let names = ["forest", "open \"water\"", "<b>'é'\nroad</b>"]

    /// Points all over the raster.
    private var file: PointFile {
        var file = PointFile(
            name: "points", fields: [("id", .integer), ("kind", .text), ("code", .real)])
        for index in 0..<50 {
            file.points.append(
                .init(
                    x: index * 7 % 60, y: index * 11 % 40,
                    values: [
                        .integer(index), .text(Self.names[index % 3]), .real(Double(index % 3)),
                    ]))
        }
        return file
    }

    private func expected(_ name: (Int) -> String) -> [String] {
        (0..<50).map { (y: $0 * 11 % 40, x: $0 * 7 % 60, name: name($0)) }
            .sorted { ($0.y, $0.x) < ($1.y, $1.x) }.map { "\($0.x) \($0.y) \($0.name)" }
    }

    @Test(arguments: [
        ("a.json", "EPSG:4326"), ("a.shp", "EPSG:3857"), ("a.gpkg", "EPSG:3035"),
        ("a.gml", "EPSG:4258"), ("a.fgb", "EPSG:25832"),
    ])
    func `points come out of any format and any system as they went in`(
        name: String, system: String
    ) throws {
        try file.write(to: sheet.folder("own.gpkg"), on: sheet.place, replacing: false)
        _ = try output(
            of: "ogr2ogr",
            [
                "-t_srs", system, "-lco", "ENCODING=UTF-8", sheet.folder(name),
                sheet.folder("own.gpkg"),
            ]
        )
        let found = try sheet.read(name)
        #expect(found.texts == expected { Self.names[$0 % 3] })
        #expect(found.exclusions == PointExclusions())
        #expect(found.notes.isEmpty)
        #expect(try sheet.read(name, field: "CODE").texts == expected { "\($0 % 3)" })
    }

    @Test func `a raster without a place has rows downwards, in tables too`() throws {
        try file.write(to: sheet.folder("own.gpkg"), on: .none, replacing: false)
        #expect(
            try sheet.read("own.gpkg", on: Georeference.none).texts
                == expected { Self.names[$0 % 3] })
        _ = try output(
            of: "ogr2ogr",
            ["-lco", "GEOMETRY=AS_XY", sheet.folder("a.csv"), sheet.folder("own.gpkg")])
        #expect(
            try sheet.read("a.csv", on: Georeference.none).texts == expected { Self.names[$0 % 3] })
        _ = try output(
            of: "ogr2ogr",
            ["-lco", "GEOMETRY=AS_WKT", sheet.folder("b.csv"), sheet.folder("own.gpkg")])
        #expect(try sheet.read("b.csv", on: Georeference.none).pixels.count == 50)
    }

    @Test func `a file without a system is taken to be in the raster's, and that is said`() throws {
        try file.write(to: sheet.folder("own.gpkg"), on: sheet.place, replacing: false)
        _ = try output(
            of: "ogr2ogr",
            ["-lco", "GEOMETRY=AS_XY", sheet.folder("a.csv"), sheet.folder("own.gpkg")])
        let found = try sheet.read("a.csv")
        #expect(found.pixels.count == 50)
        #expect(found.notes.count == 1)
        #expect(found.notes.first?.contains("names no reference system") ?? false)
    }

    @Test func `a file with a system is taken as it lies where the raster has none`() throws {
        try file.write(to: sheet.folder("own.gpkg"), on: sheet.place, replacing: false)
        var place = sheet.place
        place.crs = nil
        let found = try sheet.read("own.gpkg", on: place)
        #expect(found.pixels.count == 50)
        #expect(found.notes.count == 1)
        #expect(found.notes.first?.contains("as they lie") ?? false)
    }

    @Test func `a field that is not there is told with those that are`() throws {
        try file.write(to: sheet.folder("own.gpkg"), on: sheet.place, replacing: false)
        let error = VectorError.noField(
            path: sheet.folder("own.gpkg"), field: "none", fields: ["id", "kind", "code"])
        #expect(throws: error) { try sheet.read("own.gpkg", field: "none") }
        #expect(error.description.contains("it has “id”, “kind”, “code”."))
        try sheet.folder.write(Array("text".utf8), to: "text.gpkg")
        #expect(throws: VectorError.self) { try sheet.read("text.gpkg") }
        #expect(throws: FileError.self) { try sheet.read("none.gpkg") }
    }

    @Test func `a second field tells which features are meant`() throws {
        try file.write(to: sheet.folder("own.gpkg"), on: sheet.place, replacing: false)
        let reader = try PointReader(
            path: sheet.folder("own.gpkg"), field: "kind", selecting: ("code", { $0 == "1" }))
        let found = try reader.pixels(on: sheet.raster)
        #expect(found.names == [Self.names[1]])
        #expect(found.pixels.count == 17)
        #expect(found.exclusions == PointExclusions())
    }

    @Test func `polygons give the pixels whose centres they hold, or some of them`() throws {
        let star: [(Double, Double)] = [(3.2, 2.1), (30.4, 9.3), (50.7, 3.9), (33.1, 33.8)]
        let hole: [(Double, Double)] = [(20.3, 10.2), (30.1, 12.4), (27.7, 20.9)]
        try sheet.features("a.json", [(sheet.polygon([star, hole]), "7")])
        var expected: [String] = []
        for y in 0..<sheet.height {
            for x in 0..<sheet.width {
                var isIn = false
                for ring in [star, hole] {
                    for (one, other) in zip(ring, ring.dropFirst() + [ring[0]]) {
                        let row = Double(y) + 0.5
                        guard (one.1 > row) != (other.1 > row) else { continue }
                        let t = (row - one.1) / (other.1 - one.1)
                        if Double(x) + 0.5 < one.0 + t * (other.0 - one.0) { isIn.toggle() }
                    }
                }
                if isIn { expected.append("\(x) \(y) 7") }
            }
        }
        let all = try sheet.read("a.json", pixelsPerPolygon: 10_000)
        #expect(all.texts == expected)
        #expect(all.pixels.allSatisfy { $0.source == .polygon })
        let some = try sheet.read("a.json", pixelsPerPolygon: 50)
        #expect(some.pixels.count == 50)
        #expect(Set(some.texts).isSubset(of: expected))
        #expect(try sheet.read("a.json", pixelsPerPolygon: 50) == some)
        // From all over it.
        let places = some.texts.compactMap { expected.firstIndex(of: $0) }
        #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 < expected.count / 20 })
    }
}
