import Foundation
import FoundationNetworking
import IICInfer
import IICNaming
import Testing

/// Named classes, without a browser.
@Suite struct NameTests {
    private let data: TestData
    private let model: String
    private let scene: String
    private let truth: String

    init() throws {
        data = try TestData()
        model = try data.model("model.safetensors", isRefined: true)
        let made = try Program.run("sample", data("made"), "--size", "300", "--seed", "2")
        #expect(made.status == 0, "\(made.errors)")
        scene = data("made/scene.tif")
        truth = data("made/truth.tif")
    }

    @discardableResult
    private func name(_ flags: [String], status: Int32 = 0) throws -> Program.Result {
        let result = try Program(["name", model] + flags).wait()
        #expect(result.status == status, "\(flags): \(result.errors)")
        return result
    }

    private func labels(_ model: String, _ map: String, _ flags: [String] = []) throws -> [Int32] {
        let result = try Program(
            ["segment", scene, "-m", model, "-o", data(map)] + flags
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        let reader = try LabelReader(path: data(map))
        return try reader.read(
            PixelWindow(x: 0, y: 0, width: reader.width, height: reader.height))
    }

    @Test func `simulated answers make a model that maps, and say what they are`() throws {
        let flags = [
            scene, "-o", data("n.safetensors"), "--simulate", truth, "--clicks", "30",
        ]
        let result = try name(flags)
        #expect(result.errors.contains("a measurement"))
        #expect(result.output.contains("6 classes: ") && result.output.contains("30 answers"))
        let first = try data.bytes("n.safetensors")
        // Answers are never replaced without a word, the model is.
        #expect(try name(flags, status: 73).errors.contains("n.answers.gpkg"))
        try name(flags + ["--overwrite", "--threads", "1", "--memory", "300MiB"])
        #expect(try data.bytes("n.safetensors") == first)
        let resumed = try name([scene, "-o", data("n.safetensors")], status: 65)
        #expect(resumed.errors.contains("simulated"))
        // Most of the sample is easy, whatever the network has learnt.
        let named = try ModelBundle(reading: data("n.safetensors"))
        let map = try labels(data("n.safetensors"), "n.tif")
        let known = try LabelReader(path: truth)
        let uses = try known.read(PixelWindow(x: 0, y: 0, width: 300, height: 300))
        let right = zip(map, uses).filter { label, use in
            named.legend.entries[Int(label)].name == known.categories[Int(use)]
        }.count
        #expect(right > map.count * 85 / 100, "\(right)")
        // The filter is the model's, and can be left out.
        let plain = try labels(data("n.safetensors"), "p.tif", ["--majority", "1"])
        #expect(plain != map)
        #expect(try labels(data("n.safetensors"), "m.tif", ["--majority", "5"]) == map)
        let inspected = try Program.run("inspect", data("n.safetensors"))
        #expect(inspected.output.contains("6 classes, learnt from answers, --majority 5"))
        // Shares that are known are those of the network's classes.
        let legend = try Program.run("legend", data("n.safetensors"))
        #expect(legend.status == 0 && !legend.output.contains("share"), "\(legend.errors)")
        let refused = try Program.run(
            "segment", scene, "-m", data("n.safetensors"), "-o", data("x.tif"), "--no-refine")
        #expect(refused.status == 64 && refused.errors.contains("named ones"))
        let scored = try Program.run(
            "evaluate", "-m", data("n.safetensors"), scene, "--truth", truth)
        #expect(scored.status == 0, "\(scored.errors)")
        let adapted = try Program.run(
            "adapt", data("n.safetensors"), scene, "-o", data("a.safetensors"))
        #expect(adapted.status == 64, "\(adapted.errors)")
    }

    @Test func `proposals come back as points`() throws {
        try name([scene, "--propose", "12", "-o", data("p.gpkg")])
        try name([scene, "--propose", "12", "-o", data("p.gpkg")], status: 73)
        let page = String(decoding: try data.bytes("p.html"), as: UTF8.self)
        #expect(page.components(separatedBy: "<figure>").count == 13)
        // Somebody fills in half of them.
        try data.write(
            Data(
                """
                {"type": "FeatureCollection", "features": [\((0..<40).map { index in
                    """
                    {"type": "Feature", "properties": {"kind": "\(index % 2 == 0 ? "a" : "<b>")"},
                     "geometry": {"type": "Point", "coordinates":
                       [\(390_000 + Double(index) * 2 + 0.5), \(5_820_000 - Double(index) * 2 - 0.5)]}}
                    """
                }.joined(separator: ","))]}
                """.utf8), "points.geojson")
        let wrong = try name(
            [scene, "--points", data("p.gpkg"), "-o", data("q.safetensors")], status: 65)
        #expect(wrong.errors.contains("two classes"))
        let none = try name(
            [scene, "--points", data("p.gpkg"), "--field", "nix", "-o", data("q.safetensors")],
            status: 64)
        #expect(none.errors.contains("“class”"))
        #expect(!FileManager.default.fileExists(atPath: data("q.safetensors")))
    }

    @Test func `assigned names replace the numbers of a map`() throws {
        try name(["--assign", "0,1=wet", "3=dry", "-o", data("a.safetensors")])
        let before = try labels(model, "before.tif")
        let after = try labels(data("a.safetensors"), "after.tif")
        let named = try ModelBundle(reading: data("a.safetensors"))
        guard case .merged(let targets)? = named.naming?.classes else {
            Issue.record("not merged")
            return
        }
        #expect(after == before.map { Int32(targets[Int($0)]) })
        #expect(named.legend.entries[0].name == "wet")
        // There are fewer of them than the network has.
        let shares = try Program.run(
            "segment", scene, "-m", data("a.safetensors"), "-o", data("after.tif"),
            "--probabilities", data("shares.tif"))
        #expect(shares.status == 0, "\(shares.errors)")
        try name(["--assign", "99=x", "-o", data("a.safetensors")], status: 64)
        try name(["--assign", "x", "-o", data("a.safetensors")], status: 64)
        // Neither the model nor a scene is replaced.
        let bytes = try data.bytes("model.safetensors")
        try name(["--assign", "0=x", "-o", model], status: 64)
        #expect(try data.bytes("model.safetensors") == bytes)
    }

    @Test(arguments: [
        ["-o", "x"], ["S", "-o", "x", "--propose", "3", "--points", "y"],
        ["S", "-o", "x", "--propose", "0"], ["S", "-o", "x", "--clicks", "3"],
        ["S", "-o", "x", "--simulate", "a", "b"], ["S", "-o", "x", "--token-file", "t"],
        ["S", "-o", "x", "--assign", "1=a", "--listen", "127.0.0.1:0"],
    ])
    func `a wrong call ends with 64`(flags: [String]) throws {
        try name(flags.map { $0 == "S" ? scene : $0 == "x" ? data("x") : $0 }, status: 64)
        #expect(!FileManager.default.fileExists(atPath: data("x")))
    }

    @Test(.timeLimit(.minutes(5)))
    func `the page is there until somebody stops it, and its answers stay`() async throws {
        let program = try Program(["name", model, scene, "-o", data("n.safetensors"), "--json"])
        for _ in 0..<10_000 where !program.output.contains("\n") && !program.hasEnded {
            usleep(20_000)
        }
        let line = try #require(program.output.split(separator: "\n").first)
        let url = try #require(try JSONValue(parsing: Array(line.utf8))["url"]?.string)
        let state = try await fetch(url + "api/state")
        #expect(state["kind"]?.string == "naming")
        let point = try #require(state["proposal"]?["point"]?.integer)
        let answered = try await fetch(
            url + "api/answer",
            """
            {"revision": \(state["revision"]?.integer ?? 0), "point": \(point), "name": "lake",
             "colour": "#0000ff"}
            """)
        #expect(answered["answers"]?.array?.count == 1)
        program.send(SIGINT)
        #expect(try program.wait().status == 130)
        let saved = try VectorFile(reading: data("n.answers.gpkg"))
        #expect(saved.layers.map(\.name) == ["answers"])
        #expect(!FileManager.default.fileExists(atPath: data("n.safetensors")))
    }

    private func fetch(_ address: String, _ body: String? = nil) async throws -> JSONValue {
        var request = URLRequest(url: try #require(URL(string: address)))
        if let body {
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(body.utf8)
        }
        return try JSONValue(parsing: Array(try await URLSession.shared.data(for: request).0))
    }
}
