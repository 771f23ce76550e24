import Foundation
import IICInfer
import IICNaming
import Testing

@Suite struct AssessTests {
    private let data: TestData
    private let map: String

    init() throws {
        data = try TestData()
        map = data("map.tif")
        let writer = try RasterWriter(
            path: map, width: 60, height: 40, bands: [.init(role: .other)], type: .uint8,
            georeference: #require(
                Georeference(epsg: 32633, left: 500_000, top: 5_000_000, pixelSize: 100)),
            nodata: 0)
        let labels = (0..<2400).map { UInt8($0 % 60 < 2 ? 0 : $0 % 60 < 20 ? 1 : 2) }
        try writer.write(
            interleaved: labels.span, window: PixelWindow(x: 0, y: 0, width: 60, height: 40))
        try writer.finish()
    }

    private func expect(
        _ status: Int32, _ words: String, _ arguments: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try Program(["assess"] + arguments).wait()
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(
            result.errors.hasPrefix("iicd: ") && result.errors.contains(words),
            "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func `a sample is drawn, labelled and read`() throws {
        let sample = data("sample.gpkg")
        let drawn = try Program(
            ["assess", map, "--draw", "80", "-o", sample, "--seed", "4"]
        ).wait()
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(drawn.output.contains("sample.gpkg  80 points of map.tif, seed 4"))
        try expect(65, "80 without a class", map, "--points", sample, "--field", "reference")
        var points = try MapSample(reading: sample)
        for (index, point) in points.points.enumerated() {
            points.answer(point.x < 30 ? "1" : "2", at: index)
        }
        try points.save()
        try expect(73, "give --overwrite to replace it", map, "--draw", "80", "-o", sample)
        let result = try Program(
            [
                "assess", map, "--points", sample, "--field", "reference", "--report",
                data("a.html"),
            ]
        ).wait()
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.contains("overall accuracy  0."))
        #expect(result.output.contains("area (ha)"))
        #expect(String(decoding: try data.bytes("a.html"), as: UTF8.self).contains("</html>"))
        let json = try Program(
            ["assess", map, "--points", sample, "--field", "reference", "--json"]
        ).wait()
        let report = try JSONValue(parsing: Array(json.output.utf8))
        #expect(report["points"]?.integer == 80 && report["unit"]?.string == "hectares")
        let area = try #require(report["classes"]?.array?.first?["area"])
        // 28 of 58 columns of 40 hectares are truly of the first class.
        let estimate = try #require(area["estimate"]?.number)
        #expect(abs(estimate - 1120) <= 2 * (area["halfWidth"]?.number ?? 0), "\(estimate)")
    }

    @Test func `calls that cannot mean anything, and files that do not fit, are refused`() throws {
        let points = try data.write(
            Data("x,y,kind\n500150,4999950,1\n".utf8), "points.csv")
        try expect(64, "Give --draw POINTS -o FILE", map)
        try expect(64, "--draw needs -o", map, "--draw", "5")
        try expect(64, "--points needs --field", map, "--points", points)
        try expect(64, "are for --draw", map, "--points", points, "--field", "a", "-o", "a")
        try expect(64, "3 points are too few", map, "--draw", "3", "-o", data("a.gpkg"))
        try expect(64, "“\(map)” is an input", map, "--draw", "9", "-o", map, "--overwrite")
        try expect(64, "it has “x”, “y”, “kind”", map, "--points", points, "--field", "class")
        try expect(66, "There is no file", map, "--points", data("none"), "--field", "kind")
        try expect(64, "are for --label", map, "--points", points, "--field", "a", "--bands", "1")
        try expect(64, "Give --draw POINTS -o FILE", map, "--label", map)
        try expect(64, "draw it first", map, "--draw", "9", "-o", "a", "--label", map)
        try expect(
            64, "without --label", map, "--points", points, "--label", map, "--field", "kind")
        try expect(
            64, "--token-file needs --listen", map, "--points", points, "--label", map,
            "--token-file", points)
        try expect(65, "is no sample that iicd drew", map, "--points", points, "--label", map)
        try expect(66, "There is no file", data("none.tif"), "--points", points, "--field", "kind")
        try expect(73, "there is no folder", map, "--draw", "9", "-o", data("none/a.gpkg"))
        #expect(!FileManager.default.fileExists(atPath: data("a.gpkg")))
    }

    @Test(.timeLimit(.minutes(2)))
    func `a sample is labelled on a page, on a scene of the map's pixels alone`() throws {
        let sample = data("sample.gpkg")
        #expect(try Program(["assess", map, "--draw", "20", "-o", sample]).wait().status == 0)
        try expect(64, "must not see", map, "--label", map, "--points", sample)
        let other = try data.scene("other.tif", UInt8.self, width: 59, height: 40)
        try expect(65, "has 59 × 40 pixels", map, "--label", other, "--points", sample)
        // It does not say in which system it lies, but where it lies.
        let beside = try data.scene("beside.tif", UInt8.self, width: 60, height: 40)
        try expect(65, "pixels beside “\(map)”", map, "--label", beside, "--points", sample)
        let scene = data("scene.tif")
        let writer = try RasterWriter(
            path: scene, width: 60, height: 40, bands: [.init(role: .other)], type: .uint8,
            georeference: #require(
                Georeference(epsg: 32633, left: 500_000, top: 5_000_000, pixelSize: 100)))
        let samples = (0..<2400).map { UInt8($0 % 251) }
        try writer.write(
            interleaved: samples.span,
            window: PixelWindow(x: 0, y: 0, width: 60, height: 40))
        try writer.finish()
        let before = try data.bytes("sample.gpkg")
        let page = try Program(
            ["assess", map, "--label", scene, "--points", sample], output: data("out.txt"))
        while !page.hasEnded,
            !String(decoding: try data.bytes("out.txt"), as: UTF8.self).contains("\n")
        {
            usleep(50_000)
        }
        page.send(SIGINT)
        let result = try page.wait()
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let text = String(decoding: try data.bytes("out.txt"), as: UTF8.self)
        #expect(text.hasPrefix("Open http://127.0.0.1:") && text.contains("stay in \(sample)"))
        #expect(try data.bytes("sample.gpkg") == before)
    }
}
