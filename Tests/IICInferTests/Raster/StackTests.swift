import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// Scenes whose bands lie in several files.
@Suite struct StackTests {
    let folder: TemporaryFolder
    /// Four bands in one file; 0 is no data, in a corner and, in green alone, along a line.
    let whole: String

    init() throws {
        folder = try TemporaryFolder()
        whole = try folder.scene(
            "whole.tif", width: 61, height: 47, roles: Array(repeating: .other, count: 4),
            georeference: #require(Self.place), nodata: 0
        ) { x, y, c in
            (x < 7 && y < 9) || (c == 1 && y == 20) ? 0 : max(1, noise(x, y, c))
        }
    }

    static let place = Georeference(epsg: 25833, left: 400_000, top: 5_800_000, pixelSize: 10)

    /// Each band of the scene in a file of its own.
    private func split(
        _ names: [String], _ options: String...
    ) throws -> [String] {
        try names.enumerated().map { index, name in
            _ = try output(
                of: "gdal_translate",
                ["-q", "-b", "\(index + 1)", "-colorinterp", "gray"] + options
                    + [whole, folder(name)])
            return folder(name)
        }
    }

    private func open(_ files: [String], bands: [Int]? = nil) throws -> SceneReader {
        try SceneReader(path: SceneStack(files).path, roles: rgbInfrared, bands: bands)
    }

    @Test func `a stack's name stands for its files`() throws {
        let bytes = String(pathBytes: [0x72, 0xFC, 0x0A, 0xE9])
        let files = ["a b.tif", "/x/\"y\"\\n.tif", "ü, ].tif", bytes]
        #expect(SceneStack(path: SceneStack(files).path)?.files == files)
        for path in ["a.tif", "stack:", "stack:[]", "stack:[1]", "stack:[\"a\"", "/stack:[\"a\"]"] {
            #expect(SceneStack(path: path) == nil, "\(path)")
        }
    }

    @Test func `a file's name may begin with an accent`() throws {
        // A slash and an accent are one `Character`, so that the folders' names would count.
        let names = ["nir", "blue", "green", "red"].enumerated().map { "\($1)/\u{301}\($0).tif" }
        for name in names {
            try FileManager.default.createDirectory(
                atPath: AtomicFile.folder(of: folder(name)), withIntermediateDirectories: false)
        }
        #expect(try open(split(names)).bands == [1, 2, 3, 4])
    }

    @Test func `it reads as the same bands in one file do`() throws {
        let expected = try SceneReader(path: whole, roles: rgbInfrared)
        let stack = try open(split(["a.tif", "b.tif", "c.tif", "d.tif"]))
        #expect(stack.width == 61 && stack.height == 47 && stack.bands == [1, 2, 3, 4])
        #expect(stack.georeference == expected.georeference)
        #expect(stack.largestBlockBytes >= 61 * 47)
        let (values, valid) = try stack.pixels()
        #expect(try values == expected.pixels().values && valid == expected.pixels().valid)
        #expect(valid.count { $0 == 0 } == 7 * 9)
        // Nothing tells, so the order does, and this is said.
        #expect(stack.notes.contains { $0.contains("Red is “\(folder("a.tif"))”") })
        #expect(stack.notes.contains { $0.contains("in their order") })
    }

    @Test(arguments: [
        (
            [
                "T33UUP_20250601_B04.tif", "T33UUP_20250601_B03.tif", "T33UUP_20250601_B02.tif",
                "T33UUP_20250601_B08.tif",
            ], ""
        ),
        (
            [
                "LC08_L2SP_193023_SR_B4.TIF", "LC08_L2SP_193023_SR_B3.TIF",
                "LC08_L2SP_193023_SR_B2.TIF", "LC08_L2SP_193023_SR_B5.TIF",
            ], ""
        ),
        (["LT05_L1TP_B3.TIF", "LT05_L1TP_B2.TIF", "LT05_L1TP_B1.TIF", "LT05_L1TP_B4.TIF"], ""),
        (
            [
                "HLS.L30.T33UUP.B04.tif", "HLS.L30.T33UUP.B03.tif", "HLS.L30.T33UUP.B02.tif",
                "HLS.L30.T33UUP.B05.tif",
            ], ""
        ),
        (["redwood_red.tif", "redwood_green.tif", "redwood_blue.tif", "redwood_nir.tif"], ""),
        (["B04_10m.tif", "B03_10m.tif", "B02_10m.tif", "B08_10m.tif"], ""),
    ])
    func `names tell the bands, in whatever order they are given`(
        names: [String], _: String
    ) throws {
        let files = try split(names)
        let expected = try SceneReader(path: whole, roles: rgbInfrared).pixels()
        for order in [[0, 1, 2, 3], [2, 1, 0, 3], [3, 0, 1, 2]] {
            let stack = try open(order.map { files[$0] })
            #expect(stack.bands == (0..<4).map { (order.firstIndex(of: $0) ?? 9) + 1 })
            #expect(try stack.pixels().values == expected.values)
            #expect(!stack.notes.contains { $0.contains("in their order") })
        }
        let chosen = try open(files, bands: [4, 3, 2, 1])
        #expect(chosen.bands == [4, 3, 2, 1])
    }

