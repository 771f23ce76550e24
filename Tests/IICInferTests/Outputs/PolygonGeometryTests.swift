import TestSupport
import Testing

@testable import IICInfer

@Suite struct PolygonGeometryTests {
    let sheet: PolygonSheet

    init() throws { sheet = try PolygonSheet() }

    @Test(arguments: PolygonSheet.Place.allCases)
    func `polygons drawn back are the map, and all are valid`(place: PolygonSheet.Place) throws {
        let georeference = try sheet.georeference(place)
        let summary = try sheet.draw("a.gpkg", georeference)
        #expect(try sheet.folder.files == ["a.gpkg"])
        var grid = georeference
        // Where there is no place, rows go down from 0.
        grid.transform = georeference.transform ?? [0, 1, 0, 0, 0, -1]
        try sheet.folder.scene(
            "back.tif", width: sheet.width, height: sheet.height, roles: [.other],
            georeference: grid
        ) { _, _, _ in UInt8(255) }
        _ = try output(
            of: "gdal_rasterize",
            ["-q", "-a", "class", "-l", "map", sheet.folder("a.gpkg"), sheet.folder("back.tif")])
        let back = try LabelReader(path: sheet.folder("back.tif")).read(
            PixelWindow(x: 0, y: 0, width: sheet.width, height: sheet.height))
        #expect(back == sheet.labels.map(Int32.init))
        let found = try sheet.query(
            "a.gpkg",
            "SELECT COUNT(*) AS n, SUM(ST_IsValid(geom)) AS valid, SUM(pixels) AS pixels, "
                + "SUM(area IS NULL) AS blank, COUNT(DISTINCT GeometryType(geom)) AS kinds, "
                + "MIN(GeometryType(geom)) AS kind, SUM(ST_IsPolygonCCW(geom)) AS turns FROM map")
        #expect(found["n"] == "\(summary.written)" && found["valid"] == found["n"])
        #expect(found["pixels"] == "\(sheet.labels.count { $0 != 255 })")
        #expect(found["kinds"] == "1" && found["kind"] == "POLYGON")
        let isBlank = place == .transform || place == .none
        #expect(found["blank"] == (isBlank ? found["n"] : "0"))
        #expect(found["turns"] == found["n"])
        let info = try output(of: "ogrinfo", ["-so", sheet.folder("a.gpkg"), "map"])
        for column in ["class: Integer (0.0)", "name: String", "area: Real", "pixels: Integer64"] {
            #expect(info.contains(column), "\(info)")
        }
        let system =
            isBlank ? "Undefined Cartesian SRS" : place == .geographic ? "WGS 84" : "UTM zone 32N"
        #expect(info.contains(system), "\(info)")
    }

    @Test func `areas are those of the map's attribute table`() throws {
        for place in [PolygonSheet.Place.projected, .geographic, .rotated] {
            let georeference = try sheet.georeference(place)
            try sheet.draw("a.gpkg", georeference)
            var counts = ClassCounts(width: sheet.width, georeference: georeference)
            counts.add(
                sheet.labels.span,
                window: PixelWindow(x: 0, y: 0, width: sheet.width, height: sheet.height))
            let areas = try #require(counts.squareMetres)
            for value in 0..<5 {
                let found = try sheet.query(
                    "a.gpkg",
                    "SELECT SUM(pixels) AS pixels, SUM(area) AS area, MIN(name) AS name "
                        + "FROM map WHERE class = \(value)")
                #expect(found["pixels"] == "\(counts.pixels[value])")
                #expect(found["name"] == sheet.legend.entries[value].name)
                let area = try #require(found["area"].flatMap { Double($0) })
                // Sums in another order; GDAL prints 15 digits.
                #expect(abs(area / areas[value] - 1) < 1e-9)
            }
        }
    }

    @Test func `there are as many polygons as gdal_polygonize makes, of the same area`() throws {
        try sheet.draw("a.gpkg", sheet.projected)
        let writer = try MapWriter(
            path: sheet.folder("map.tif"), width: sheet.width, height: sheet.height,
            georeference: sheet.projected, legend: sheet.legend)
        try writer.write(
            sheet.labels.span,
            window: PixelWindow(x: 0, y: 0, width: sheet.width, height: sheet.height))
        try writer.finish()
        _ = try output(
            of: "gdal_polygonize.py",
            ["-q", sheet.folder("map.tif"), "-f", "GPKG", sheet.folder("b.gpkg"), "out"])
        for value in 0..<5 {
            let ours = try sheet.query(
                "a.gpkg",
                "SELECT COUNT(*) AS n, SUM(ST_Area(geom)) AS a FROM map WHERE class = \(value)")
            let theirs = try sheet.query(
                "b.gpkg",
                "SELECT COUNT(*) AS n, SUM(ST_Area(geom)) AS a FROM out WHERE DN = \(value)")
            #expect(ours["n"] == theirs["n"] && ours["n"] != nil && ours["n"] != "0")
            let area = try #require(ours["a"].flatMap { Double($0) })
            let other = try #require(theirs["a"].flatMap { Double($0) })
            #expect(abs(area / other - 1) < 1e-9)
        }
    }
}
