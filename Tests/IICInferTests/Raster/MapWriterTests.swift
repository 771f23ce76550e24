import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct MapWriterTests {
    let folder: TemporaryFolder
    let width = 1300
    let height = 700
    let legend = Legend.unnamed(classes: 6)

    init() throws { folder = try TemporaryFolder() }

    func label(_ x: Int, _ y: Int) -> UInt8 {
        x / 90 % 7 == 6 ? 255 : UInt8((x / 90 % 7 + y / 70) % 6)
    }

    /// Writes the map in windows of one size, in an order that `seed` shuffles.
    func write(_ name: String, window side: Int, seed: Int, place: Georeference) throws {
        let writer = try MapWriter(
            path: folder(name), width: width, height: height, georeference: place, legend: legend,
            threads: 1 + seed % 3)
        writer.setProvenance(["IICD_SCENE_SHA256": "abc", "IICD_VERSION": "0.1"])
        var windows: [PixelWindow] = []
        for y in stride(from: 0, to: height, by: side) {
            for x in stride(from: 0, to: width, by: side) {
                windows.append(
                    PixelWindow(
                        x: x, y: y, width: min(side, width - x), height: min(side, height - y)))
            }
        }
        windows.sort { noise($0.x, $0.y, seed) < noise($1.x, $1.y, seed) }
        for window in windows {
            let labels = (0..<window.count).map {
                label(window.x + $0 % window.width, window.y + $0 / window.width)
            }
            try writer.write(labels.span, window: window)
        }
        #expect(try folder.files.allSatisfy { $0 != name })
        try writer.finish()
    }

    @Test func `a map is byte-identical whatever the windows and their order`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        try write("a.tif", window: 200, seed: 1, place: place)
        try write("b.tif", window: 333, seed: 2, place: place)
        #expect(try folder.bytes(of: "a.tif") == folder.bytes(of: "b.tif"))
        #expect(try folder.bytes(of: "a.tif.aux.xml") == folder.bytes(of: "b.tif.aux.xml"))
        #expect(
            try folder.files == ["a.tif", "a.tif.aux.xml", "b.tif", "b.tif.aux.xml"])
    }

    @Test(arguments: [0.0, 0.1, 0.31, 0.6])
    func `finishing stops when asked to, and leaves nothing`(share: Double) throws {
        let side = 3000
        do {
            let writer = try MapWriter(
                path: folder("a.tif"), width: side, height: side, georeference: .none,
                legend: legend, threads: 2)
            let labels = (0..<side * side).map { UInt8(noise($0, 1, 2) % 6) }
            try writer.write(
                labels.span, window: PixelWindow(x: 0, y: 0, width: side, height: side))
            var reached = 0.0
            #expect(throws: Interrupted.self) {
                try writer.prepare(
                    progress: { reached = $0 }, isCancelled: { reached >= share })
            }
            #expect(reached < share + 0.3)
        }
        #expect(try folder.files.isEmpty)
    }

    @Test func `gdalinfo finds all that a map must hold`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        try write("a.tif", window: 200, seed: 1, place: place)
        let info = try output(of: "gdalinfo", [folder("a.tif")])
        for part in [
            "LAYOUT=COG", "COMPRESSION=LZW", "Block=512x512 Type=Byte, ColorInterp=Palette",
            "NoData Value=255", "Overviews: 650x350", "IICD_SCENE_SHA256=abc",
            "  0: Class 1", "0: 0,114,178,255", "<FieldDefn index=\"5\">", "Hectares",
        ] {
            #expect(info.contains(part), "\(part)")
        }
        for (x, y) in [(0, 0), (1299, 699), (545, 3), (800, 333)] {
            let value = try output(
                of: "gdallocationinfo", ["-valonly", folder("a.tif"), "\(x)", "\(y)"])
            #expect(
                UInt8(value.trimmingCharacters(in: .whitespacesAndNewlines)) == label(x, y))
        }
        var counts = [Int](repeating: 0, count: 256)
        for y in 0..<height { for x in 0..<width { counts[Int(label(x, y))] += 1 } }
        let table = try String(decoding: folder.bytes(of: "a.tif.aux.xml"), as: UTF8.self)
        for value in 0..<6 {
            let area = Double(counts[value]) / 4
            #expect(table.contains("<F>\(counts[value])</F>"))
            #expect(table.contains("<F>\(String(format: "%.10g", area))</F>"))
        }
    }

    @Test func `a map without a place has no areas and all else`() throws {
        try write("a.tif", window: 200, seed: 1, place: .none)
        let table = try String(decoding: folder.bytes(of: "a.tif.aux.xml"), as: UTF8.self)
        #expect(table.contains("<F></F>") || table.contains("<F />"))
        #expect(table.contains("<Category>Class 6</Category>"))
    }

    @Test func `control points and coefficients reach the map`() throws {
        var points = Georeference()
        points.controlPointCRS = Georeference(epsg: 4326, left: 0, top: 0, pixelSize: 1)?.crs
        points.controlPoints = (0..<5).map {
            .init(pixel: Double($0) + 0.25, line: 3.5, x: 12.1, y: Double($0) / 7, z: 80)
        }
        try write("a.tif", window: 700, seed: 1, place: points)
        #expect(
            try SceneReader(path: folder("a.tif"), roles: [.other]).georeference.controlPoints
                == points.controlPoints)
        var rational = Georeference()
        for name in ["LINE", "SAMP"] {
            for part in ["NUM", "DEN"] {
                rational.rationalCoefficients["\(name)_\(part)_COEFF"] =
                    (0..<20).map { "\(Double($0) / 16)" }.joined(separator: " ")
            }
        }
        for name in ["LINE", "SAMP", "LAT", "LONG", "HEIGHT"] {
            rational.rationalCoefficients["\(name)_OFF"] = "12.5"
            rational.rationalCoefficients["\(name)_SCALE"] = "3.25"
        }
        try write("b.tif", window: 700, seed: 1, place: rational)
        let got = try SceneReader(path: folder("b.tif"), roles: [.other]).georeference
        for (name, value) in rational.rationalCoefficients {
            let numbers = got.rationalCoefficients[name]?.split(separator: " ").map { Double($0) }
            #expect(numbers == value.split(separator: " ").map { Double($0) }, "\(name)")
        }
    }

    @Test func `an unfinished map leaves nothing, an unwritable one is exit code 73`() throws {
        do {
            let writer = try MapWriter(
                path: folder("a.tif"), width: 9, height: 9, georeference: .none, legend: legend)
            try writer.write([1, 2].span, window: PixelWindow(x: 3, y: 4, width: 2, height: 1))
        }
        #expect(try folder.files.isEmpty)
        let error = #expect(throws: AtomicFileError.self) {
            try MapWriter(
                path: folder("no/a.tif"), width: 9, height: 9, georeference: .none, legend: legend)
        }
        #expect(error?.exitStatus == .cannotWrite)
    }

    @Test func `what is not written is nodata, also in a map of one pixel`() throws {
        for side in [1, 600] {
            let writer = try MapWriter(
                path: folder("a.tif"), width: side, height: side, georeference: .none,
                legend: legend)
            if side > 1 {
                try writer.write([3].span, window: PixelWindow(x: 7, y: 8, width: 1, height: 1))
            }
            try writer.finish()
            let (_, valid) = try SceneReader(path: folder("a.tif"), roles: [.other]).pixels()
            #expect(valid.count { $0 == 1 } == (side > 1 ? 1 : 0))
        }
    }

    @Test func `pixel areas add up to the Earth's surface`() throws {
        let world = try #require(Georeference(epsg: 4326, left: -180, top: 90, pixelSize: 1))
        let areas = try (0..<180).map {
            try #require(world.pixelAreaSquareMetres(rows: $0..<$0 + 1, width: 360))
        }
        // WGS 84's surface, NIMA TR8350.2: 510 065 621.724 km².
        let surface: Double = areas.reduce(0, +) * 360
        #expect(abs(surface - 510_065_621.724e6) < 1e6)
        // A cell near 45° by the rotated formula agrees with the exact one.
        var rotated = world
        rotated.transform = [10, 0.001, 1e-12, 45, 0, -0.001]
        let exact = Georeference(crs: world.crs, transform: [10, 0.001, 0, 45, 0, -0.001])
        let one = try #require(rotated.pixelAreaSquareMetres(rows: 0..<1, width: 1))
        let other = try #require(exact.pixelAreaSquareMetres(rows: 0..<1, width: 1))
        #expect(abs(one / other - 1) < 1e-8)
    }

    @Test func `the hash of a scene is that of sha256sum`() throws {
        let path = try folder.scene("a.tif", width: 30, height: 40) { noise($0, $1, $2) }
        let sum = try output(of: "sha256sum", [path]).prefix(64)
        #expect(try SceneHash.sha256(scene: path) == sum)
    }
}
