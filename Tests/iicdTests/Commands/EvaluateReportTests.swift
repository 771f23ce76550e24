import Foundation
import IICInfer
import IICTrain
import Testing

/// `iicd evaluate --report`: what a user gets, whatever is scored.
@Suite struct EvaluateReportTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func evaluate(_ arguments: [String]) throws -> Program.Result {
        try Program(["evaluate"] + arguments).wait()
    }

    private func page(_ name: String = "page.html") throws -> String {
        try String(contentsOfFile: data("maps/\(name)"), encoding: .utf8)
    }

    private func expectWhole(_ page: String, pictures: Int) {
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
        for outside in ["http:", "https:", "<script", "<link", "url(", data.path] {
            #expect(!page.contains(outside), "\(outside)")
        }
        #expect(page.components(separatedBy: "base64,iVBOR").count - 1 == pictures)
    }

    /// A map with a place and a name, and truth that is a little different.
    private func map() throws -> (map: String, truth: String, scene: String) {
        let scene = try data.scene("a.tif", UInt8.self, width: 900, height: 300)
        let model = try data.model()
        for (name, flags) in [("<m>.tif", []), ("t.tif", ["--geometry", "paper"])] {
            let result = try Program(
                ["segment", scene, "-m", model, "-o", data(name)] + flags
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        return (data("<m>.tif"), data("t.tif"), scene)
    }

    @Test func `a map's page has its scores, pictures and origin, and always the same bytes`()
        throws
    {
        let (map, truth, scene) = try map()
        let known = ["--labels", map, "--truth", truth, "--baseline", "kmeans", "--scene", scene]
        let plain = try evaluate(known)
        var pages: [String] = []
        for (name, flags) in [("1.html", ["--threads", "1"]), ("2.html", ["--threads", "3"])] {
            let result = try evaluate(known + flags + ["--report", data("maps/\(name)")])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output == plain.output)
            pages.append(try page(name))
        }
        #expect(pages[0] == pages[1])
        #expect(try data.maps == ["1.html", "2.html"])
        expectWhole(pages[0], pictures: 3)
        // Of 900 × 300 pixels.
        #expect(pages[0].contains("width=\"800\" height=\"267\""))
        #expect(pages[0].contains("<h1>&lt;m&gt;.tif</h1>") && !pages[0].contains("<m>"))
        let origin = try #require(MapProvenance(file: map))
        for text in [origin.modelHash, origin.sceneHash, "Class 1", "k-means", "majority class"] {
            #expect(pages[0].contains(text), "\(text)")
        }
    }

    @Test func `a model's page on a scene has the scores that are printed`() throws {
        let (_, truth, scene) = try map()
        let model = try data.model()
        let flags = ["-m", model, scene, "--truth", truth]
        var pages: [String] = []
        for (name, more) in [
            ("1.html", ["--threads", "1", "--memory", "512MiB"]), ("2.html", ["--threads", "3"]),
        ] {
            let result = try evaluate(flags + more + ["--json", "--report", data("maps/\(name)")])
            #expect(result.status == 0, "\(result.errors)")
            let report = try JSONValue(parsing: Array(result.output.utf8))
            pages.append(try page(name))
            let accuracy = try #require(report["accuracy"]?.number)
            #expect(pages.last?.contains("<b>\(percent(accuracy, digits: 1))</b>") == true)
            #expect(report["notes"] == .array([]))
        }
        #expect(pages[0] == pages[1])
        expectWhole(pages[0], pictures: 3)
        #expect(pages[0].contains(try ModelBundle(reading: model).modelHash))
        #expect(pages[0].contains("<th scope=\"row\">Scene</th><td>a.tif</td>"))
    }

    @Test func `a model's page on tiles shows some of them`() throws {
        let tiles = try data.tiles("tiles", count: 14, height: 60, width: 70)
        let result = try evaluate([
            "-m", try data.model(), tiles, "--report", data("maps/page.html"),
        ])
        #expect(result.status == 0, "\(result.errors)")
        let page = try page()
        expectWhole(page, pictures: 12 * 3)
        #expect(page.contains(">tile 0</th>") && !page.contains(">tile 13</th>"))
        #expect(page.contains("<th scope=\"row\">Tiles</th><td>tiles</td>"))
    }

    @Test func `what is read is never replaced, and a folder that is not there is told at once`()
        throws
    {
        let (map, truth, scene) = try map()
        let vrt = try data.vrt("v.vrt", of: "a.tif", width: 900, height: 300)
        let model = try data.model()
        let before = try data.bytes("t.tif")
        for (path, status, words) in [
            (map, Int32(64), "is an input"), (truth, 64, "is an input"), (scene, 64, "is an input"),
            (truth + ".aux.xml", 64, "is an input"), (model, 64, "is a model"),
            (data("none/page.html"), 73, "there is no folder"), (data("maps"), 73, "is a folder"),
        ] {
            let result = try evaluate([
                "--labels", map, "--truth", truth, "--scene", vrt, "--report", path,
            ])
            #expect(result.status == status, "\(path): \(result.errors)")
            #expect(result.errors.contains(words), "\(path): \(result.errors)")
            #expect(result.output.isEmpty)
        }
        for path in [scene, truth, model] {
            let result = try evaluate([
                "-m", model, scene, "--truth", truth, "--report", path,
            ])
            #expect(result.status == 64 && result.output.isEmpty, "\(path): \(result.errors)")
        }
        let tiles = try data.tiles("tiles", count: 2, height: 60, width: 70)
        for part in ["imgs", "gt"] {
            let result = try evaluate([
                "-m", model, tiles, "--report", data("tiles/\(part)/1.mat"),
            ])
            #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
        }
        #expect(try data.bytes("t.tif") == before)
        #expect(try data.maps.isEmpty)
    }

    @Test func `what is taken for granted is said, on the page and in JSON too`() throws {
        let (map, _, _) = try map()
        let writer = try RasterWriter(
            path: data("n.tif"), width: 900, height: 300, bands: [.init(role: .other)],
            type: .uint8)
        let pixels = (0..<900 * 300).map { UInt8($0 / 90 % 3) }
        try writer.write(
            pixels.span, window: PixelWindow(x: 0, y: 0, width: 900, height: 300), band: 1)
        try writer.finish()
        let result = try evaluate([
            "--labels", map, "--truth", data("n.tif"), "--json", "--report",
            data("maps/page.html"),
        ])
        #expect(result.status == 0)
        let note =
            "“\(data("n.tif"))” does not say where its pixels lie: they are taken for those of “\(map)”."
        #expect(result.errors == "iicd: note: \(note)\n")
        let report = try JSONValue(parsing: Array(result.output.utf8))
        #expect(report["notes"] == .array([.string(note)]))
        let words =
            "“n.tif” does not say where its pixels lie: they are taken for those of “&lt;m&gt;.tif”."
        #expect(try page().contains("<h2>Taken for granted</h2><p class=\"warn\">\(words)</p>"))
        expectWhole(try page(), pictures: 3)
    }

    @Test func `baselines count towards the memory limit`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 600, height: 500)
        let truth = try data.scene("t.tif", UInt8.self, width: 600, height: 500, bands: 1)
        let model = try data.model()
        for known in [
            ["--labels", truth, "--truth", truth, "--scene", scene],
            ["-m", model, scene, "--truth", truth],
        ] {
            let flags = ["--baseline", "kmeans,mixture"]
            let refused = try evaluate(known + flags + ["--memory", "190MiB"])
            #expect(refused.status == 64 && refused.output.isEmpty, "\(refused.errors)")
            let words = "too low for --baseline on these data: give --memory "
            #expect(refused.errors.contains(words), "\(refused.errors)")
            let least = refused.errors.split(separator: "--memory ").last?.prefix { $0.isNumber }
            let mebibytes = try #require(least.flatMap { Int($0) })
            #expect((190..<600).contains(mebibytes))
            let enough = try Program(
                ["evaluate"] + known + flags + ["--memory", "\(mebibytes)MiB"])
            var peak = 0
            while !enough.hasEnded {
                peak = max(peak, enough.peakBytes ?? 0)
                usleep(2_000)
            }
            let result = try enough.wait()
            #expect(result.status == 0, "\(result.errors)")
            #expect(peak < mebibytes << 20, "\(peak >> 20) of \(mebibytes) MiB")
        }
    }
}
