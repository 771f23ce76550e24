import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct AssessmentReportTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The paper's example: a map with so many pixels, each of 0.09 ha if it has a place, and points
    /// with its counts.
    private func example(_ place: Georeference, names: Bool = false) throws -> AssessmentReport {
        let sizes = [200_000, 150_000, 3_200_000, 6_450_000]
        let path = try folder.scene(
            "map.tif", width: 5000, height: 2000, roles: [.other], georeference: place
        ) { x, y, _ in
            var rest = y * 5000 + x
            var value = 0
            while rest >= sizes[value] {
                rest -= sizes[value]
                value += 1
            }
            return UInt8(value + 1)
        }
        let titles = ["", "<script>alert(1)</script>", "gain", "forest", "other"]
        if names {
            let table = titles.map {
                "<Category>\($0.replacing("<", with: "&lt;"))</Category>"
            }
            try folder.write(
                Array(
                    """
                    <PAMDataset><PAMRasterBand band="1"><CategoryNames>\(table.joined())\
                    </CategoryNames></PAMRasterBand></PAMDataset>
                    """.utf8), to: "map.tif.aux.xml")
        }
        let counts = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
        var file = PointFile(name: "points", fields: [("reference", .integer)])
        var start = 0
        for (row, size) in zip(counts, sizes) {
            var pixel = start
            for (value, count) in row.enumerated() {
                for _ in 0..<count {
                    file.points.append(
                        .init(x: pixel % 5000, y: pixel / 5000, values: [.integer(value + 1)]))
                    pixel += size / 400
                }
            }
            start += size
        }
        let map = try LabelReader(path: path)
        try file.write(to: folder("points.gpkg"), on: map.georeference, replacing: true)
        return AssessmentReport(
            try Assessment(map: map, points: folder("points.gpkg"), field: "reference"),
            map: path, points: folder("points.gpkg"))
    }

    @Test func `the paper's example as a table, in hectares and in pixels`() throws {
        let place = try #require(
            Georeference(epsg: 32633, left: 500_000, top: 5_000_000, pixelSize: 30))
        let text = try example(place).text
        #expect(text.contains("overall accuracy  0.95 ± 0.02"))
        let lines = text.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines.contains("1 18,000 75 0.88 ± 0.07 0.75 ± 0.21 21,158 ± 6,158"))
        #expect(lines.contains("4 580,500 325 0.96 ± 0.02 0.96 ± 0.02 581,386 ± 16,282"))
        #expect(lines.contains("1 0.0176 0.0000 0.0013 0.0011"))
        let pixels = try example(.none)
        #expect(pixels.text.contains("area (pixels)"))
        #expect(pixels.text.contains("235,086 ± 68,418"))
        let json = pixels.json
        let area = json["classes"]?.array?.first?["area"]
        #expect(abs((area?["estimate"]?.number ?? 0) - 235_086.247) < 0.001)
        #expect(abs((area?["halfWidth"]?.number ?? 0) - 68_418.160) < 0.001)
        #expect(json["unit"]?.string == "pixels")
        #expect(try JSONValue(parsing: Array(json.text.utf8)) == json)
    }

    @Test func `names are text on the page`() throws {
        let report = try example(.none, names: true)
        #expect(report.names[0] == "<script>alert(1)</script>")
        let page = report.page
        #expect(!page.contains("<script"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("<th scope=\"row\""))
        #expect(!page.contains("http"))
        #expect(try example(.none, names: true).page == page)
    }
}
