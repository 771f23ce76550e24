import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct PointFileTests {
    let sheet: PointSheet

    init() throws { sheet = try PointSheet() }

    private var file: PointFile {
        var file = PointFile(name: "sample", fields: [("id", .integer), ("kind", .text)])
        file.metadata = ["IICD_TEST": "it's"]
        file.points = [
            .init(x: 0, y: 0, values: [.integer(1), .text("a'); DROP TABLE sample; --")]),
            .init(x: 59, y: 39, values: [.integer(2), .none]),
        ]
        return file
    }

    @Test func `bytes depend on the points alone, and nothing else is left`() throws {
        try file.write(to: sheet.folder("a.gpkg"), on: sheet.place, replacing: false)
        try file.write(to: sheet.folder("b c.gpkg"), on: sheet.place, replacing: false)
        #expect(try sheet.folder.bytes(of: "a.gpkg") == sheet.folder.bytes(of: "b c.gpkg"))
        #expect(try sheet.folder.files == ["a.gpkg", "b c.gpkg"])
        let text = try output(of: "ogrinfo", ["-al", sheet.folder("a.gpkg")])
        #expect(text.contains("POINT (400001 5799999)"))
        #expect(text.contains("POINT (400119 5799921)"))
        #expect(text.contains("EPSG\",25833"))
        let reader = try PointReader(path: sheet.folder("a.gpkg"), field: "kind")
        #expect(reader.metadata("IICD_TEST") == "it's")
        #expect(reader.metadata("IICD_NONE") == nil)
    }

    @Test func `a file is not replaced unless that is wanted`() throws {
        try sheet.folder.write([1, 2, 3], to: "a.gpkg")
        try sheet.folder.write([1, 2, 3], to: "a.gpkg-journal")
        let error = VectorError.exists(path: sheet.folder("a.gpkg"))
        #expect(throws: error) {
            try file.write(to: sheet.folder("a.gpkg"), on: sheet.place, replacing: false)
        }
        #expect(error.exitStatus == .cannotWrite)
        #expect(try sheet.folder.bytes(of: "a.gpkg") == [1, 2, 3])
        try file.write(to: sheet.folder("a.gpkg"), on: sheet.place, replacing: true)
        #expect(try sheet.folder.files == ["a.gpkg"])
        #expect(throws: AtomicFileError.self) {
            try file.write(to: sheet.folder("none/a.gpkg"), on: sheet.place, replacing: false)
        }
    }

    @Test func `one point's text changes, and nothing else`() throws {
        let path = sheet.folder("a.gpkg")
        try file.write(to: path, on: sheet.place, replacing: false)
        _ = try output(
            of: "ogrinfo", [path, "-sql", "ALTER TABLE sample ADD COLUMN note TEXT"])
        _ = try output(of: "ogrinfo", [path, "-sql", "UPDATE sample SET note = 'mine'"])
        try PointFile.change(path, layer: "sample", field: "kind", texts: [2: "b \"x\""])
        let texts = try PointReader(path: path, field: "kind").pixels(on: sheet.raster).texts
        #expect(texts == ["0 0 a'); DROP TABLE sample; --", "59 39 b \"x\""])
        #expect(
            try PointReader(path: path, field: "note").pixels(on: sheet.raster).texts.count == 2)
        #expect(try PointReader(path: path, field: "kind").metadata("IICD_TEST") == "it's")
        try PointFile.change(path, layer: "sample", field: "kind", texts: [1: nil])
        #expect(
            try PointReader(path: path, field: "kind").pixels(on: sheet.raster).exclusions[.noClass]
                == 1)
        #expect(try sheet.folder.files == ["a.gpkg"])
        let before = try sheet.folder.bytes(of: "a.gpkg")
        #expect(throws: AtomicFileError.self) {
            try PointFile.change(path, layer: "sample", field: "kind", texts: [3: "c"])
        }
        try sheet.folder.write([1], to: "a.gpkg-wal")
        #expect(throws: AtomicFileError.self) {
            try PointFile.change(path, layer: "sample", field: "kind", texts: [1: "c"])
        }
        #expect(try sheet.folder.bytes(of: "a.gpkg") == before)
        #expect(try sheet.folder.files == ["a.gpkg", "a.gpkg-wal"])
    }
}
