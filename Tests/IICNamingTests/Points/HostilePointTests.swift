import IICInfer
import TestSupport
import Testing

@testable import IICNaming

/// Files that nobody would make on purpose.
@Suite struct HostilePointTests {
    let sheet: PointSheet

    init() throws { sheet = try PointSheet() }

    @Test func `what cannot be used is counted`() throws {
        let long = String(repeating: "é", count: 128)
        try sheet.features(
            "a.json",
            [
                (sheet.point(3, 4), "\"a\""),
                // Twice the same, and once another.
                (sheet.point(5, 4), "\"a\""), (sheet.point(5.2, 4.1), "\"a\""),
                (sheet.point(9, 4), "\"a\""), (sheet.point(9, 4), "\"b\""),
                (sheet.point(9.3, 4.3), "\"a\""),
                (sheet.point(-2, 4), "\"a\""), (sheet.point(60, 39), "\"a\""),
                (sheet.point(1, 1), "\" \\n\""), (sheet.point(1, 1), "null"),
                (sheet.point(1, 1), "\"\(long)\""),
                (sheet.point(59, 39), "\"  b\\n\""),
                ("null", "\"a\""), ("{\"type\":\"Point\",\"coordinates\":[]}", "\"a\""),
                (
                    "{\"type\":\"LineString\",\"coordinates\":[[400001,5799999],[400003,5799997]]}",
                    "\"a\""
                ),
                ("{\"type\":\"Point\",\"coordinates\":[1e300,1e300]}", "\"a\""),
                (sheet.polygon([[(-30, -30), (-20, -30), (-20, -20)]]), "\"a\""),
            ])
        let found = try sheet.read("a.json")
        #expect(found.texts == ["3 4 a", "5 4 a", "59 39 b"])
        let counts = Dictionary(
            uniqueKeysWithValues: found.exclusions.list.map { ($0.reason, $0.count) })
        #expect(
            counts == [
                .duplicate: 1, .contradictory: 3, .outside: 4, .noClass: 2, .longClass: 1,
                .noPlace: 2, .noShape: 1,
            ])
        #expect(found.exclusions.total == 14)
        #expect(
            found.exclusions.sentence?.hasPrefix(
                "Left out of the points: 2 without a place, 1 that are neither") ?? false)
    }

    @Test func `numbers that are none are counted`() throws {
        let lines = ["x,y,kind", "nan,-3,a", "inf,-3,a", "3.5,-3.5,a", "4.5,-1e400,a", ",,a"]
        try sheet.folder.write(Array(lines.joined(separator: "\n").utf8), to: "a.csv")
        let found = try sheet.read("a.csv", on: Georeference.none)
        #expect(found.texts == ["3 3 a"])
        #expect(found.exclusions.total == 4)
        let shapes = [
            "WKT,kind", "\"POLYGON((0 0,nan 3,4 4,0 0))\",a", "\"POINT(inf 2)\",a",
            "\"MULTIPOINT((1.5 -1.5),(2.5 -1.5))\",b",
            "\"GEOMETRYCOLLECTION(POINT(5.5 -1.5),POINT EMPTY,LINESTRING(0 0,1 1))\",c",
        ]
        try sheet.folder.write(Array(shapes.joined(separator: "\n").utf8), to: "b.csv")
        let others = try sheet.read("b.csv", on: Georeference.none)
        #expect(others.texts == ["1 1 b", "2 1 b", "5 1 c"])
        #expect(others.exclusions[.noPlace] == 2 && others.exclusions[.noShape] == 1)
        let endless = sheet.polygon([[(1, 1), (9, 1), (9, 9)]])
            .replacing("400018", with: "1e999")
        try sheet.features("a.json", [(endless, "\"a\""), (sheet.point(1, 1), "\"a\"")])
        let third = try sheet.read("a.json")
        #expect(third.texts == ["1 1 a"])
        #expect(third.exclusions.total == 1)
    }

    @Test func `places that another system does not have are counted`() throws {
        try sheet.features(
            "a.json",
            [
                ("{\"type\":\"Point\",\"coordinates\":[13.5,400]}", "\"a\""),
                ("{\"type\":\"Point\",\"coordinates\":[-166.5,-80]}", "\"a\""),
            ], epsg: nil)
        let found = try sheet.read("a.json")
        #expect(found.pixels.isEmpty)
        #expect(found.exclusions[.placeless] + found.exclusions[.outside] == 2)
    }

    @Test func `a field of ever new texts holds no classes`() throws {
        try sheet.features(
            "a.json", (0...PointReader.mostNames).map { (sheet.point(1, 1), "\"name \($0)\"") })
        let error = VectorError.tooManyNames(
            path: sheet.folder("a.json"), field: "kind", most: PointReader.mostNames)
        #expect(throws: error) { try sheet.read("a.json") }
        #expect(error.description.contains("is it the one that holds the class?"))
    }

    @Test func `polygons whose edges cross too many rows are refused`() throws {
        let raster = PointRaster(
            path: "map.tif", width: 10, height: 60_000_000, georeference: .none)
        try sheet.folder.write(
            Array("WKT,kind\n\"POLYGON((1 1,5 -6e7,9 1,1 1))\",a\n".utf8), to: "a.csv")
        let reader = try PointReader(path: sheet.folder("a.csv"), field: "kind")
        #expect(throws: VectorError.tooLarge(path: sheet.folder("a.csv"))) {
            try reader.pixels(on: raster)
        }
    }

    @Test func `labels of a map are those of the pixels`() throws {
        let path = try sheet.folder.scene(
            "map.tif", width: 60, height: 40, roles: [.other], georeference: sheet.place,
            nodata: 255
        ) { x, y, _ in x == 5 ? 255 : UInt8(x + y) }
        try sheet.features(
            "a.json", (3..<9).map { (sheet.point(Double($0), Double(3 * $0)), "\"a\"") })
        let map = try LabelReader(path: path)
        var found = try PointReader(path: sheet.folder("a.json"), field: "kind")
            .pixels(on: PointRaster(map))
        let labels = try found.labels(in: map)
        #expect(labels == [12, 16, LabelReader.none, 24, 28, 32])
        found.keep(where: labels.map { $0 >= 0 }, otherwise: .noData)
        #expect(found.pixels.count == 5)
        #expect(found.exclusions[.noData] == 1)
    }
}
