import Foundation
import IICInfer
import Testing

extension ByteNameTests {
    @Test func `a training on a scene of any name goes on, and its model maps the scene`() throws {
        try data.scene("a.tif", UInt8.self, width: 130, height: 110)
        try shell(Self.move)
        let scene = path("", Self.odd)
        let name = [0xE9] + Array(".safetensors".utf8)
        let model = path("maps/", name)
        for flags in [["--steps", "2"], ["--steps", "3", "--resume"]] {
            let result = try Program(
                ["train", scene, "-o", model] + TrainTests.small + flags
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasPrefix(data(#"maps/\xE9.safetensors  "#)))
        }
        let files: [[UInt8]] = ["", ".checkpoint", ".run"].map { name + Array($0.utf8) }
        #expect(try names("maps") == files)
        let report = try InputFile("\(model).run/report.html")
        let page = String(decoding: try report.read(0..<report.size), as: UTF8.self)
        #expect(page.contains(#"<h1>\xE9.safetensors</h1>"#) && page.contains(Self.shown))
        let told = try Program.run("inspect", scene, "-m", model)
        #expect(told.status == 0 && told.output.contains(data(Self.shown)), "\(told.errors)")
        let map = path("maps/", Self.odd)
        let made = try Program.run("segment", scene, "-m", model, "-o", map)
        #expect(made.status == 0, "\(made.errors)")
        let scored = try Program.run("evaluate", "--labels", map, "--truth", map)
        #expect(scored.status == 0, "\(scored.errors)")
    }

    @Test func `a sample's folder may have any name`() throws {
        let folder = path("", [0xE9, 0x0A])
        let sample = try Program.run("sample", folder, "--size", "410")
        #expect(sample.status == 0, "\(sample.errors)")
        #expect(sample.output.contains(data(#"\xE9\x0A/tiles  4 tiles"#)), "\(sample.output)")
        let trained = try Program(
            ["train", folder + "/tiles", "-o", data("maps/m")] + TrainTests.small + [
                "--steps", "1",
            ]
        ).wait()
        #expect(trained.status == 0, "\(trained.errors)")
        let scored = try Program.run("evaluate", "-m", data("maps/m"), folder + "/tiles", "--json")
        #expect(scored.status == 0, "\(scored.errors)")
    }
}
