import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// Areas of interest: which pixels lie in them, whatever they come as.
@Suite struct AreaTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    typealias Ring = [(x: Double, y: Double)]

    /// Writes polygons as GeoJSON.
    private func area(
        _ name: String, _ polygons: [[Ring]], epsg: Int? = 25833
    ) throws -> AreaOfInterest {
        let features = polygons.map { polygon in
            let rings = polygon.map { ring in
                let corners = (ring + [ring[0]]).map { "[\($0.x),\($0.y)]" }
                return "[\(corners.joined(separator: ","))]"
            }
            return """
                {"type":"Feature","properties":{},"geometry":{"type":"Polygon",\
                "coordinates":[\(rings.joined(separator: ","))]}}
                """
        }
        let crs = epsg.map {
            "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::\($0)\"}},"
        }
        let text = """
            {"type":"FeatureCollection",\(crs ?? "")"features":[\(features.joined(separator: ","))]}
            """
        try folder.write(Array(text.utf8), to: name)
        return try AreaOfInterest(reading: folder(name))
    }

    /// Whether a point lies in an odd number of a polygon's rings: by a ray to the right.
    private func contains(_ polygon: [Ring], _ x: Double, _ y: Double) -> Bool {
        var isIn = false
        for ring in polygon {
            for (index, corner) in ring.enumerated() {
                let before = ring[index == 0 ? ring.count - 1 : index - 1]
                guard (corner.y > y) != (before.y > y) else { continue }
                let t = (y - corner.y) / (before.y - corner.y)
                if x < corner.x + t * (before.x - corner.x) { isIn.toggle() }
            }
        }
        return isIn
    }

    private let place = Georeference(
        epsg: 25833, left: 400_000, top: 5_800_000, pixelSize: 0.5)

    private func ring(_ corners: [(Double, Double)]) -> Ring {
        corners.map { (400_000 + $0.0, 5_800_000 - $0.1) }
    }

    /// One with a hole, one that overlaps it, one far beyond the scene, and a star.
    private var polygons: [[Ring]] {
        let star: [(Double, Double)] = (0..<14).map { index in
            let radius: Double = index.isMultiple(of: 2) ? 14.3 : 5.1
            let angle: Double = Double(index) * Double.pi / 7 + 0.2
            return (41.7 + radius * cos(angle), 33.2 + radius * sin(angle))
        }
        return [
            [
                ring([(3.1, 2.2), (30.3, 4.9), (25.2, 27.4), (2.3, 20.6)]),
                ring([(8.6, 8.1), (8.2, 15.3), (19.4, 14.2)]),
            ],
            [ring([(22.2, 18.3), (70.9, 20.1), (60.4, 29.8)])],
            [ring([(-90.1, -50.2), (-60.3, -50.4), (-60.2, 300.7)])],
            [ring(star)],
        ]
    }

    private func mask(
        _ area: AreaOfInterest, _ place: Georeference?, width: Int, height: Int
    ) throws -> AreaMask {
        try AreaMask(
            area, scene: "scene.tif", georeference: #require(place), width: width, height: height)
    }

    @Test func `a pixel lies in it if its centre does, whatever window it is asked for with`()
        throws
    {
        let (width, height) = (131, 97)
        let mask = try mask(
            area("a.json", polygons), place, width: width, height: height)
        var expected = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                let east = 400_000 + (Double(x) + 0.5) * 0.5
                let north = 5_800_000 - (Double(y) + 0.5) * 0.5
                if polygons.contains(where: { contains($0, east, north) }) {
                    expected[y * width + x] = 1
                }
            }
        }
        #expect(expected.contains(0) && expected.count { $0 == 1 } > 2000)
        #expect(
            mask.marks(in: PixelWindow(x: 0, y: 0, width: width, height: height)) == expected)
        for window in [
            PixelWindow(x: 0, y: 0, width: 1, height: 1),
            PixelWindow(x: 5, y: 3, width: 17, height: 40),
            PixelWindow(x: 60, y: 40, width: 71, height: 57),
            PixelWindow(x: 33, y: 60, width: 64, height: 1),
        ] {
            let part = (0..<window.count).map {
                expected[(window.y + $0 / window.width) * width + window.x + $0 % window.width]
            }
            #expect(mask.marks(in: window) == (part.contains(1) ? part : nil))
            #expect(mask.touches(window) == part.contains(1))
        }
    }

    @Test func `turned, mirrored and south-up scenes are met where they lie`() throws {
        for transform in [
            [400_000, 0.31, 0.2, 5_800_000, 0.22, -0.3], [400_050, -0.5, 0, 5_800_000, 0, -0.5],
            [400_000, 0.5, 0, 5_799_960, 0, 0.5],
        ] as [[Double]] {
            let place = Georeference(crs: place?.crs, transform: transform)
            let mask = try mask(area("a.json", polygons), place, width: 100, height: 80)
            let marks = mask.marks(in: PixelWindow(x: 0, y: 0, width: 100, height: 80)) ?? []
            #expect(marks.contains(1))
            for index in marks.indices {
                let (x, y) = (Double(index % 100) + 0.5, Double(index / 100) + 0.5)
                let east = transform[0] + x * transform[1] + y * transform[2]
                let north = transform[3] + x * transform[4] + y * transform[5]
                let isIn = polygons.contains { contains($0, east, north) }
                #expect(marks[index] == (isIn ? 1 : 0), "\(transform) \(index)")
            }
        }
    }

    /// 1.4° of a parallel, which a straight line in the scene's system misses by far.
    @Test func `edges follow the curves that reprojection makes of them`() throws {
        let place = try #require(
            Georeference(epsg: 25833, left: 300_000, top: 5_900_000, pixelSize: 200))
        let (width, height) = (500, 400)
        let polygons: [[Ring]] = [[[(12.1, 52.6), (13.5, 52.6), (13.5, 53.0), (12.1, 53.1)]]]
        let mask = try mask(
            area("a.json", polygons, epsg: 4326), place, width: width, height: height)
        let marks = try #require(
            mask.marks(in: PixelWindow(x: 0, y: 0, width: width, height: height)))
        // The other way: pixels are brought to the polygon's system.
        let wgs84 = try #require(Georeference(epsg: 4326, left: 0, top: 0, pixelSize: 1)?.crs)
        let crs = try #require(place.crs)
        let back = try #require(CoordinateTransformation(from: crs, to: wgs84))
        var different = 0
        for y in 0..<height {
            let points = back.transform(
                (0..<width).map {
                    .init(
                        x: 300_000 + (Double($0) + 0.5) * 200,
                        y: 5_900_000 - (Double(y) + 0.5) * 200)
                })
            for (x, point) in points.enumerated() {
                let isIn = contains(polygons[0], point.x, point.y)
                if marks[y * width + x] != (isIn ? 1 : 0) { different += 1 }
            }
        }
        #expect(marks.count { $0 == 1 } > 50_000)
        // A 20th of a pixel along 1,440 pixels of edges; a straight one would miss a whole strip.
        #expect(different <= 72, "\(different)")
    }

    @Test func `polygons elsewhere on Earth do not hinder, and none here is an error`() throws {
        let here: [Ring] = [ring([(3.1, 2.2), (30.3, 4.9), (25.2, 27.4)])]
        let lonely = try area("b.json", [here])
        // Near the other pole.
        let far: [[Ring]] = [[[(-170, -89), (-160, -89), (-165, -85)]]]
        let elsewhere = try area("a.json", far, epsg: 4326)
        #expect(throws: AreaError.outside(path: folder("a.json"), scene: "scene.tif")) {
            try mask(elsewhere, place, width: 50, height: 50)
        }
        let error = AreaError.outside(path: folder("a.json"), scene: "scene.tif")
        #expect(error.exitStatus == .badInput)
        #expect(throws: AreaError.noPlace(scene: "scene.tif")) {
            try mask(lonely, Georeference.none, width: 50, height: 50)
        }
    }

    @Test func `without a reference system coordinates are taken as they lie, and it is said`()
        throws
    {
        let plain = Georeference(transform: [400_000, 0.5, 0, 5_800_000, 0, -0.5])
        let named = try mask(area("a.json", polygons), place, width: 131, height: 97)
        let lies = try mask(area("b.json", polygons), plain, width: 131, height: 97)
        #expect(named.note == nil && lies.note?.contains("“scene.tif” has no reference") == true)
        let all = PixelWindow(x: 0, y: 0, width: 131, height: 97)
        #expect(named.marks(in: all) == lies.marks(in: all))
    }

    @Test(arguments: ["GPKG", "ESRI Shapefile", "FlatGeobuf", "GML", "KML"])
    func `any format of vector files gives the same pixels`(format: String) throws {
        let original = try area("a.json", polygons)
        let ending =
            ["ESRI Shapefile": "shp", "FlatGeobuf": "fgb"][format] ?? format.lowercased()
        // KML is in WGS 84 always; GML has latitudes first there.
        let isGlobal = ["GML", "KML"].contains(format)
        _ = try output(
            of: "ogr2ogr",
            ["-f", format, folder("b.\(ending)"), folder("a.json")]
                + (isGlobal ? ["-t_srs", "EPSG:4326"] : []))
        let other = try AreaOfInterest(reading: folder("b.\(ending)"))
        let all = PixelWindow(x: 0, y: 0, width: 131, height: 97)
        let expected = try mask(original, place, width: 131, height: 97).marks(in: all) ?? []
        let found = try mask(other, place, width: 131, height: 97).marks(in: all) ?? []
        let different = zip(expected, found).count { $0 != $1 }
        // Coordinates in degrees are rounded.
        #expect(different <= (isGlobal ? 60 : 0), "\(different)")
        #expect(other.contentHash == original.contentHash || format != "GPKG")
    }

    @Test func `what is no area is refused in words`() throws {
        let points = """
            {"type":"FeatureCollection","features":[{"type":"Feature","properties":{},\
            "geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}]}
            """
        try folder.write(Array(points.utf8), to: "points.json")
        #expect(throws: AreaError.noPolygon(path: folder("points.json"), features: 1)) {
            try AreaOfInterest(reading: folder("points.json"))
        }
        try folder.write(Array("text".utf8), to: "text.gpkg")
        #expect(throws: AreaError.self) { try AreaOfInterest(reading: folder("text.gpkg")) }
        let missing = #expect(throws: FileError.self) {
            try AreaOfInterest(reading: folder("none.gpkg"))
        }
        #expect(missing?.exitStatus == .noInput)
    }

    @Test func `a scene holds no data outside`() throws {
        let path = try folder.scene(
            "s.tif", width: 131, height: 97, georeference: #require(place)
        ) { max(1, noise($0, $1, $2)) }
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let before = try scene.pixels()
        try scene.limit(to: area("a.json", polygons))
        let after = try scene.pixels()
        let window = PixelWindow(x: 0, y: 0, width: 131, height: 97)
        #expect(after.valid == scene.area?.marks(in: window))
        for pixel in after.valid.indices {
            for band in 0..<4 {
                let expected = after.valid[pixel] == 0 ? 0 : before.values[pixel * 4 + band]
                #expect(after.values[pixel * 4 + band] == expected)
            }
        }
        let again = try SceneReader(again: scene).pixels(
            PixelWindow(x: -5, y: 20, width: 60, height: 90))
        #expect(again.valid[5] == after.valid[20 * 131])
        #expect(again.valid[89 * 60 + 30] == 0)
        // Nothing is read where nothing is wanted: the file may even be damaged there.
        #expect(
            try scene.pixels(PixelWindow(x: 0, y: 60, width: 20, height: 30)).valid
                .allSatisfy { $0 == 0 })
    }
}