    @Test func `names that contradict the bands are refused, and --bands decides`() throws {
        let files = try split(["x_red.tif", "x_green.tif", "x_blue.tif", "x_nir.tif"])
        _ = try output(
            of: "gdal_translate",
            ["-q", "-b", "1", "-colorinterp", "blue", whole, folder("y_red.tif")])
        let wrong = [folder("y_red.tif")] + files.dropFirst()
        let error = #expect(throws: RasterError.self) { try open(wrong) }
        #expect(error?.exitStatus == .badInput)
        #expect(error?.description.contains("is red by its name, and blue by what") == true)
        #expect(error?.description.contains("--bands") == true)
        #expect(try open(wrong, bands: [1, 2, 3, 4]).bands == [1, 2, 3, 4])
        // Short-wave infrared in the place of infrared.
        let sentinel = try split(["B04.tif", "B03.tif", "B02.tif", "T33UUP_B11.tif"])
        #expect(throws: RasterError.self) { try open(sentinel) }
        // Numbers of a sensor that nothing names.
        let unnamed = try split(["b6.tif", "b4.tif", "b2.tif", "b8.tif"])
        #expect(throws: RasterError.self) { try open(unnamed) }
    }

    @Test func `masks count, each for its own file`() throws {
        var files = try split(["a.tif", "b.tif", "c.tif", "d.tif"], "-a_nodata", "none")
        let mask = try folder.scene(
            "mask.tif", width: 61, height: 47, roles: [.other], georeference: #require(Self.place)
        ) { x, y, _ in x < 50 && y != 30 ? 255 : 0 as UInt8 }
        _ = try output(
            of: "gdal_translate",
            ["-q", "-of", "GTiff", "-mo", "INTERNAL_MASK_FLAGS_1=2", mask, folder("b.tif.msk")])
        let stack = try open(files)
        let (_, valid) = try stack.pixels()
        for pixel in valid.indices {
            let (x, y) = (pixel % 61, pixel / 61)
            #expect(valid[pixel] == (x < 50 && y != 30 ? 1 : 0), "\(x) \(y)")
        }
        // Opacity beside a band of grey.
        let grey = try folder.scene("grey.tif", width: 61, height: 47, roles: [.other, .other]) {
            x, y, c in c == 0 ? max(1, noise(x, y, 2)) : x == 5 ? 0 : 255
        }
        files[2] = try folder.translate(
            grey, "c.tif", "-colorinterp", "gray,alpha", "-a_srs", "EPSG:25833", "-a_ullr",
            "400000", "5800000", "400610", "5799530")
        let other = try open(files)
        #expect(other.bands == [1, 2, 3, 4])
        let found = try other.pixels()
        #expect(found.valid[5] == 0 && found.valid[6] == 1 && found.valid[55] == 0)
        #expect(found.values[6 * 4 + 2] == Float(max(1, noise(6, 0, 2))))
    }

