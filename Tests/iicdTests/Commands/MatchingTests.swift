import Foundation
import IICInfer
import Testing

/// `--scaling match`, with a model whose quantiles are those of a scene.
@Suite struct MatchingTests {
    private let data: TestData
    private let scene: String
    /// The same scene in another light: 16 bits, and twice the values.
    private let bright: String
    private let model: String

    init() throws {
        data = try TestData()
        scene = try data.scene("a.tif", UInt8.self, width: 430, height: 250)
        bright = try Self.write(data("bright.tif"), width: 430, height: 250) { value in 2 * value }
        let reader = try SceneReader(path: scene, roles: [.red, .green, .blue, .infrared])
        var bundle = try ModelBundle(reading: data.model("plain.safetensors"))
        bundle.quantiles = try BandQuantiles(of: reader)
        model = data("model.safetensors")
        try bundle.write(to: model)
    }

    /// The pixels of ``TestData/scene(_:_:width:height:bands:)``, each value changed.
    private static func write(
        _ path: String, width: Int, height: Int, change: (UInt16) -> UInt16
    ) throws -> String {
        let writer = try RasterWriter(
            path: path, width: width, height: height,
            bands: [BandRole.red, .green, .blue, .infrared].map { .init(role: $0) }, type: .uint16,
            georeference: TestData.place, nodata: 0)
        for y in 0..<height {
            var row: [UInt16] = []
            for x in 0..<width {
                for band in 0..<4 {
                    let patch = TestData.noise(x / 23, y / 31, band)
                    let value = 1 + patch * 3 / 4 + TestData.noise(x, y, 9 + band) / 5
                    row.append(x + y < 40 ? 0 : change(UInt16(value)))
                }
            }
            try writer.write(
                interleaved: row.span, window: PixelWindow(x: 0, y: y, width: width, height: 1))
        }
        try writer.finish()
        return path
    }

