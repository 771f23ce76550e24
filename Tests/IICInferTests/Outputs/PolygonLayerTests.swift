import Foundation
import TestSupport
import Testing

@testable import IICInfer

@Suite struct PolygonLayerTests {
    let sheet: PolygonSheet

    init() throws { sheet = try PolygonSheet() }

    @Test func `bytes depend on the labels alone`() throws {
        try sheet.draw("a.gpkg", sheet.projected)
        try sheet.draw("another name.gpkg", sheet.projected, rows: 7)
        #expect(try sheet.folder.bytes(of: "a.gpkg") == sheet.folder.bytes(of: "another name.gpkg"))
        // When a file was last changed would be told in milliseconds.
        let text = try sheet.folder.bytes(of: "a.gpkg")
        let time = Array("1970-01-01T00:00:00.000Z".utf8)
        #expect(text.indices.contains { text[$0...].starts(with: time) })
    }

    @Test func `polygons that are too small are left out and counted`() throws {
        let all = try sheet.draw("a.gpkg", sheet.projected)
        let pixels = try sheet.draw("b.gpkg", sheet.projected, least: .pixels(10))
        let metres = try sheet.draw("c.gpkg", sheet.projected, least: .squareMetres(2.5))
        #expect(pixels.smaller > 0 && pixels.written + pixels.smaller == all.written)
        #expect(metres == pixels)
        let found = try sheet.query("b.gpkg", "SELECT COUNT(*) AS n, MIN(pixels) AS least FROM map")
        #expect(found["n"] == "\(pixels.written)")
        #expect(found["least"].flatMap { Int($0) } ?? 0 >= 10)
        let whole = try sheet.query("a.gpkg", "SELECT COUNT(*) AS n FROM map WHERE pixels >= 10")
        #expect(whole["n"] == found["n"])
        #expect(throws: SegmentError.noAreas) {
            try sheet.draw("d.gpkg", .none, least: .squareMetres(2.5))
        }
        #expect(SegmentError.noAreas.exitStatus == .badInput)
    }

    @Test func `what was cut is told`() {
        var polygons = OutputSummary.Polygons()
        polygons.written = 90
        polygons.smaller = 4
        #expect(polygons.sentence == "90 polygons, 4 smaller left out")
        #expect(polygons.cutSentence == nil)
        polygons.cuts = 2
        polygons.parts = 7
        let sentence = polygons.cutSentence ?? ""
        #expect(sentence.contains("more than \(PatchTracer.vertexLimit) corners"))
        #expect(sentence.contains("cut along 2 rows of pixels; 7 of the polygons are parts"))
    }

    @Test func `a file says what it was made from`() throws {
        let layer = PolygonLayer(path: sheet.folder("a.gpkg"))
        #expect(layer.provenance == nil)
        try sheet.draw("a.gpkg", sheet.projected)
        #expect(layer.provenance == sheet.provenance)
        #expect(try sheet.folder.files == ["a.gpkg"])
        try sheet.folder.write(Array("text".utf8), to: "b.gpkg")
        #expect(PolygonLayer(path: sheet.folder("b.gpkg")).provenance == nil)
        let sized = PolygonLayer(path: sheet.folder("a.gpkg"), least: .pixels(3))
        #expect(sized.settings != layer.settings)
    }

    @Test func `one that is not finished leaves nothing, and an older file's journal goes`() throws
    {
        let frame = MapFrame(
            width: sheet.width, height: sheet.height, georeference: .none,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5),
            legend: sheet.legend, threads: 1)
        do {
            let product = try PolygonLayer(path: sheet.folder("a.gpkg")).begin(frame)
            try product.write(
                sheet.labels.span,
                window: PixelWindow(x: 0, y: 0, width: sheet.width, height: sheet.height))
            #expect(try sheet.folder.files.allSatisfy { $0.hasPrefix(".iicd-") })
        }
        #expect(try sheet.folder.files.isEmpty)
        for part in ["", "-wal", "-shm", "-journal"] {
            try sheet.folder.write([1, 2, 3], to: "a.gpkg\(part)")
        }
        try sheet.draw("a.gpkg", .none)
        #expect(try sheet.folder.files == ["a.gpkg"])
        let error = #expect(throws: AtomicFileError.self) { try sheet.draw("no/a.gpkg", .none) }
        #expect(error?.exitStatus == .cannotWrite)
    }
}
