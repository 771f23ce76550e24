import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct SceneReaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `every sample type comes back as it was written, and as gdallocationinfo reads it`()
        throws
    {
        func check<Sample: RasterSample & BinaryFloatingPoint>(_ type: Sample.Type) throws {
            let path = try folder.scene("f.tif", width: 31, height: 17) { x, y, c in
                let value: Float = Float(noise(x, y, c)) * 1.5 - 100
                return Sample(value)
            }
            let (values, valid) = try SceneReader(path: path, roles: rgbInfrared).pixels()
            // Step by step: the compiler takes 8 s for the whole at once.
            let pixel: Int = 31 * 9 + 30
            let expected: Float = Float(noise(30, 9, 3)) * 1.5 - 100
            #expect(values[4 * pixel + 3] == expected)
            #expect(valid.allSatisfy { $0 == 1 })
        }
        func check<Sample: RasterSample & FixedWidthInteger>(_ type: Sample.Type) throws {
            let path = try folder.scene("i.tif", width: 31, height: 17) { x, y, c in
                let value: Int = Int(noise(x, y, c)) * 257 - 1000
                return Sample(truncatingIfNeeded: value)
            }
            let scene = try SceneReader(path: path, roles: rgbInfrared)
            #expect(scene.sampleType == Sample.sampleType)
            let value = try scene.pixels().values[4 * (31 * 9 + 30) + 2]
            let text = try output(of: "gdallocationinfo", ["-valonly", "-b", "3", path, "30", "9"])
            #expect(Float(text.trimmingCharacters(in: .whitespacesAndNewlines)) == value)
        }
        try check(UInt8.self)
        try check(UInt16.self)
        try check(Int16.self)
        try check(Float.self)
    }

    @Test(arguments: [
        ["-co", "TILED=NO", "-co", "BLOCKYSIZE=7"], ["-co", "INTERLEAVE=BAND"],
        ["-co", "BIGTIFF=YES"], ["-co", "COMPRESS=LZW", "-co", "TILED=YES"],
        ["-co", "ENDIANNESS=BIG"], ["-of", "COG"], ["-of", "VRT"],
    ])
    func `the layout of the file changes nothing`(options: [String]) throws {
        let path = try folder.scene("a.tif", width: 130, height: 97) { noise($0, $1, $2) }
        let name = options.contains("VRT") ? "b.vrt" : "b.tif"
        _ = try output(of: "gdal_translate", ["-q"] + options + [path, folder(name)])
        let before = try folder.files
        let other = try SceneReader(path: folder(name), roles: rgbInfrared)
        #expect(
            try other.pixels().values == SceneReader(path: path, roles: rgbInfrared).pixels().values
        )
        #expect(other.largestBlockBytes > 0)
        #expect(try folder.files == before, "nothing is written beside a scene")
    }

    @Test func `a window beyond the scene is zero and not valid there`() throws {
        let path = try folder.scene("a.tif", width: 5, height: 4) { x, y, _ in
            UInt8(1 + x + 10 * y)
        }
        let (values, valid) = try SceneReader(path: path, roles: rgbInfrared).pixels(
            PixelWindow(x: -2, y: 2, width: 9, height: 4))
        for row in 0..<4 {
            for column in 0..<9 {
                let (x, y) = (column - 2, row + 2)
                let inside = (0..<5).contains(x) && (0..<4).contains(y)
                #expect(valid[row * 9 + column] == (inside ? 1 : 0))
                #expect(values[(row * 9 + column) * 4] == (inside ? Float(1 + x + 10 * y) : 0))
            }
        }
    }

    @Test func `a nodata value of real data fills all bands, any other one band`() throws {
        let zero = try folder.scene("zero.tif", width: 3, height: 1, nodata: 0) { x, _, c in
            UInt8(x == 0 || (x == 1 && c == 2) ? 0 : 7)
        }
        let scene = try SceneReader(path: zero, roles: rgbInfrared).pixels()
        #expect(scene.valid == [0, 1, 1])
        let high = try folder.scene("high.tif", width: 3, height: 1, nodata: 65535) { x, _, c in
            UInt16(x == 0 || (x == 1 && c == 2) ? 65535 : 7)
        }
        let other = try SceneReader(path: high, roles: rgbInfrared).pixels()
        #expect(other.valid == [0, 0, 1])
        #expect(other.values == [0, 0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7])
    }

    @Test func `NaN and infinity are not valid and read as zero`() throws {
        let path = try folder.scene("a.tif", width: 3, height: 1) { x, _, c in
            x == 0 && c == 1 ? Float.nan : x == 1 && c == 3 ? -.infinity : 2
        }
        let (values, valid) = try SceneReader(path: path, roles: rgbInfrared).pixels()
        #expect(valid == [0, 0, 1])
        #expect(values == [0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2])
    }

    @Test func `scale and offset are applied`() throws {
        let path = try folder.scene("a.tif", width: 2, height: 1, roles: [.other]) { x, _, _ in
            UInt16(1000 * x)
        }
        let scaled = try folder.translate(path, "b.tif", "-a_scale", "0.5", "-a_offset", "-3")
        #expect(try SceneReader(path: scaled, roles: [.other]).pixels().values == [-3, 497])
    }

    @Test func `alpha and a mask band make pixels invalid`() throws {
        let path = try folder.scene("a.tif", width: 4, height: 1) { x, _, c in
            UInt8(c == 3 && x < 2 ? 0 : 200)
        }
        let alpha = try folder.translate(path, "alpha.tif", "-colorinterp_4", "alpha")
        let rgb = Array(rgbInfrared.prefix(3))
        #expect(try SceneReader(path: alpha, roles: rgb).pixels().valid == [0, 0, 1, 1])
        let mask = try folder.translate(
            path, "mask.tif", "-b", "1", "-b", "2", "-b", "3", "-mask", "4")
        #expect(try SceneReader(path: mask, roles: rgb).pixels().valid == [0, 0, 1, 1])
        let error = #expect(throws: RasterError.self) {
            try SceneReader(path: alpha, roles: rgbInfrared)
        }
        #expect(error?.description.contains("--bands 1,2,3,4") == true)
        let chosen = try SceneReader(path: alpha, roles: rgbInfrared, bands: [1, 2, 3, 4])
        #expect(try chosen.pixels().valid == [1, 1, 1, 1])
    }

    @Test func `a place passes through unchanged: rotated, control points, coefficients`() throws {
        var rotated = try #require(
            Georeference(epsg: 25833, left: 400_000.1, top: 5_800_000.7, pixelSize: 0.1))
        rotated.transform = [400_000.1, 0.07, 0.071, 5_800_000.7, 0.0711, -0.07]
        var points = Georeference()
        points.controlPointCRS = rotated.crs
        points.controlPoints = (0..<4).map {
            .init(pixel: Double($0) + 0.25, line: 3.5, x: 12.1, y: Double($0) / 7, z: 80)
        }
        for (index, place) in [rotated, points, .none].enumerated() {
            let path = try folder.scene("\(index).tif", width: 3, height: 3, georeference: place) {
                noise($0, $1, $2)
            }
            let scene = try SceneReader(path: path, roles: rgbInfrared)
            #expect(scene.georeference == place, "\(index)")
        }
    }
}