    private func segment(_ scene: String, _ map: String, _ flags: String...) throws {
        let result = try Program(
            ["segment", scene, "-m", model, "-o", data("maps/" + map)] + flags
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `a scene in another light gets the map of the first one`() throws {
        try segment(scene, "a.tif")
        try segment(bright, "match.tif", "--scaling", "match")
        let first = try data.labels("maps/a.tif")
        #expect(first.kinds.count > 2)
        #expect(try data.labels("maps/match.tif").labels == first.labels)
        // The scene that the quantiles are of stays as it is.
        try segment(scene, "same.tif", "--scaling", "match")
        #expect(try data.labels("maps/same.tif").labels == first.labels)
    }

    @Test(arguments: ["paper", "seamless"])
    func `threads and memory change no byte, and a part has the curve of the whole`(
        geometry: String
    ) throws {
        let flags = ["--scaling", "match", "--geometry", geometry]
        for (name, more) in [
            ("1", ["--threads", "1"]), ("3", ["--threads", "3", "--memory", "172MiB"]),
            ("part", ["--bbox", "191,33,405,9999"]),
        ] {
            let result = try Program(
                ["segment", bright, "-m", model, "-o", data("maps/\(name).tif")] + flags + more
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try data.bytes("maps/1.tif") == data.bytes("maps/3.tif"))
        let window = PixelWindow(x: 191, y: 33, width: 214, height: 217)
        #expect(
            try data.labels("maps/part.tif").labels == data.labels("maps/1.tif", window).labels)
    }

    @Test func `a scene without data, with equal pixels or NaN gets a map`() throws {
        func floats(_ name: String, _ value: (Int, Int) -> Float) throws -> String {
            let writer = try RasterWriter(
                path: data(name), width: 60, height: 60,
                bands: [BandRole.red, .green, .blue, .infrared].map { .init(role: $0) },
                type: .float32)
            let pixels = (0..<60 * 60 * 4).map { value($0 / 4 % 60, $0 / 240) }
            try writer.write(
                interleaved: pixels.span, window: PixelWindow(x: 0, y: 0, width: 60, height: 60))
            try writer.finish()
            return data(name)
        }
        try segment(floats("none.tif") { _, _ in .nan }, "none.tif", "--scaling", "match")
        #expect(try data.labels("maps/none.tif").kinds == [LabelReader.none])
        try segment(floats("flat.tif") { _, _ in -0.25 }, "flat.tif", "--scaling", "match")
        #expect(try !data.labels("maps/flat.tif").kinds.contains(LabelReader.none))
        try segment(
            floats("some.tif") { x, y in x < 20 ? .nan : Float(x * y) / 1e4 }, "some.tif",
            "--scaling", "match")
        let labels = try data.labels("maps/some.tif").labels
        #expect(labels.count { $0 == LabelReader.none } == 20 * 60)
    }

    @Test func `a model without quantiles says what to do`() throws {
        for command in [["segment", bright], ["watch", data.path, "--once"]] {
            let result = try Program(
                command + [
                    "-m", data("plain.safetensors"), "-o", data("maps"), "--scaling", "match",
                ]
            ).wait()
            #expect(result.status == 65)
            #expect(result.errors.contains("train it again, or give --scaling scene"))
        }
        #expect(try data.maps.isEmpty)
        let refused = try Program.run("segment", bright, "-m", model, "-o", data("maps/m.tif"))
        #expect(refused.status == 65)
        #expect(refused.errors.contains("give --scaling scene"))
        #expect(refused.errors.contains("--scaling match"))
    }

    @Test func `quantiles are in the provenance of matched maps alone`() throws {
        var bundle = try ModelBundle(reading: model)
        bundle.quantiles?.bands[2][72] = 300
        try bundle.write(to: data("other.safetensors"))
        func provenance(_ model: String, _ scaling: String) throws -> MapProvenance? {
            let map = data("maps/m.tif")
            let result = try Program.run(
                "segment", scene, "-m", data(model), "-o", map, "--scaling", scaling)
            #expect(result.status == 0, "\(result.errors)")
            return MapProvenance(file: map)
        }
        for scaling in ["model", "scene"] {
            let plain = try #require(try provenance("plain.safetensors", scaling))
            #expect(try provenance("model.safetensors", scaling) == plain)
        }
        let matched = try #require(try provenance("model.safetensors", "match"))
        #expect(try provenance("model.safetensors", "match") == matched)
        #expect(try provenance("other.safetensors", "match") != matched)
    }

    @Test(.timeLimit(.minutes(4)))
    func `watch gives each scene its own curve, and knows its maps again`() throws {
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: true)
        for (from, name) in [(scene, "a.tif"), (bright, "b.tif")] {
            try FileManager.default.copyItem(atPath: from, toPath: data("in/" + name))
        }
        let arguments = [
            "watch", data("in"), "-m", model, "-o", data("maps"), "--once", "--settle", "0",
            "--scaling", "match",
        ]
        let first = try Program(arguments).wait()
        #expect(first.status == 0, "\(first.errors)")
        #expect(try data.labels("maps/a.tif").labels == data.labels("maps/b.tif").labels)
        let again = try Program(arguments).wait()
        #expect(again.errors.contains("maps already: 2"), "\(again.errors)")
    }

    @Test func `evaluate matches scenes, and refuses to match tiles`() throws {
        try segment(scene, "truth.tif")
        let result = try Program.run(
            "evaluate", "-m", model, bright, "--truth", data("maps/truth.tif"), "--scaling",
            "match", "--json")
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONValue(parsing: Array(result.output.utf8))
        #expect(report["accuracy"]?.number == 1)
        let tiles = try data.tiles("tiles", count: 1, height: 60, width: 60)
        let refused = try Program.run("evaluate", "-m", model, tiles, "--scaling", "match")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--scaling match needs a scene"))
    }
}
