import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICTrain

/// What one sees of an evaluation: whole, safe to open, and the same every time.
@Suite struct EvaluationPageTests {
    /// Two of three classes are found, in the other order; the third one's pixels are lost.
    private let matrix = ConfusionMatrix(
        counts: [10, 9000, 40, 1234, 100, 0, 0, 0, 0], predictedClasses: 3)

    private func page(
        _ matrix: ConfusionMatrix? = nil, names: [String] = ["water", "<b>\"roof\" & wall</b>"],
        legend: Legend = Legend(entries: [
            .init(name: "Class 1", colour: [1, 2, 3]), .init(name: "<i>", colour: [4, 5, 6]),
        ]), samples: [EvaluationSamples] = [], notes: [String] = []
    ) -> EvaluationPage {
        EvaluationPage(
            EvaluationReport(
                matrix ?? self.matrix, names: names,
                baselines: [.init(method: .kmeans, clusters: 3, matrix: self.matrix)], notes: notes),
            labels: "<map>.tif", truth: "truth & co.tif", legend: legend, samples: samples,
            origin: [("Model, SHA-256", "abc")])
    }

    private func samples(_ labels: [Int32], _ truth: [Int32], width: Int) -> EvaluationSamples {
        let height = labels.count / width
        var samples = EvaluationSamples(name: "<map>.tif", width: width, height: height)
        samples.add(
            labels: labels, truth: truth,
            window: PixelWindow(x: 0, y: 0, width: width, height: height))
        return samples
    }

    private func count(_ part: String, in text: String) -> Int {
        text.components(separatedBy: part).count - 1
    }

    @Test func `a page is whole, needs nothing else, and no name becomes markup`() {
        let html = page(
            samples: [samples([0, 1, 1, 255], [1, 0, 2, 0], width: 2)],
            notes: ["“<a>” is taken for “b”."]
        ).html
        #expect(html.hasPrefix("<!doctype html>") && html.hasSuffix("</html>\n"))
        #expect(html.contains("<h1>&lt;map&gt;.tif</h1>"))
        #expect(html.contains("against truth &amp; co.tif · 10,384 pixels compared"))
        #expect(html.contains("<p class=\"warn\">“&lt;a&gt;” is taken for “b”.</p>"))
        for name in ["<map>", "<b>\"", "<i>0", "<i></", "<a>"] { #expect(!html.contains(name)) }
        for outside in ["http:", "https:", "<script", "<link", "url(", "onerror"] {
            #expect(!html.contains(outside), "\(outside)")
        }
        for tag in ["table", "section", "figure", "div", "ul", "li", "tr", "td", "th", "span"] {
            let opened = count("<\(tag)>", in: html) + count("<\(tag) ", in: html)
            #expect(opened == count("</\(tag)>", in: html), "\(tag)")
        }
        #expect(
            html
                == page(
                    samples: [samples([0, 1, 1, 255], [1, 0, 2, 0], width: 2)],
                    notes: ["“<a>” is taken for “b”."]
                ).html)
    }