    @Test func `a coarser file is brought to the finest grid, window by window the same`() throws {
        var files = try split(["a.tif", "b.tif", "c.tif", "d.tif"], "-a_nodata", "none")
        // 20 m, from one pixel farther left and up.
        let large = try #require(
            Georeference(epsg: 25833, left: 399_980, top: 5_800_020, pixelSize: 20))
        files[3] = try folder.scene(
            "d.tif", width: 33, height: 26, roles: [.other], georeference: large
        ) { x, y, _ in noise(x, y, 7) }
        let stack = try open(files)
        #expect(stack.notes.contains { $0.contains("33 × 26") && $0.contains("bilinearly") })
        let (values, valid) = try stack.pixels()
        #expect(valid.allSatisfy { $0 == 1 })
        // The oracle is the definition.
        for y in 0..<47 {
            for x in 0..<61 {
                let (u, v) = ((Double(x) + 0.5) / 2 + 0.5, (Double(y) + 0.5) / 2 + 0.5)
                let (left, top) = (Int(u.rounded(.down)), Int(v.rounded(.down)))
                let (s, t) = (u - Double(left), v - Double(top))
                func sample(_ dx: Int, _ dy: Int) -> Double {
                    Double(noise(min(left + dx, 32), min(top + dy, 25), 7))
                }
                let above: Double = sample(0, 0) * (1 - s) + sample(1, 0) * s
                let below: Double = sample(0, 1) * (1 - s) + sample(1, 1) * s
                let expected: Double = above * (1 - t) + below * t
                let found = Double(values[(y * 61 + x) * 4 + 3])
                #expect(abs(found - expected) <= 0.51, "\(x) \(y)")
            }
        }
        for window in [
            PixelWindow(x: 3, y: 5, width: 11, height: 7),
            PixelWindow(x: 40, y: 30, width: 21, height: 17),
        ] {
            let part = try open(files).pixels(window)
            for index in 0..<window.count {
                let pixel =
                    (window.y + index / window.width) * 61 + window.x + index % window.width
                #expect(
                    part.values[index * 4..<index * 4 + 4] == values[pixel * 4..<pixel * 4 + 4])
            }
        }
    }

    @Test func `what does not fit is refused with the way out`() throws {
        let files = try split(["a.tif", "b.tif", "c.tif", "d.tif"])
        func refusal(_ last: String) throws -> String {
            let error = #expect(throws: StackError.self) {
                try open(Array(files.prefix(3)) + [last])
            }
            #expect(error?.exitStatus == .badInput)
            return error?.description ?? ""
        }
        let system = try folder.translate(files[3], "e.tif", "-a_srs", "EPSG:25832")
        #expect(try refusal(system).contains("gdalwarp -t_srs"))
        let small = try folder.translate(files[3], "f.tif", "-srcwin", "0", "0", "40", "40")
        #expect(try refusal(small).contains("covers another area"))
        #expect(try refusal(whole).contains("has 4 bands"))
        let lost = try folder.translate(files[3], "g.tif", "-co", "PROFILE=BASELINE")
        // Where GDAL keeps what such a file cannot hold.
        try? FileManager.default.removeItem(atPath: lost + ".aux.xml")
        #expect(try refusal(lost).contains("no reference system"))
        let missing = #expect(throws: RasterError.self) {
            try open(Array(files.prefix(3)) + [folder("none.tif")])
        }
        #expect(missing?.exitStatus == .noInput)
        let few = #expect(throws: RasterError.self) { try open(Array(files.prefix(3))) }
        #expect(few?.description.contains("3 bands") == true)
    }

    /// 20,000 times as many bytes of pixels as of files, and all of them are there.
    @Test func `well compressed files vouch for all of their pixels`() throws {
        let files = try ["a.tif", "b.tif", "c.tif", "d.tif"].map { name in
            _ = try output(
                of: "gdal_create",
                [
                    "-q", "-of", "GTiff", "-outsize", "3000", "3000", "-bands", "1", "-burn", "7",
                    "-ot", "Byte", "-co", "COMPRESS=ZSTD", "-co", "BLOCKYSIZE=3000", folder(name),
                ])
            return folder(name)
        }
        try DeclaredSize.check(open(files))
    }

    @Test func `identity and hash are those of all files, in their order`() throws {
        let files = try split(["a.tif", "b.tif", "c.tif", "d.tif"])
        let path = SceneStack(files).path
        let identity = try FileIdentity(scene: path)
        #expect(identity.files == files)
        let hash = try SceneHash.sha256(scene: path)
        let digests = try files.map { try SceneHash.sha256(file: $0) }
        #expect(hash == SHA256.hex(Array(digests.joined().utf8)))
        let turned = SceneStack(Array(files.reversed())).path
        #expect(try SceneHash.sha256(scene: turned) != hash)
        _ = try folder.translate(whole, "b.tif", "-b", "2", "-co", "COMPRESS=LZW")
        #expect(try FileIdentity(scene: path) != identity)
        #expect(try SceneHash.sha256(scene: path) != hash)
    }
}
