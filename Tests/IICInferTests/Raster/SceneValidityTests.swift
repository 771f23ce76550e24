import IICInfer
import Testing

/// What hides pixels: opacity, masks, nodata values in all their forms, and which of several counts.
@Suite struct SceneValidityTests {
    let folder: TemporaryFolder
    /// Columns 0 and 1 are 0 in its fifth band, 9 in column 0 of the others.
    let scene: String

    init() throws {
        folder = try TemporaryFolder()
        scene = try folder.scene(
            "a.tif", width: 4, height: 1, roles: rgbInfrared + [.other]
        ) { x, _, c in UInt8(c == 4 ? (x < 2 ? 0 : 200) : x == 0 ? 9 : 100 + 10 * x + c) }
    }

    private func valid(_ path: String, bands: [Int]? = nil) throws -> [UInt8] {
        try SceneReader(path: path, roles: rgbInfrared, bands: bands).pixels().valid
    }

    @Test(arguments: [
        ["-ot", "Byte"], ["-ot", "UInt16", "-scale_5", "0", "200", "0", "65535"],
        ["-of", "COG"], ["-of", "VRT"],
        ["-co", "INTERLEAVE=BAND"],
    ])
    func `opacity beside four bands hides pixels`(options: [String]) throws {
        let name = options.contains("VRT") ? "b.vrt" : "b.tif"
        let path = try folder.translate(scene, name, options + ["-colorinterp_5", "alpha"])
        #expect(try valid(path) == [0, 0, 1, 1])
        #expect(try SceneReader(path: path, roles: rgbInfrared).validity.alpha == [5])
    }

    @Test func `opacity may come before infrared`() throws {
        let path = try folder.translate(
            scene, "b.tif", "-b", "1", "-b", "2", "-b", "3", "-b", "5", "-b", "4",
            "-colorinterp_4", "alpha")
        let reader = try SceneReader(path: path, roles: rgbInfrared)
        #expect(reader.bands == [1, 2, 3, 5] && reader.validity.alpha == [4])
        #expect(try reader.pixels().valid == [0, 0, 1, 1])
        #expect(try valid(path, bands: [1, 2, 3, 4]) == [1, 1, 1, 1])
    }

    @Test func `opacity between 0 and 1 is seen`() throws {
        let path = try folder.scene(
            "f.tif", width: 3, height: 1, roles: rgbInfrared + [.other]
        ) { x, _, c in c == 4 ? [0, 0.25, Float.nan][x] : 0.5 }
        let alpha = try folder.translate(path, "b.tif", "-colorinterp_5", "alpha")
        #expect(try valid(alpha) == [0, 1, 0])
    }

    @Test func `NODATA_VALUES must be met in all bands`() throws {
        let four = try folder.translate(
            scene, "four.tif", "-b", "1", "-b", "2", "-b", "3", "-b", "4")
        let all = try folder.translate(four, "b.tif", "-mo", "NODATA_VALUES=9 9 9 9")
        #expect(try valid(all) == [0, 1, 1, 1])
        #expect(try SceneReader(path: all, roles: rgbInfrared).validity.kind == .nodataValues)
        let one = try folder.translate(four, "c.tif", "-mo", "NODATA_VALUES=110 0 0 0")
        #expect(try valid(one) == [1, 1, 1, 1])
    }

    @Test func `NODATA_VALUES that are not one number a band are told of`() throws {
        let four = try folder.translate(
            scene, "four.tif", "-b", "1", "-b", "2", "-b", "3", "-b", "4")
        for text in ["7 8 9", "7,8,9,10", "abc 8 9 10"] {
            let odd = try folder.translate(four, "odd.tif", "-mo", "NODATA_VALUES=\(text)")
            let notes = try SceneReader(path: odd, roles: rgbInfrared).notes
            #expect(notes.contains { $0.contains("NODATA_VALUES") }, "\(text)")
        }
    }

    @Test func `labels under a mask are none`() throws {
        let labels = try folder.translate(scene, "labels.tif", "-b", "1", "-mask", "5")
        let reader = try LabelReader(path: labels)
        let found = try reader.read(PixelWindow(x: 0, y: 0, width: 4, height: 1))
        #expect(found == [LabelReader.none, LabelReader.none, 120, 130])
    }

    @Test func `a mask counts, and nodata values beside it do not`() throws {
        let path = try folder.translate(
            scene, "b.tif", "-b", "1", "-b", "2", "-b", "3", "-b", "4", "-mask", "5", "-a_nodata",
            "120")
        let reader = try SceneReader(path: path, roles: rgbInfrared)
        #expect(reader.validity.kind == .mask && reader.validity.hidesNodata)
        // Column 2 has 120 in its first band.
        #expect(try reader.pixels().valid == [0, 0, 1, 1])
    }

    @Test func `a rounded nodata value of floats is met as GDAL meets it`() throws {
        let path = try folder.scene("f.tif", width: 3, height: 1) { x, _, c in
            x == 1 && c == 2 ? -Float.greatestFiniteMagnitude : Float(x)
        }
        let rounded = try folder.translate(path, "b.vrt", "-of", "VRT", "-a_nodata", "-3.40282e+38")
        #expect(try valid(rounded) == [1, 0, 1])
        let near = try folder.scene("g.tif", width: 2, height: 1, nodata: 0.1) { x, _, _ in
            x == 0 ? Float(0.1) : 0.1001
        }
        #expect(try valid(near) == [0, 1])
    }

    @Test func `a mask file that cannot be read is an error`() throws {
        try folder.write([], to: "a.tif.msk")
        let error = #expect(throws: RasterError.self) { try valid(scene) }
        #expect(error?.description.contains("a.tif.msk") == true)
        try folder.write(Array("II*".utf8), to: "a.tif.msk")
        #expect(throws: RasterError.self) { try valid(scene) }
    }

    @Test func `a damaged sidecar is told of`() throws {
        try folder.write(Array("<PAMDataset>\n  <SRS>PRO".utf8), to: "a.tif.aux.xml")
        let notes = try SceneReader(path: scene, roles: rgbInfrared, bands: [1, 2, 3, 4]).notes
        #expect(notes.contains { $0.contains("a.tif.aux.xml") })
        try folder.write(Array("<PAMDataset></PAMDataset>".utf8), to: "a.tif.aux.xml")
        let whole = try SceneReader(path: scene, roles: rgbInfrared, bands: [1, 2, 3, 4]).notes
        #expect(whole.isEmpty)
    }

    @Test func `further pages are told of and can be named`() throws {
        let pages = try folder.scene("page.tif", width: 3, height: 2) { x, y, c in
            UInt8(10 * x + y + c)
        }
        _ = try output(
            of: "gdal_translate", ["-q", "-co", "APPEND_SUBDATASET=YES", scene, pages])
        let reader = try SceneReader(path: pages, roles: rgbInfrared)
        #expect(reader.width == 3)
        #expect(reader.notes.contains { $0.contains("GTIFF_DIR:2:") && $0.contains("2 pages") })
        let second = try SceneReader(
            path: "GTIFF_DIR:2:" + pages, roles: rgbInfrared, bands: [1, 2, 3, 4])
        #expect(second.width == 4)
        let single = try folder.scene("one.tif", width: 3, height: 2, roles: [.other]) { _, _, _ in
            UInt8(1)
        }
        _ = try output(
            of: "gdal_translate", ["-q", "-co", "APPEND_SUBDATASET=YES", scene, single])
        let error = #expect(throws: RasterError.self) {
            try SceneReader(path: single, roles: rgbInfrared)
        }
        #expect(error?.description.contains("GTIFF_DIR:2:") == true)
    }
}
