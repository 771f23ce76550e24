import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct GalleryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func piece(
        labels: [UInt8], margins: [UInt16], values: [Float], width: Int
    ) -> ClassPiece {
        let bytes = zip(labels, margins).flatMap { [$0, UInt8($1 & 255), UInt8($1 >> 8)] }
        return ClassPiece(
            scene: 0, size: (width, labels.count / width),
            window: PixelWindow(x: 0, y: 0, width: width, height: labels.count / width),
            encoded: bytes, values: values, valid: labels.map { $0 == 255 ? 0 : 1 })
    }

    @Test func `a tally has shares, spectra, vegetation and borders`() {
        var tally = ClassTally(classes: 3, roles: [.red, .infrared], windows: 1)
        // 0 0 1
        // 0 1 ·
        tally.add(
            piece(
                labels: [0, 0, 1, 0, 1, 255], margins: [65_535, 0, 1, 0, 3, 9],
                values: [10, 30, 20, 60, 5, 5, 30, 90, 7, 7, 0, 0], width: 3))
        #expect(tally.pixels == [3, 2, 0] && tally.margins == [65_535, 4, 0])
        #expect(tally.borders == [0, 3, 0, 3, 0, 0, 0, 0, 0])
        let red = tally.spectrum(of: 0)[0]
        #expect(red.mean == 20 && abs(red.deviation - (200.0 / 3).squareRoot()) < 1e-9)
        #expect(
            tally.vegetation(of: 0).map { abs($0.mean - 0.5) < 1e-12 && $0.deviation < 1e-6 }
                == true)
        #expect(tally.vegetation(of: 2) == nil)
    }

    @Test func `the surest place has its own class around it, the least sure one the least margin`()
    {
        var labels = [UInt8](repeating: 1, count: 400)
        var margins = [UInt16](repeating: 65_535, count: 400)
        // A pixel of class 0 alone, and a patch of 5 × 5 around column 12, row 9.
        labels[4 * 20 + 4] = 0
        for y in 7...11 { for x in 10...14 { labels[y * 20 + x] = 0 } }
        margins[11 * 20 + 10] = 7
        var tally = ClassTally(classes: 2, roles: [.red], windows: 1)
        tally.add(
            piece(
                labels: labels, margins: margins, values: .init(repeating: 1, count: 400), width: 20
            ))
        #expect(tally.typical[0].map { [$0.x, $0.y, $0.company] } == [[12, 9, 25]])
        #expect(tally.doubtful[0].map { [$0.x, $0.y, Int($0.margin)] } == [[10, 11, 7]])
    }

    @Test(arguments: [
        (150, 90), (1600, 1600), (1601, 1600), (10_000, 10_000), (40_000, 300), (1, 1),
    ])
    func `a sample has no more windows than that, spread over the scene`(width: Int, height: Int) {
        let sample = SceneSample(width: width, height: height, most: 64, seed: 3)
        #expect((1...64).contains(sample.places.count))
        #expect(Set(sample.places.map(\.window)).count == sample.places.count)
        #expect(sample.isWhole == (sample.pixels == width * height))
        #expect(sample.isWhole == (width <= 1600 && height <= 1600))
        for place in sample.places {
            #expect(place.window == place.window.clipped(toWidth: width, height: height))
            #expect(place.window.count > 0 && place.window.x.isMultiple(of: 200))
        }
        #expect(sample == SceneSample(width: width, height: height, most: 64, seed: 3))
    }

    @Test func `small scenes are seen whole, large ones in shares that are as their sizes`() throws
    {
        func samples(_ sizes: [(Int, Int)]) throws -> [SceneSample] {
            let paths = try sizes.enumerated().map { index, size in
                try folder.scene("\(index).tif", width: size.0, height: size.1) { _, _, _ in
                    UInt8(1)
                }
            }
            return try SceneSample.samples(of: paths, most: 3, seed: 1) {
                try SceneReader(path: $0, roles: rgbInfrared)
            }
        }
        #expect(try samples([(210, 210), (250, 210)]).allSatisfy(\.isWhole))
        let large = try samples([(450, 410), (900, 820)])
        #expect(large.map(\.places.count) == [1, 2] && large.allSatisfy { !$0.isWhole })
    }

    @Test func `a page stands alone, and what names hold is no markup`() throws {
        let path = try folder.patches("a & <b>.tif", width: 220, height: 60)
        var model = randomModel()
        try model.legend.renameClasses([
            "0=<script>alert(1)</script>", "1=\"><img src=x onerror=y>",
        ])
        var settings = SegmentSettings(threads: 2)
        settings.memoryLimit = 512 << 20
        let job = try SegmentJob(model: model, settings: settings)
        let gallery = try GalleryScan(model: model, job: job, seed: 1).run([path])
        #expect(gallery.pixels == 220 * 60)
        let html = try GalleryPage(gallery, model: "m & <m>.safetensors", settings: settings).html
        #expect(
            !html.contains("<script") && !html.contains("<img src=x") && !html.contains("<b>.tif"))
        #expect(!html.contains("http:") && !html.contains("https:") && !html.contains("url("))
        #expect(html.contains("m &amp; &lt;m&gt;.safetensors"))
        for image in html.split(separator: "<img").dropFirst() {
            let tag = image.prefix { $0 != ">" }
            #expect(tag.contains("alt=\"") && tag.contains("src=\"data:image/png;base64,iVBOR"))
        }
        // The same page each time, whatever the threads.
        settings.threads = 1
        let again = try GalleryScan(
            model: model, job: SegmentJob(model: model, settings: settings), seed: 1
        ).run([path])
        #expect(
            try GalleryPage(again, model: "m & <m>.safetensors", settings: settings).html == html)
    }

    @Test func `scenes without any data are said to have none`() throws {
        let path = try folder.scene("a.tif", width: 40, height: 30, nodata: 255) { _, _, _ in
            UInt8(255)
        }
        let model = randomModel()
        #expect(throws: LegendError.self) {
            try GalleryScan(model: model, job: model.job(), seed: 1).run([path])
        }
    }
}
