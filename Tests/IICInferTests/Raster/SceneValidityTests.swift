import IICInfer
import TestSupport
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

    /// A mask of the scene, or of another size, with items that tell GDAL whose it is.
    private func mask(width: Int = 4, flags: [Int]) throws {
        let plain = try folder.scene(
            "mask.tif", width: width, height: 1, roles: flags.count > 1 ? rgbInfrared : [.other]
        ) { x, _, _ in UInt8(x == 1 ? 0 : 255) }
        let items = flags.enumerated().flatMap { ["-mo", "INTERNAL_MASK_FLAGS_\($0 + 1)=\($1)"] }
        _ = try folder.translate(plain, "a.tif.msk", ["-of", "GTiff"] + items)
    }

    @Test(arguments: [[], [8], [1, 1, 1, 1]])
    func `a mask file that is no mask for GDAL is an error`(flags: [Int]) throws {
        let labels = try folder.translate(scene, "labels.tif", "-b", "1")
        try mask(flags: flags)
        try folder.write(folder.bytes(of: "a.tif.msk"), to: "labels.tif.msk")
        let reads: [() throws -> Void] = [
            { _ = try valid(scene) }, { _ = try LabelReader(path: labels) },
        ]
        for read in reads {
            let error = #expect(throws: RasterError.self) { try read() }
            #expect(error?.exitStatus == .badInput)
            #expect(error?.description.contains("GDAL takes it for no mask") == true)
            #expect(error?.description.contains(".tif.msk” lies beside the scene") == true)
        }
    }

    @Test func `a mask file of an unknown compression is an error`() throws {
        try mask(flags: [2])
        var bytes = try folder.bytes(of: "a.tif.msk")
        // The compression's entry: its tag, a short, one of it.
        let entry = try #require(bytes.firstRange(of: [3, 1, 3, 0, 1, 0, 0, 0]))
        bytes.replaceSubrange(entry.upperBound..<entry.upperBound + 2, with: [0xFF, 0xFF])
        try folder.write(bytes, to: "a.tif.msk")
        let error = #expect(throws: RasterError.self) { try valid(scene) }
        #expect(error?.description.contains("a.tif.msk") == true, "\(error?.description ?? "")")
    }

    @Test func `one mask is that of all bands, or each has its own`() throws {
        try mask(flags: [2])
        #expect(try valid(scene, bands: [1, 2, 3, 4]) == [1, 0, 1, 1])
        #expect(try valid(scene, bands: [4, 3, 2, 1]) == [1, 0, 1, 1])
        try mask(flags: [0, 0, 0, 0])
        #expect(try valid(scene, bands: [1, 2, 3, 4]) == [1, 0, 1, 1])
        // The fifth has none.
        #expect(throws: RasterError.self) { try valid(scene, bands: [5, 2, 3, 4]) }
    }

    @Test(arguments: [3, 5])
    func `a mask file of another size is an error`(width: Int) throws {
        try mask(width: width, flags: [2])
        let error = #expect(throws: RasterError.self) { try valid(scene) }
        #expect(
            error?.description.contains("it has \(width) × 1 pixels, and the scene 4 × 1") == true)
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
