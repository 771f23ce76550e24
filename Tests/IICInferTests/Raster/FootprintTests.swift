import Foundation
import TestSupport
import Testing

@testable import IICInfer

@Suite struct FootprintTests {
    /// Longitudes and latitudes by GDAL's own tool.
    func transformed(_ points: [(x: Double, y: Double)], epsg: Int) throws -> [[Double]] {
        let lines = points.map { "\($0.x) \($0.y)" }.joined(separator: "\n")
        let text = try output(
            of: "sh",
            [
                "-c", "echo \"$1\" | gdaltransform -s_srs EPSG:$2 -t_srs EPSG:4326 -output_xy",
                "sh",
                lines, "\(epsg)",
            ])
        return text.split(separator: "\n").map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
    }

    @Test func `corners lie where GDAL's own tool puts them`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 600_000, top: 5_400_000, pixelSize: 10))
        let footprint = try #require(Footprint(of: place, width: 3000, height: 2000))
        let corners = try transformed(
            [
                (600_000, 5_400_000), (600_000, 5_380_000), (630_000, 5_380_000),
                (630_000, 5_400_000),
            ], epsg: 32632)
        #expect(corners.count == 4)
        for corner in corners {
            let distance = footprint.ring.map {
                max(abs($0[0] - corner[0]), abs($0[1] - corner[1]))
            }.min()
            #expect(try #require(distance) < 2e-8, "\(corner)")
        }
        #expect(footprint.ring.first == footprint.ring.last)
        #expect(footprint.box[0] == footprint.ring.map { $0[0] }.min())
        #expect(footprint.box[3] == footprint.ring.map { $0[1] }.max())
    }

    @Test func `a side of 100 km strays less than half a pixel from the true one`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 700_000, top: 7_000_000, pixelSize: 10))
        let side = 10_000
        let footprint = try #require(Footprint(of: place, width: side, height: side))
        #expect((9...257).contains(footprint.ring.count))
        let ring = footprint.ring.map { Georeference.Geographic(longitude: $0[0], latitude: $0[1]) }
        let top = stride(from: 0.0, through: 1e4, by: 37).map { (column: $0, row: 0.0) }
        for point in try #require(place.geographic(top)) {
            var least = Double.infinity
            for (from, to) in zip(ring, ring.dropFirst()) {
                let (a, b) = (point.metres(to: from), point.metres(to: to))
                let (x, y) = (b.east - a.east, b.north - a.north)
                let along: Double = -(a.east * x + a.north * y) / (x * x + y * y)
                let share = min(max(along, 0), 1)
                least = min(least, hypot(a.east + share * x, a.north + share * y))
            }
            #expect(least < 5.1)
        }
    }

    @Test func `sides along parallels and meridians need no more corners`() throws {
        let place = try #require(Georeference(epsg: 4326, left: 10, top: 50, pixelSize: 0.25))
        let footprint = try #require(Footprint(of: place, width: 8, height: 4))
        #expect(footprint.ring == [[10, 50], [10, 49], [12, 49], [12, 50], [10, 50]])
        #expect(footprint.box == [10, 49, 12, 50])
    }

    @Test func `a mirrored scene's outline runs anticlockwise too`() throws {
        var place = try #require(Georeference(epsg: 4326, left: 10, top: 50, pixelSize: 0.25))
        place.transform = [10, 0.25, 0, 49, 0, 0.25]
        let footprint = try #require(Footprint(of: place, width: 8, height: 4))
        #expect(footprint.ring == [[10, 49], [12, 49], [12, 50], [10, 50], [10, 49]])
    }

    @Test func `longitudes beyond 180 degrees are those west of Greenwich`() throws {
        let place = try #require(Georeference(epsg: 4326, left: 190, top: 50, pixelSize: 0.25))
        #expect(Footprint(of: place, width: 8, height: 4)?.box == [-170, 49, -168, 50])
        let world = try #require(Georeference(epsg: 4326, left: -180, top: 90, pixelSize: 0.5))
        #expect(Footprint(of: world, width: 720, height: 360)?.box == [-180, -90, 180, 90])
    }

    @Test func `what no polygon in degrees can show has no outline`() throws {
        #expect(Footprint(of: .none, width: 8, height: 4) == nil)
        let utm = try #require(
            Georeference(epsg: 32660, left: 700_000, top: 5_000_000, pixelSize: 100))
        #expect(Footprint(of: utm, width: 2000, height: 500) == nil)
        let pole = try #require(
            Georeference(epsg: 3995, left: -50_000, top: 50_000, pixelSize: 100))
        #expect(Footprint(of: pole, width: 1000, height: 1000) == nil)
        var unplaced = utm
        unplaced.transform = nil
        #expect(Footprint(of: unplaced, width: 8, height: 4) == nil)
    }

    @Test(arguments: [
        // Web Mercator at 60° north, 1 / cos 60° on a sphere; feet of the United States; UTM off its centre.
        (3857, 0.0, 8_399_738.0, 10.0, 5.0126), (2264, 2_000_000.0, 600_000.0, 10.0, 3.048),
        (32632, 500_000.0, 5_400_000.0, 10.0, 10.004),
    ])
    func `a pixel's width is that on the ground`(
        epsg: Int, left: Double, top: Double, size: Double, metres: Double
    ) throws {
        let place = try #require(Georeference(epsg: epsg, left: left, top: top, pixelSize: size))
        let width = try #require(place.pixelWidthMetres(width: 2, height: 2))
        #expect(abs(width / metres - 1) < 5e-4)
        #expect(place.crsCode == "EPSG:\(epsg)")
    }
}
