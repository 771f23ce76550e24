import Testing

@testable import IICInfer

/// What stands below a preview.
@Suite struct PreviewLegendTests {
    let pictures: PreviewPictureTests

    init() throws { pictures = try PreviewPictureTests() }

    /// The part of a picture below the map: its first row, and red of each pixel below.
    func legend(
        width: Int, height: Int, _ legend: Legend? = nil, place: Georeference = .none
    ) throws -> (width: Int, height: Int, values: [[Float]]) {
        try pictures.draw("a.png", width, height, legend: legend, place: place)
        let picture = try pictures.pixels("a.png")
        let pixels = stride(from: 0, to: picture.values.count, by: 4).map {
            Array(picture.values[$0..<$0 + 4])
        }
        return (
            picture.width, picture.height - height,
            Array(pixels.dropFirst(height * picture.width))
        )
    }

    let ink: [Float] = [34, 34, 34, 255]
    let paper: [Float] = [255, 255, 255, 255]

    /// Whether `text` stands anywhere in the legend.
    func shows(_ text: String, in part: (width: Int, height: Int, values: [[Float]])) -> Bool {
        let dark = part.values.map { $0 == ink }
        let letters = text.map { Glyphs.rows(of: $0) }
        for y in 0..<part.height - 20 {
            for x in 0..<part.width - 10 * letters.count {
                let stands = letters.enumerated().allSatisfy { index, rows in
                    (0..<20).allSatisfy { row in
                        let start = (y + row) * part.width + x + 10 * index
                        return (0..<10).allSatisfy { column in
                            dark[start + column] == (rows[row] >> (9 - column) & 1 == 1)
                        }
                    }
                }
                if stands { return true }
            }
        }
        return false
    }

    @Test func `classes stand there with colour, name and share`() throws {
        let (width, height) = (700, 500)
        var legend = Legend.unnamed(classes: 5)
        legend.entries[2].name = "Öde <br> Fläche"
        let part = try self.legend(width: width, height: height, legend)
        var counts = [Int](repeating: 0, count: 256)
        for y in 0..<height { for x in 0..<width { counts[Int(pictures.label(x, y))] += 1 } }
        for (value, entry) in legend.entries.enumerated() {
            let colour = entry.colour.map(Float.init) + [255]
            #expect(part.values.count { $0 == colour } == 12 * 12, "\(value)")
            #expect(shows(entry.name, in: part), "\(value)")
            let tenths = Int((Double(counts[value]) * 1000 / Double(width * height)).rounded())
            #expect(shows("\(tenths / 10).\(tenths % 10) %", in: part), "\(value)")
        }
        #expect(shows("No data", in: part) && shows("<0.1 %", in: part))
        #expect(!shows("Class 3", in: part))
    }

    @Test func `a scale bar is as long as its label says`() throws {
        let place = try #require(
            Georeference(epsg: 32632, left: 500_000, top: 5_400_000, pixelSize: 0.5))
        let part = try legend(width: 700, height: 500, place: place)
        #expect(shows("100 m", in: part))
        // The bar lies in the middle of the first line: 100 m are 200 pixels.
        let row = Array(part.values[24 * part.width..<25 * part.width])
        #expect(row[12..<212].allSatisfy { $0 == ink })
        #expect(row[11] == paper && row[212] == paper)
        let without = try legend(width: 700, height: 500)
        #expect(without.height == part.height - 24)
    }

    @Test(arguments: [(1024, 600), (30, 700), (401, 10)])
    func `many long names do not break it`(width: Int, height: Int) throws {
        var legend = Legend.unnamed(classes: 255)
        for index in legend.entries.indices {
            legend.entries[index].name =
                "Sehr lange Bezeichnung " + String(repeating: "ß", count: index)
        }
        let part = try self.legend(width: width, height: height, legend)
        #expect(part.width == max(width, 400))
        #expect(part.height <= PictureLegend.mostHeight)
        let stained = part.values.enumerated().filter { index, pixel in
            let (x, y) = (index % part.width, index / part.width)
            let isMargin = x < 12 || x >= part.width - 12 || y < 12 || y >= part.height - 12
            return isMargin && pixel != paper
        }
        #expect(stained.isEmpty, "\(stained.count) pixels in the margins")
        #expect(shows("other classes", in: part))
        let bytes = PreviewPicture(path: "").memoryBytes(width: width, height: height)
        #expect(bytes >= 3 * 4 * part.width * (part.height + height))
    }
}