    @Test func `tables have headers for a screen reader, and pictures words`() {
        let html = page(samples: [samples([0, 1], [1, 0], width: 2)]).html
        #expect(count("<table", in: html) == 4 && count("aria-label=\"", in: html) == 3)
        #expect(
            count("<th", in: html) == count("<thead", in: html) + count("<th scope=\"", in: html))
        #expect(count("<img ", in: html) == 3 && count("<img alt=\"", in: html) == 3)
        #expect(!html.contains("alt=\"\""))
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.contains("name=\"viewport\" content=\"width=device-width"))
    }

    @Test func `the confusion matrix has counts, shares of rows, and the match`() {
        let html = page().html
        // Found class 0 is true class 1: 9000 of 9050 pixels.
        #expect(
            html.contains(
                "<td class=\"match\" style=\"--part:45%\"><span class=\"unseen\">match: </span>9,000"
                    + "<small>99.4 %</small></td>"))
        #expect(
            html.contains(
                "<td class=\"match\" style=\"--part:42%\"><span class=\"unseen\">match: </span>1,234"
                    + "<small>92.5 %</small></td>"))
        #expect(html.contains("<td style=\"--part:0%\">40<small>0.4 %</small></td>"))
        #expect(html.contains("<td style=\"--part:0%\">10,384</td>"))
        // Class 2 is given to no pixel, and the rows stand in the order of the true classes.
        let rows = html.components(separatedBy: "<table class=\"confusion\"")[1]
            .components(separatedBy: "</table>")[0]
        #expect(!rows.contains("class 2</th><td"))
        let (first, second) = (rows.range(of: "&lt;i&gt;</th>"), rows.range(of: "Class 1</th>"))
        #expect(first != nil && second != nil)
        if let first, let second { #expect(first.lowerBound < second.lowerBound) }
    }

    @Test func `classes have their scores, and baselines their row`() {
        let html = page().html
        // Water: 1234 of 1244 are found, of 1334 that were found as it.
        let water = [
            "1,244", "12.0 %", "&lt;i&gt;", "99.2 %", "92.5 %", "95.7 %", "91.8 %",
        ].map { "<td>\($0)</td>" }.joined()
        #expect(html.contains("water</th>\(water)</tr>"))
        #expect(html.contains("class 2</th><td>40</td><td>0.4 %</td>"))
        #expect(html.contains(">k-means</th><td>3</td>"))
        #expect(html.contains(">majority class</th><td>1</td>"))
        #expect(html.contains("<th scope=\"row\">Model, SHA-256</th><td>abc</td>"))
    }

    @Test func `a true class has the colour of the found one that stands for it`() {
        let page = page()
        #expect(page.trueColour(0) == [4, 5, 6] && page.trueColour(1) == [1, 2, 3])
        let lost = self.page(ConfusionMatrix(counts: [5, 3, 1], predictedClasses: 1))
        #expect(lost.trueColour(1) != lost.trueColour(2))
        // A class that nobody named or coloured.
        #expect(page.foundName(2) == "class 2" && page.found[2].colour.count == 3)
        // Two of one name.
        let twice = Legend(
            entries: Array(repeating: .init(name: "soil", colour: [1, 2, 3]), count: 2))
        #expect(self.page(legend: twice).foundName(1) == "soil (1)")
    }

    /// The three pictures, decoded by GDAL, pixel by pixel.
    @Test func `pictures show what is right and wrong`() throws {
        let files = try TemporaryFolder()
        let html = page(
            samples: [samples([0, 0, 1, 255, 2, 1], [1, 0, 0, 0, -1, 255], width: 3)]
        ).html
        let pictures = html.components(separatedBy: "base64,").dropFirst().compactMap { part in
            Data(base64Encoded: String(part.prefix { $0 != "\"" }))
        }
        #expect(pictures.count == 3)
        var colours: [[[Int]]] = []
        for (index, picture) in pictures.enumerated() {
            try files.write(Array(picture), to: "\(index).png")
            let reader = try SceneReader(
                path: files("\(index).png"), roles: [.red, .green, .blue], bands: [1, 2, 3])
            #expect(reader.width == 3 && reader.height == 2)
            let (values, valid) = try reader.pixels(
                in: PixelWindow(x: 0, y: 0, width: 3, height: 2))
            colours.append(
                (0..<6).map { pixel in
                    valid[pixel] == 0 ? [] : (0..<3).map { Int(values[pixel * 3 + $0]) }
                })
        }
        let (right, wrong) = ([143, 170, 152], [200, 30, 38])
        #expect(colours[0] == [right, wrong, right, [], [], []])
        let (first, second) = ([1, 2, 3], [4, 5, 6])
        let third = Legend.unnamed(classes: 3).entries[2].colour.map { Int($0) }
        #expect(colours[1] == [first, first, second, [], third, second])
        #expect(colours[2] == [first, second, second, second, [], []])
    }

    @Test func `tiles are rows of three pictures`() {
        let tiles = (0..<4).map {
            EvaluationSamples(
                tile: "\($0)", [0, 1], MatLabels(height: 1, width: 2, labels: [1, 0]))
        }
        let html = page(samples: tiles).html
        #expect(count("<img ", in: html) == 12)
        #expect(count("<th scope=\"row\">tile ", in: html) == 4)
    }

    /// A raster may have a thousand classes.
    @Test func `many classes do not make an endless page`() {
        let classes = 300
        var counts = [Int](repeating: 0, count: classes * classes)
        for value in 0..<classes { counts[value * classes + value] = 1 + value }
        let html = page(
            ConfusionMatrix(counts: counts, predictedClasses: classes), names: [],
            legend: Legend(entries: [])
        ).html
        let table = html.components(separatedBy: "<table class=\"confusion\"")[1]
            .components(separatedBy: "</table>")[0]
        // The largest classes, the others and all, below the header.
        #expect(count("<tr>", in: table) == 1 + 40 + 2)
        #expect(count("<td", in: table) == 42 * 42)
        #expect(table.contains(">260 others</th>"))
        let others = (1...260).reduce(0, +)
        #expect(others == 33_930 && table.contains("33,930"))
        #expect(html.utf8.count < 1 << 20)
    }
}
