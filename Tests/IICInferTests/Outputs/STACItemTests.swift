import Foundation
import TestSupport
import Testing

@testable import IICInfer

@Suite struct STACItemTests {
    let folder: TemporaryFolder
    let width = 300
    let height = 200
    let provenance = MapProvenance(
        sceneHash: "a", modelHash: "b", settingsHash: "c", version: "d")

    init() throws { folder = try TemporaryFolder() }

    /// Makes a map, a preview and an item of labels in stripes.
    func item(
        place: Georeference = .none, time: SceneTime? = nil, name: String = "a.json",
        map: String = "my map.tif", legend: Legend = .unnamed(classes: 5)
    ) throws -> JSONValue {
        let frame = MapFrame(
            width: width, height: height, georeference: place,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5), legend: legend,
            threads: 1, sceneTime: time)
        let outputs: [any MapOutput] = [
            LabelMap(.classes, path: folder(map)),
            PreviewPicture(path: folder("a.png")), STACItem(path: folder(name)),
        ]
        let labels = (0..<width * height).map { pixel in
            pixel % width < 30 ? 255 : UInt8(pixel / width % 4)
        }
        let products = try outputs.map { try $0.begin(frame) }
        var finished: [FinishedOutput] = []
        for (output, product) in zip(outputs, products) {
            if output.pixelBytes > 0 {
                try product.write(
                    labels.span, window: PixelWindow(x: 0, y: 0, width: width, height: height))
            }
            product.note(finished)
            let summary = try product.finish(
                provenance, progress: { _ in }, isCancelled: { false })
            finished.append(FinishedOutput(summary: summary, files: product.finished))
        }
        var publication = Publication()
        for product in products.reversed() { product.publish(in: &publication) }
        try publication.commit()
        return try JSONValue(parsing: folder.bytes(of: name))
    }

    @Test func `an item is called like its file, whatever the name begins with`() throws {
        #expect(try item(map: "\u{301}b.tif")["id"] == "\u{301}b")
        #expect(
            STACItem(path: folder("a.json")).legendHash == Legend.unnamed(classes: 5).hash)
    }

    @Test func `an item names the files beside it with their sizes and hashes`() throws {
        let item = try item()
        #expect(item["type"] == "Feature" && item["stac_version"] == "1.0.0")
        #expect(item["id"] == "my map" && item["links"] == [])
        #expect(item["stac_extensions"]?.array?.count == 4)
        let files = [
            "map": "my map.tif", "map-table": "my map.tif.aux.xml", "preview": "a.png",
        ]
        guard case .object(let assets)? = item["assets"] else {
            Issue.record("no assets")
            return
        }
        #expect(Set(assets.keys) == Set(files.keys))
        for (key, name) in files {
            let asset = try #require(assets[key])
            let sum = try output(of: "sha256sum", [folder(name)]).prefix(64)
            #expect(asset["file:checksum"] == .string("1220" + sum))
            #expect(try asset["file:size"] == .integer(folder.bytes(of: name).count))
            let way = "./" + name.replacingOccurrences(of: " ", with: "%20")
            #expect(asset["href"] == .string(way))
        }
        #expect(assets["map"]?["roles"] == ["data"] && assets["preview"]?["type"] == "image/png")
    }

    @Test func `an item lists the classes with colours and pixels, and no data`() throws {
        var legend = Legend.unnamed(classes: 5)
        legend.entries[1].name = "Forêt, dense"
        let map = try item(legend: legend)["assets"]?["map"]
        let classes = try #require(map?["classification:classes"]?.array)
        #expect(classes.map { $0["value"]?.integer } == [0, 1, 2, 3, 4, 255])
        let names = ["Class-1", "Foret-dense", "Class-3", "Class-4", "Class-5", "nodata"]
        #expect(classes.map { $0["name"]?.string } == names)
        #expect(classes[1]["title"] == "Forêt, dense" && classes[1]["color_hint"] == "E69F00")
        #expect(classes.map { $0["count"]?.integer } == [13500, 13500, 13500, 13500, 0, 6000])
        #expect(classes.map { $0["percentage"]?.number } == [22.5, 22.5, 22.5, 22.5, 0, 10])
        #expect(classes.map { $0["nodata"]?.bool } == [nil, nil, nil, nil, nil, true])
        let band = try #require(map?["raster:bands"]?.array?.first)
        #expect(band["data_type"] == "uint8" && band["nodata"] == 255)
        #expect(band["sampling"] == "area" && band["spatial_resolution"] == nil)
    }

    @Test func `an item says where the map lies`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        let item = try item(place: place)
        let properties = try #require(item["properties"])
        #expect(properties["proj:code"] == "EPSG:32632")
        #expect(properties["proj:wkt2"]?.string?.hasPrefix("PROJCRS[") == true)
        #expect(properties["proj:shape"] == [200, 300])
        let transform = properties["proj:transform"]?.array?.map(\.number)
        #expect(transform == [0.5, 0, 500_000, 0, -0.5, 5_400_000])
        let box = properties["proj:bbox"]?.array?.map(\.number)
        #expect(box == [500_000, 5_399_900, 500_150, 5_400_000])
        let outline = try #require(Footprint(of: place, width: width, height: height))
        #expect(item["bbox"]?.array?.compactMap(\.number) == outline.box)
        #expect(item["geometry"]?["type"] == "Polygon")
        let ring = item["geometry"]?["coordinates"]?.array?.first?.array
        #expect(ring?.map { $0.array?.compactMap(\.number) } == outline.ring)
        let band = item["assets"]?["map"]?["raster:bands"]?.array?.first
        #expect(band?["spatial_resolution"] == 0.5)
    }

    @Test func `an item of a map without a place has neither outline nor box`() throws {
        let item = try item()
        #expect(item["geometry"] == .null && item["bbox"] == nil)
        #expect(item["properties"]?["proj:code"] == .null)
        #expect(item["properties"]?["proj:transform"] == nil)
    }

    @Test func `an item has the scene's time, or says that it is unknown`() throws {
        let moment = SceneTime(parsing: "2019:07:04 10:11:12", source: "TIFFTAG_DATETIME")
        let first = try item(time: moment)["properties"]
        #expect(first?["datetime"] == "2019-07-04T10:11:12Z" && first?["start_datetime"] == nil)
        #expect(first?["iicd:datetime_source"] == "TIFFTAG_DATETIME")
        let day = try item(time: SceneTime(parsing: "2019-07-04", source: "x"))["properties"]
        #expect(day?["datetime"] == .null && day?["end_datetime"] == "2019-07-04T23:59:59Z")
        let none = try item()["properties"]
        #expect(none?["datetime"] == .null && none?["iicd:datetime_source"] == "unknown")
        #expect(none?["start_datetime"] == "1800-01-01T00:00:00Z")
    }

    @Test func `an item says what it was made from, and its bytes repeat`() throws {
        let first = try item()
        #expect(STACItem(path: folder("a.json")).provenance == provenance)
        #expect(
            first["properties"]?["iicd:legend_sha256"]
                == .string(Legend.unnamed(classes: 5).hash))
        #expect(try item(name: "b.json") == first)
        #expect(try folder.bytes(of: "a.json") == folder.bytes(of: "b.json"))
        try folder.write(Array("{}".utf8), to: "c.json")
        #expect(STACItem(path: folder("c.json")).provenance == nil)
        #expect(STACItem(path: folder("d.json")).provenance == nil)
    }

    @Test func `classes of one name stay apart`() {
        #expect(
            STACClasses.names(["a", "a", "a-1", "nodata", "Вода", "!", "x_1  (y)", "A"])
                == ["a", "a-1", "a-1-2", "nodata-3", "class-4", "class-5", "x_1-y", "A"])
    }
}
