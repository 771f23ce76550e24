import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// Scenes that a STAC Item describes.
@Suite struct SceneItemTests {
    let data: ItemFolder

    init() throws { data = try ItemFolder() }

    private func open(
        _ item: String, bands: [Int]? = nil, samples: SampleReading = .physical
    ) throws -> SceneReader {
        try SceneReader(path: item, roles: rgbInfrared, bands: bands, samples: samples)
    }

    /// The four bands as GDAL's own tool scales them, and whatever is 0 as no data.
    private func oracle(scale: Double, offset: Double) throws -> [Float] {
        let scaled = try data.folder.translate(
            data.whole, "oracle.tif", "-ot", "Float32", "-scale", "0", "10000", "\(offset)",
            "\(offset + 10000 * scale)")
        return try SceneReader(path: scaled, roles: rgbInfrared).pixels().values
    }

    private func isNear(_ values: [Float], _ expected: [Float]) -> Bool {
        values.count == expected.count
            && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test func `a raster a band, as Earth Search has them, with scale and offset`() throws {
        try data.splitAll()
        let scene = try open(data.item(ItemFolder.sentinel2))
        #expect((scene.width, scene.height) == (60, 40))
        #expect(scene.units == Array(repeating: BandUnit(scale: 0.0001, offset: -0.1), count: 4))
        #expect(try isNear(scene.pixels().values, oracle(scale: 0.0001, offset: -0.1)))
        #expect(scene.time?.start == "2024-06-01T10:05:59.024000Z")
        #expect(scene.time?.source == "STAC datetime")
        // B08, and not B8A, which is coarser.
        #expect(scene.notes.contains { $0.contains("infrared is “nir”, 10 m.") })
        #expect(scene.reasons.last == .named("nir"))
    }

    @Test func `the same raster is read for all of its bands, as for aerial pictures`() throws {
        let bytes = try data.folder.translate(
            data.whole, "naip.tif", "-ot", "Byte", "-scale", "1000", "6100", "0", "255")
        let scene = try open(
            data.item([
                "image": [
                    "href": "naip.tif", "type": "image/tiff; application=geotiff",
                    "eo:bands": [
                        ["name": "Red", "common_name": "red"],
                        ["name": "Green", "common_name": "green"],
                        ["name": "Blue", "common_name": "blue"],
                        ["name": "NIR", "common_name": "nir"],
                    ], "roles": ["data"],
                ]
            ]))
        let expected = try SceneReader(path: bytes, roles: rgbInfrared)
        #expect(try scene.pixels().values == expected.pixels().values)
        #expect(scene.bands == [1, 2, 3, 4])
        #expect(scene.georeference == expected.georeference)
    }

    /// Landsat's narrow infrared is all that there is; what stands in an asset holds for its band
    /// (STAC 1.1).
    @Test func `bands as STAC 1.1 has them`() throws {
        try data.splitAll()
        func asset(_ href: String, _ common: String) -> JSONValue {
            [
                "href": .string(href), "type": "image/vnd.stac.geotiff; cloud-optimized=true",
                "bands": [["name": "B", "eo:common_name": .string(common)]], "gsd": 30,
                "raster:scale": 2.75e-05, "raster:offset": -0.2, "nodata": 0, "data_type": "uint16",
                "roles": ["data", "reflectance"],
            ]
        }
        let scene = try open(
            data.item(
                [
                    "r": asset("red.tif", "red"), "g": asset("green.tif", "green"),
                    "b": asset("blue.tif", "blue"), "n": asset("nir.tif", "nir08"),
                ], version: "1.1.0"))
        #expect(scene.units.allSatisfy { $0 == BandUnit(scale: 2.75e-05, offset: -0.2) })
        #expect(try isNear(scene.pixels().values, oracle(scale: 2.75e-05, offset: -0.2)))
    }

    @Test func `only the files that are read enter identity and hash`() throws {
        try data.splitAll()
        let item = try data.item(ItemFolder.sentinel2)
        let files = ["item.json", "blue.tif", "green.tif", "nir.tif", "red.tif"]
        let found = try FileIdentity(scene: item).files
        #expect(found.first == item && Set(found) == Set(files.map { data.folder($0) }))
        let sums = try files.map { try output(of: "sha256sum", [data.folder($0)]).prefix(64) }
        let hash = SHA256.hex(Array(sums.joined().utf8))
        #expect(try SceneHash.sha256(scene: item) == hash)
        // Bands of one's own choice, by their numbers.
        let bands = try SceneItem(path: item)?.bands.map(\.asset)
        #expect(bands == ["blue", "green", "nir", "nir08", "red", "rededge3", "scl"])
        let chosen = try open(item, bands: [5, 2, 1, 3])
        #expect(chosen.bands == [5, 2, 1, 3])
        #expect(try chosen.pixels().values == open(item).pixels().values)
        let again = try SceneReader(again: chosen)
        #expect(try again.pixels().values == chosen.pixels().values)
        #expect(try FileIdentity(scene: item, bands: [5]).files.count == 2)
    }

    @Test func `an item's nodata value counts as one of the file's own would`() throws {
        try data.splitAll()
        // 0 in all four bands is no data; here the item says 1000, which is met in some pixels.
        var assets = ItemFolder.sentinel2
        for name in ItemFolder.names {
            assets[name] = [
                "href": .string("\(name).tif"), "type": "image/tiff", "roles": ["data"],
                "eo:bands": [["common_name": .string(name)]], "raster:bands": [["nodata": 1000]],
            ]
        }
        let scene = try open(data.item(assets))
        let file = try data.folder.translate(data.whole, "nodata.tif", "-a_nodata", "1000")
        let expected = try SceneReader(path: file, roles: rgbInfrared).pixels().valid
        #expect(try scene.pixels().valid == expected)
        #expect(expected.contains(0) && expected.contains(1))
    }

    @Test func `a coarser band is brought to the finest grid without what holds no data`() throws {
        try data.splitAll()
        try data.split(4, "nir.tif", "-outsize", "30", "20", "-r", "average")
        let stack = try SceneReader(
            path: SceneStack(ItemFolder.names.map { data.folder("\($0).tif") }).path,
            roles: rgbInfrared)
        let scene = try open(data.item(ItemFolder.sentinel2), samples: .raw(nil))
        #expect(try scene.pixels().values == stack.pixels().values)
        #expect(scene.notes.contains { $0.contains("is brought to") })
    }

    @Test func `a band of a file that holds more is brought to the finest grid, too`() throws {
        let place = try #require(ItemFolder.place)
        _ = try data.folder.translate(data.whole, "coarse.tif", "-outsize", "30", "20")
        try data.split(1, "red.tif")
        let assets: [String: JSONValue] = [
            "red": ItemFolder.earthSearch("red.tif", "B04", "red"),
            "rest": [
                "href": "coarse.tif", "type": "image/tiff", "roles": ["data"], "gsd": 20,
                "eo:bands": [
                    ["common_name": "coastal"], ["common_name": "green"], ["common_name": "blue"],
                    ["common_name": "nir"],
                ],
            ],
        ]
        let scene = try open(data.item(assets), samples: .raw(nil))
        for band in 2...4 {
            _ = try data.folder.translate(
                data.folder("coarse.tif"), "\(band).tif", "-b", "\(band)", "-colorinterp", "gray")
        }
        let stack = try SceneReader(
            path: SceneStack(["red", "2", "3", "4"].map { data.folder("\($0).tif") }).path,
            roles: rgbInfrared)
        #expect(try scene.pixels().values == stack.pixels().values)
        #expect(scene.georeference == place)
    }

    /// What an item says that cannot be right, and a word of the refusal.
    @Test(arguments: [
        ("scale", ["-a_scale", "0.5", "-a_offset", "0"], "scale 0.5"),
        ("nodata", ["-a_nodata", "7"], "nodata value is 0.0, and the file's 7.0"),
        ("type", ["-ot", "Int16"], "uint16, and the file's int16"),
        ("bands", ["-b", "1", "-b", "2"], "one band, and the file has 2"),
        ("name", ["-b", "3"], "is red by the item, and blue"),
    ])
    func `what item and file contradict each other in is refused`(
        name: String, options: [String], text: String
    ) throws {
        try data.splitAll()
        _ = try data.folder.translate(
            data.whole, "red.tif", (options.contains("-b") ? [] : ["-b", "1"]) + options)
        let item = try data.item(ItemFolder.sentinel2)
        let error = #expect(throws: RasterError.self) { try open(item) }
        #expect(error?.exitStatus == .badInput)
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
        // The way out that the message names.
        if name == "scale" {
            #expect(throws: Never.self) { try open(item, samples: .raw(nil)) }
        } else if name == "name" {
            #expect(throws: Never.self) { try open(item, bands: [5, 2, 1, 3]) }
        }
    }

    @Test func `the same said by both is no contradiction, and 8 bits have no unit`() throws {
        try data.splitAll()
        try data.split(1, "red.tif", "-a_scale", "0.0001", "-a_offset", "-0.1", "-a_nodata", "0")
        #expect(try open(data.item(ItemFolder.sentinel2)).units[0].scale == 0.0001)
    }

    @Test func `an offset that the samples have already is not applied again`() throws {
        try data.splitAll()
        let scene = try open(
            data.item(
                ItemFolder.sentinel2, properties: ["earthsearch:boa_offset_applied": true]))
        #expect(scene.units[0] == BandUnit(scale: 0.0001, offset: 0))
        #expect(scene.notes.contains { $0.contains("no offset is applied") })
    }

    @Test func `missing bands are refused with what the item has`() throws {
        try data.splitAll()
        var assets = ItemFolder.sentinel2
        assets["nir"] = nil
        assets["nir08"] = nil
        let error = #expect(throws: RasterError.self) { try open(data.item(assets)) }
        let text = error?.description ?? ""
        #expect(text.contains("none is said to be infrared"))
        #expect(
            text.contains(
                "1 “blue”, 10 m, 2 “green”, 10 m, 3 “red”, 10 m, 4 “rededge” (rededge3), 20 m"))
        #expect(text.contains("--bands, in the order red,green,blue,infrared"))
        // Two that are as good as each other.
        assets["nir"] = ItemFolder.sentinel2["nir"]
        assets["nir-b"] = ItemFolder.sentinel2["nir"]
        let doubled = #expect(throws: RasterError.self) { try open(data.item(assets)) }
        #expect(doubled?.description.contains("nothing tells which is infrared") == true)
    }

