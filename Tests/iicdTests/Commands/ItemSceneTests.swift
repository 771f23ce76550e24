import Foundation
import IICInfer
import Testing

/// Scenes that a STAC Item describes, by the program.
@Suite(.timeLimit(.minutes(2))) struct ItemSceneTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
    }

    /// An item of one raster, `a.tif`, and the scene itself.
    private func item(
        _ name: String = "item.json", href: String = "./a.tif"
    ) throws -> (item: String, scene: String) {
        let scene = try data.scene("a.tif", UInt8.self, width: 500, height: 300)
        let bands: [JSONValue] = ["red", "green", "blue", "nir"].map {
            ["name": .string($0), "common_name": .string($0)]
        }
        let item: JSONValue = [
            "type": "Feature", "stac_version": "1.0.0", "id": "x", "links": [], "geometry": .null,
            "properties": ["datetime": "2024-06-01T10:05:59Z"],
            "assets": [
                "image": [
                    "href": .string(href), "type": "image/tiff; application=geotiff",
                    "roles": ["data"], "eo:bands": .array(bands),
                ]
            ],
        ]
        return (try data.write(Data(item.text.utf8), name), scene)
    }

    private func segment(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Program.Result {
        let all = ["segment"] + arguments + ["-m", model, "--threads", "2"]
        return try Program(all, environment: environment).wait()
    }

    @Test func `its map has the raster's pixels and the item's name, and links to the item`() throws
    {
        let (item, scene) = try item()
        let plain = try segment(scene, "-o", data("plain.tif"))
        #expect(plain.status == 0, "\(plain.errors)")
        let result = try segment(item, "-o", data("maps"), "--stac", data("maps"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("Red is “red” (image)"))
        #expect(try data.labels("maps/item.tif").labels == data.labels("plain.tif").labels)
        let document = try JSONValue(parsing: Array(data.bytes("maps/item.json")))
        #expect(document["properties"]?["datetime"] == "2024-06-01T10:05:59Z")
        let link = document["links"]?.array?.first
        #expect(link?["rel"] == "derived_from" && link?["href"] == "../item.json")
        // Neither may be replaced.
        for output in [item, scene] {
            let refused = try segment(item, "-o", output)
            #expect(refused.status == 64 && refused.errors.contains("is an input"))
        }
    }

    @Test func `an item on a server names rasters beside it`() throws {
        let (item, _) = try item()
        let local = try segment(item, "-o", data("local.tif"))
        #expect(local.status == 0, "\(local.errors)")
        let server = try RangeServer(folder: data.path)
        let address = String(server.address("item.json").dropFirst("/vsicurl/".count))
        let result = try segment(address, "-o", data("maps"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.bytes("maps/item.tif") == data.bytes("local.tif"))
        // The item is asked for once, however often it is read.
        #expect(server.requests.count { $0 == "GET /item.json" } == 1, "\(server.requests)")
        // What stands behind a question mark may be secret.
        let signed = try segment(
            address + "?token=secret", "-o", data("maps"), "--stac", data("maps"))
        #expect(signed.status == 66 || signed.status == 0)
    }

    /// Such files may name any other, as an item on a server may not.
    @Test(arguments: ["b.vrt", "b.tif"])
    func `no VRT is read for an item on a server, whatever it is called`(name: String) throws {
        let (item, scene) = try item(href: "./b.vrt")
        _ = try data.vrt("b.vrt", of: scene, width: 500, height: 300, relative: false)
        let local = try segment(item, "-o", data("local.tif"))
        #expect(local.status == 0, "\(local.errors)")
        try data.write(data.bytes("b.vrt"), name)
        _ = try self.item(href: "./" + name)
        let server = try RangeServer(folder: data.path)
        let address = String(server.address("item.json").dropFirst("/vsicurl/".count))
        let result = try segment(address, "-o", data("maps"))
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.contains("neither GeoTIFF nor JPEG 2000"), "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }

    @Test func `nor is a mask that is one`() throws {
        let (item, _) = try item()
        let local = try segment(item, "-o", data("local.tif"))
        #expect(local.status == 0, "\(local.errors)")
        // It would hide all.
        let mask = """
            <VRTDataset rasterXSize="500" rasterYSize="300"><Metadata>
            <MDI key="INTERNAL_MASK_FLAGS_1">2</MDI></Metadata>
            <VRTRasterBand dataType="Byte" band="1"/></VRTDataset>
            """
        try data.write(Data(mask.utf8), "a.tif.msk")
        let server = try RangeServer(folder: data.path)
        let address = String(server.address("item.json").dropFirst("/vsicurl/".count))
        let result = try segment(address, "-o", data("maps"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.labels("maps/item.tif").labels == data.labels("local.tif").labels)
    }

    @Test func `rasters in a bucket are read by GDAL's name for them`() throws {
        let (item, scene) = try item(href: "s3://bucket/a.tif")
        try FileManager.default.createDirectory(
            atPath: data("bucket"), withIntermediateDirectories: false)
        try FileManager.default.moveItem(atPath: scene, toPath: data("bucket/a.tif"))
        let server = try RangeServer(folder: data.path)
        let place = server.address("").dropFirst("/vsicurl/http://".count).dropLast()
        let result = try segment(
            item, "-o", data("maps"),
            environment: [
                "AWS_S3_ENDPOINT": String(place), "AWS_HTTPS": "NO", "AWS_NO_SIGN_REQUEST": "YES",
                "AWS_VIRTUAL_HOSTING": "FALSE",
            ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.maps == ["item.tif", "item.tif.aux.xml"])
    }

    @Test func `what is no item, or is not there, is told apart`() throws {
        _ = try item()
        try data.write(Data("<html></html>".utf8), "page")
        let server = try RangeServer(folder: data.path)
        let base = String(server.address("").dropFirst("/vsicurl/".count))
        let none = try segment(base + "none.json", "-o", data("maps/m.tif"))
        #expect(none.status == 66 && none.errors.contains("404"), "\(none.errors)")
        let page = try segment(base + "page", "-o", data("maps/m.tif"))
        #expect(page.status == 65 && page.errors.contains("no STAC Item"), "\(page.errors)")
        let raster = try segment(base + "a.tif", "-o", data("maps/m.tif"))
        #expect(raster.status == 66 && raster.errors.contains("/vsicurl/"), "\(raster.errors)")
        #expect(!server.requests.contains { $0.hasSuffix("/a.tif") })
    }

    @Test func `inspect, train, adapt and evaluate take items as well`() throws {
        let (item, scene) = try item()
        let inspected = try Program.run("inspect", item, "-m", model)
        #expect(inspected.status == 0, "\(inspected.errors)")
        #expect(inspected.output.contains("500 × 300"))
        #expect(inspected.output.contains("called “nir”"), "\(inspected.output)")
        let quick = [
            "--width", "0.0625", "--crop", "48", "--batch", "4", "--seed", "1", "--threads", "2",
        ]
        let trained = try Program(
            ["train", item, "-o", data("t.safetensors"), "--preset", "quick", "--steps", "2"]
                + quick
        ).wait()
        #expect(trained.status == 0, "\(trained.errors)")
        let again = try Program(
            ["train", scene, "-o", data("u.safetensors"), "--preset", "quick", "--steps", "2"]
                + quick
        ).wait()
        #expect(again.status == 0, "\(again.errors)")
        let models = try ["t", "u"].map { try ModelBundle(reading: data("\($0).safetensors")) }
        #expect(models[0].modelHash == models[1].modelHash)
    }

    /// Anyone may put a file there, and an item may name what lies on servers.
    @Test func `an item in a watched folder is no scene`() throws {
        let (item, _) = try item(href: "http://127.0.0.1:9/a.tif")
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: false)
        try FileManager.default.moveItem(atPath: item, toPath: data("in/item.json"))
        let result = try Program.run(
            "watch", data("in"), "-m", model, "-o", data("maps"), "--once", "--settle", "0")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.maps.isEmpty)
    }
}
