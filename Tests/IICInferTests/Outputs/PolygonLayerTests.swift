import Foundation
import Testing

@testable import IICInfer

@Suite struct PolygonLayerTests {
    let folder: TemporaryFolder
    let width = 211
    let height = 163
    let legend = Legend.unnamed(classes: 5)
    let provenance = MapProvenance(
        sceneHash: "s", modelHash: "m", settingsHash: "t", version: "0.1")

    init() throws { folder = try TemporaryFolder() }

    /// Patches with noise on them, and holes without data.
    private func label(_ x: Int, _ y: Int) -> UInt8 {
        if noise(x / 20, y / 15, 4) < 30 { return 255 }
        return noise(x, y, 1) < 70 ? noise(x, y, 2) % 5 : noise(x / 23, y / 31, 3) % 5
    }

    private var labels: [UInt8] { (0..<width * height).map { label($0 % width, $0 / width) } }

    /// Writes the polygons of a map that comes in rows, so many at a time.
    @discardableResult
    private func draw(
        _ name: String, _ place: Georeference, least: PatchSize? = nil, rows: Int = 50
    ) throws -> OutputSummary.Polygons {
        let frame = MapFrame(
            width: width, height: height, georeference: place,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5), legend: legend,
            threads: 1)
        let product = try PolygonLayer(path: folder(name), least: least).begin(frame)
        let labels = labels
        for row in stride(from: 0, to: height, by: rows) {
            let count = min(rows, height - row)
            try product.write(
                labels.span.extracting(row * width..<(row + count) * width),
                window: PixelWindow(x: 0, y: row, width: width, height: count))
        }
        let summary = try product.finish(provenance, progress: { _ in }, isCancelled: { false })
        var publication = Publication()
        product.publish(in: &publication)
        try publication.commit()
        return try #require(summary.polygons)
    }

    /// What a query of a file's layers says: one row, by column.
    private func query(_ name: String, _ sql: String) throws -> [String: String] {
        let text = try output(
            of: "ogrinfo", ["-q", folder(name), "-dialect", "INDIRECT_SQLITE", "-sql", sql])
        var result: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count >= 4, parts[2] == "=" else { continue }
            result[String(parts[0])] = parts[3...].joined(separator: " ")
        }
        return result
    }

    private var projected: Georeference {
        get throws {
            try #require(Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        }
    }

    enum Place: String, CaseIterable {
        case projected, rotated, southUp, mirrored, geographic, transform, none
    }

    private func georeference(_ place: Place) throws -> Georeference {
        var result = try projected
        switch place {
        case .projected: break
        case .rotated: result.transform = [500_000, 0.4, 0.3, 5_400_000, 0.3, -0.4]
        case .southUp: result.transform = [500_000, 0.5, 0, 5_400_000, 0, 0.5]
        case .mirrored: result.transform = [500_000, -0.5, 0, 5_400_000, 0, -0.5]
        case .geographic:
            result = try #require(Georeference(epsg: 4326, left: 11, top: 49, pixelSize: 0.01))
        case .transform: result = Georeference(transform: [40, 0.5, 0, 90, 0, -0.5])
        case .none: result = .none
        }
        return result
    }

    @Test(arguments: Place.allCases)
    func `polygons drawn back are the map, and all are valid`(place: Place) throws {
        let georeference = try georeference(place)
        let summary = try draw("a.gpkg", georeference)
        #expect(try folder.files == ["a.gpkg"])
        var grid = georeference
        // Where there is no place, rows go down from 0.
        grid.transform = georeference.transform ?? [0, 1, 0, 0, 0, -1]
        try folder.scene(
            "back.tif", width: width, height: height, roles: [.other], georeference: grid
        ) { _, _, _ in UInt8(255) }
        _ = try output(
            of: "gdal_rasterize",
            ["-q", "-a", "class", "-l", "map", folder("a.gpkg"), folder("back.tif")])
        let back = try LabelReader(path: folder("back.tif")).read(
            PixelWindow(x: 0, y: 0, width: width, height: height))
        #expect(back == labels.map(Int32.init))
        let found = try query(
            "a.gpkg",
            "SELECT COUNT(*) AS n, SUM(ST_IsValid(geom)) AS valid, SUM(pixels) AS pixels, "
                + "SUM(area IS NULL) AS blank, COUNT(DISTINCT GeometryType(geom)) AS kinds, "
                + "MIN(GeometryType(geom)) AS kind, SUM(ST_IsPolygonCCW(geom)) AS turns FROM map")
        #expect(found["n"] == "\(summary.written)" && found["valid"] == found["n"])
        #expect(found["pixels"] == "\(labels.count { $0 != 255 })")
        #expect(found["kinds"] == "1" && found["kind"] == "POLYGON")
        let isBlank = place == .transform || place == .none
        #expect(found["blank"] == (isBlank ? found["n"] : "0"))
        #expect(found["turns"] == found["n"])
        let info = try output(of: "ogrinfo", ["-so", folder("a.gpkg"), "map"])
        for column in ["class: Integer (0.0)", "name: String", "area: Real", "pixels: Integer64"] {
            #expect(info.contains(column), "\(info)")
        }
        let system =
            isBlank ? "Undefined Cartesian SRS" : place == .geographic ? "WGS 84" : "UTM zone 32N"
        #expect(info.contains(system), "\(info)")
    }

    @Test func `areas are those of the map's attribute table`() throws {
        for place in [Place.projected, .geographic, .rotated] {
            let georeference = try georeference(place)
            try draw("a.gpkg", georeference)
            var counts = ClassCounts(width: width, georeference: georeference)
            counts.add(
                labels.span, window: PixelWindow(x: 0, y: 0, width: width, height: height))
            let areas = try #require(counts.squareMetres)
            for value in 0..<5 {
                let found = try query(
                    "a.gpkg",
                    "SELECT SUM(pixels) AS pixels, SUM(area) AS area, MIN(name) AS name "
                        + "FROM map WHERE class = \(value)")
                #expect(found["pixels"] == "\(counts.pixels[value])")
                #expect(found["name"] == legend.entries[value].name)
                let area = try #require(found["area"].flatMap { Double($0) })
                // Sums in another order; GDAL prints 15 digits.
                #expect(abs(area / areas[value] - 1) < 1e-9)
            }
        }
    }

    @Test func `there are as many polygons as gdal_polygonize makes, of the same area`() throws {
        try draw("a.gpkg", projected)
        let writer = try MapWriter(
            path: folder("map.tif"), width: width, height: height, georeference: projected,
            legend: legend)
        try writer.write(
            labels.span, window: PixelWindow(x: 0, y: 0, width: width, height: height))
        try writer.finish()
        _ = try output(
            of: "gdal_polygonize.py",
            ["-q", folder("map.tif"), "-f", "GPKG", folder("b.gpkg"), "out"])
        for value in 0..<5 {
            let ours = try query(
                "a.gpkg",
                "SELECT COUNT(*) AS n, SUM(ST_Area(geom)) AS a FROM map WHERE class = \(value)")
            let theirs = try query(
                "b.gpkg",
                "SELECT COUNT(*) AS n, SUM(ST_Area(geom)) AS a FROM out WHERE DN = \(value)")
            #expect(ours["n"] == theirs["n"] && ours["n"] != nil && ours["n"] != "0")
            let area = try #require(ours["a"].flatMap { Double($0) })
            let other = try #require(theirs["a"].flatMap { Double($0) })
            #expect(abs(area / other - 1) < 1e-9)
        }
    }

    @Test func `bytes depend on the labels alone`() throws {
        try draw("a.gpkg", projected)
        try draw("another name.gpkg", projected, rows: 7)
        #expect(try folder.bytes(of: "a.gpkg") == folder.bytes(of: "another name.gpkg"))
        // When a file was last changed would be told in milliseconds.
        let text = try folder.bytes(of: "a.gpkg")
        let time = Array("1970-01-01T00:00:00.000Z".utf8)
        #expect(text.indices.contains { text[$0...].starts(with: time) })
    }

    @Test func `polygons that are too small are left out and counted`() throws {
        let all = try draw("a.gpkg", projected)
        let pixels = try draw("b.gpkg", projected, least: .pixels(10))
        let metres = try draw("c.gpkg", projected, least: .squareMetres(2.5))
        #expect(pixels.smaller > 0 && pixels.written + pixels.smaller == all.written)
        #expect(metres == pixels)
        let found = try query("b.gpkg", "SELECT COUNT(*) AS n, MIN(pixels) AS least FROM map")
        #expect(found["n"] == "\(pixels.written)")
        #expect(found["least"].flatMap { Int($0) } ?? 0 >= 10)
        let whole = try query("a.gpkg", "SELECT COUNT(*) AS n FROM map WHERE pixels >= 10")
        #expect(whole["n"] == found["n"])
        #expect(throws: SegmentError.noAreas) {
            try draw("d.gpkg", .none, least: .squareMetres(2.5))
        }
        #expect(SegmentError.noAreas.exitStatus == .badInput)
    }

    @Test func `a file says what it was made from`() throws {
        let layer = PolygonLayer(path: folder("a.gpkg"))
        #expect(layer.provenance == nil)
        try draw("a.gpkg", projected)
        #expect(layer.provenance == provenance)
        #expect(try folder.files == ["a.gpkg"])
        try folder.write(Array("text".utf8), to: "b.gpkg")
        #expect(PolygonLayer(path: folder("b.gpkg")).provenance == nil)
        let sized = PolygonLayer(path: folder("a.gpkg"), least: .pixels(3))
        #expect(sized.settings != layer.settings)
    }

    @Test func `one that is not finished leaves nothing, and an older file's journal goes`() throws
    {
        let frame = MapFrame(
            width: width, height: height, georeference: .none,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5), legend: legend,
            threads: 1)
        do {
            let product = try PolygonLayer(path: folder("a.gpkg")).begin(frame)
            try product.write(
                labels.span, window: PixelWindow(x: 0, y: 0, width: width, height: height))
            #expect(try folder.files.allSatisfy { $0.hasPrefix(".iicd-") })
        }
        #expect(try folder.files.isEmpty)
        for part in ["", "-wal", "-shm", "-journal"] {
            try folder.write([1, 2, 3], to: "a.gpkg\(part)")
        }
        try draw("a.gpkg", .none)
        #expect(try folder.files == ["a.gpkg"])
        let error = #expect(throws: AtomicFileError.self) { try draw("no/a.gpkg", .none) }
        #expect(error?.exitStatus == .cannotWrite)
    }
}
