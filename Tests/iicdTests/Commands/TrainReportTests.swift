import Foundation
import IICInfer
import Testing

@Suite struct ReportPageTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func report(_ source: String, _ arguments: [String]) throws -> String {
        let run = try Program(
            [
                "train", source, "-o", data("maps/<m>.safetensors"), "--width", "0.0625", "--crop",
                "48", "--batch", "4", "--classes", "3",
            ] + arguments
        ).wait()
        #expect(run.status == 0, "\(run.errors)")
        return try String(
            contentsOfFile: data("maps/<m>.safetensors.run/report.html"), encoding: .utf8)
    }

    private func pictures(_ page: String) -> Int {
        page.components(separatedBy: "src=\"data:image/png;base64,iVBOR").count - 1
    }

    /// The page must open anywhere, also without a network, and no name may become markup.
    private func expectWhole(_ page: String) {
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("<h1>&lt;m&gt;.safetensors</h1>") && !page.contains("<m>"))
        for outside in ["http:", "https:", "<script", "<link", "url("] {
            #expect(!page.contains(outside), "\(outside)")
        }
        for tag in ["svg", "table", "section", "figure", "div"] {
            #expect(
                page.components(separatedBy: "<\(tag)").count
                    == page.components(separatedBy: "</\(tag)>").count, "\(tag)")
        }
    }

    @Test func `tiles with truth have curves, pictures and a confusion matrix`() throws {
        let tiles = try data.tiles("tiles", count: 6, height: 60, width: 70)
        let page = try report(tiles, ["--steps", "20"])
        expectWhole(page)
        // Losses, accuracy, classes and evidence.
        #expect(page.components(separatedBy: "<svg").count - 1 == 4)
        // Six tiles: image, three snapshots, the model and truth.
        #expect(pictures(page) == 6 * 6)
        #expect(page.contains("class=\"confusion\""))
        #expect(page.contains("<tr><th>classes</th><td>3</td></tr>"))
        #expect(page.contains("<b>20</b><span>steps</span>"))
        #expect(page.contains("<a href=\"../%3Cm%3E.safetensors.gallery.html\">"))
    }

    @Test func `a scene without truth and three steps has a page as well`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 130, height: 110)
        let page = try report(scene, ["--steps", "3"])
        expectWhole(page)
        #expect(page.contains("No truth is known") && !page.contains("class=\"confusion\""))
        #expect(page.contains("<th>step 0</th><th>step 3</th></tr>"))
    }
}