    /// The Copernicus Data Space has each band in all sizes, and pictures among them.
    @Test func `of one band in several sizes the finest is read`() throws {
        var assets: [String: JSONValue] = [:]
        for (name, common, sizes) in [
            ("B02", "blue", [10, 20, 60]), ("B03", "green", [10, 20, 60]),
            ("B04", "red", [10, 20, 60]), ("B08", "nir", [10]), ("B8A", "nir08", [20, 60]),
        ] {
            for size in sizes {
                assets["\(name)_\(size)m"] = [
                    "href": .string("s3://eodata/\(name)_\(size)m.jp2"), "type": "image/jp2",
                    "bands": [["name": .string(name), "eo:common_name": .string(common)]],
                    "gsd": .integer(size), "nodata": 0, "data_type": "uint16",
                    "raster:scale": 0.0001, "raster:offset": -0.1,
                    "roles": ["data", "reflectance", .string("gsd:\(size)m")],
                ]
            }
        }
        assets["TCI_10m"] = [
            "href": "s3://eodata/TCI_10m.jp2", "type": "image/jp2", "gsd": 10,
            "bands": [
                ["name": "B04", "eo:common_name": "red"],
                ["name": "B03", "eo:common_name": "green"],
                ["name": "B02", "eo:common_name": "blue"],
            ], "roles": ["visual", "sampling:original", "gsd:10m"],
        ]
        assets["Product"] = [
            "href": "https://x/Product.zip", "type": "application/zip",
            "roles": ["data", "archive"],
        ]
        let item = try #require(try SceneItem(path: data.item(assets, version: "1.1.0")))
        let found = try item.match(rgbInfrared, chosen: nil).map { item.bands[$0.band - 1].asset }
        #expect(found == ["B04_10m", "B03_10m", "B02_10m", "B08_10m"])
        #expect(try item.rasters(of: nil).first == "/vsis3/eodata/B04_10m.jp2")
        #expect(item.isRemote)
    }

    @Test func `a GeoTIFF that anyone may read goes before the same in a bucket`() throws {
        try data.splitAll()
        var assets = ItemFolder.sentinel2
        assets["red-jp2"] = ItemFolder.earthSearch("s3://sentinel-s2-l2a/B04.jp2", "B04", "red")
        #expect(throws: Never.self) { try open(data.item(assets)) }
    }

    @Test func `what is no item is left to GDAL, and what is one of another kind is refused`()
        throws
    {
        for text in ["{\"a\": 1}", "[]"] {
            let path = data.folder("x.json")
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(try SceneItem(path: path) == nil)
        }
        let path = data.folder("x.json")
        for (text, word) in [
            ("{\"type\": \"Collection\", \"stac_version\": \"1.0.0\"}", "“Collection”"),
            ("{\"type\": ", "no STAC Item"),
        ] {
            try Data(text.utf8).write(to: URL(filePath: path))
            let error = #expect(throws: RasterError.self) { try SceneItem(path: path) }
            #expect(error?.description.contains(word) == true)
        }
        #expect(try SceneItem(path: data.whole) == nil)
        #expect(throws: RasterError.self) { try SceneItem(path: data.folder("none.json")) }
    }
}
