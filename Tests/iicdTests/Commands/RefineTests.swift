import Foundation
import IICInfer
import IICTrain
import Testing

/// What makes the classes, as users choose it.
@Suite struct RefineTests {
    private let data: TestData
    /// Two models of one network.
    private let plain: String
    private let refined: String
    private let scene: String

    init() throws {
        data = try TestData()
        plain = try data.model("plain")
        refined = try data.model("refined", isRefined: true)
        scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
    }

    /// Maps the scene.
    private func map(
        _ name: String, _ model: String, _ flags: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Data {
        let map = "maps/\(name).tif"
        let result = try Program(
            ["segment", scene, "-m", model, "-o", data(map)] + flags, environment: environment
        ).wait()
        #expect(result.status == 0, "\(flags): \(result.errors)")
        return try data.bytes(map)
    }

    private func settingsHash(_ name: String) throws -> String {
        try #require(MapProvenance(file: data("maps/\(name).tif"))).settingsHash
    }

    @Test(arguments: [
        (
            "plain", ["--refine", "both"],
            "The model has no refinement, which --refine both needs: give --refine network, or "
                + "train it again with --refine."
        ),
        (
            "plain", ["--refine", "mixture"],
            "The model has no refinement, which --refine mixture needs: give --refine network, or "
                + "train it again with --refine."
        ),
        (
            "refined", ["--refine", "mixture", "--geometry", "paper"],
            "--refine mixture reads pixels beside a tile, which --geometry paper does not know: "
                + "give --refine network or --geometry seamless."
        ),
        (
            "refined", ["--no-refine", "--refine", "both"],
            "Give either --refine both or --no-refine."
        ),
    ])
    func `what cannot be done ends with what to do`(
        model: String, flags: [String], words: String
    ) throws {
        for command in [
            ["segment", scene, "-o", data("maps/m.tif")], ["watch", data("maps"), "-o"],
        ] {
            let output = command[0] == "watch" ? [data("maps/m")] : []
            let result = try Program(command + output + ["-m", data(model)] + flags).wait()
            // A model without what is asked for is no wrong call, but the wrong model.
            #expect(result.status == (model == "plain" ? 65 : 64), "\(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(try data.maps.isEmpty)
        }
    }

    @Test func `--no-refine is --refine network, and what a model without one does anyway`() throws
    {
        let before = try map("m", plain)
        for (flags, environment) in [
            (["--no-refine"], [:]), (["--refine", "network"], [:]),
            (["--no-refine", "--refine", "network"], [:]), ([], ["IICD_NO_REFINE": "true"]),
            ([], ["IICD_REFINE": "network"]),
        ] as [([String], [String: String])] {
            #expect(try map("m", plain, flags, environment: environment) == before)
        }
        let labels = try data.labels("maps/m.tif").labels
        for flags in [["--no-refine"], ["--refine", "network"]] {
            _ = try map("r", refined, flags)
            #expect(try data.labels("maps/r.tif").labels == labels)
        }
        // Paper tiles know no neighbours: such maps stay the network's.
        _ = try map("p", plain, ["--geometry", "paper"])
        _ = try map("q", refined, ["--geometry", "paper"])
        #expect(try data.labels("maps/p.tif").labels == data.labels("maps/q.tif").labels)
        #expect(try settingsHash("p") == settingsHash("q"))
    }

    /// As iicd wrote it before there were refinements: its maps are still known.
    @Test func `the settings of head B alone have the hash that they had`() throws {
        _ = try map("m", plain)
        _ = try map("n", refined, ["--no-refine"])
        let before = "821f80470b0345928a57e8a1f71a8db8e7b7b760febc87a84a232bae01a81074"
        #expect(try settingsHash("m") == before && settingsHash("n") == before)
    }

    @Test func `network, mixture and both differ, and both is what a refined model does`() throws {
        let modes = ["network", "mixture", "both"]
        for mode in modes { _ = try map(mode, refined, ["--refine", mode]) }
        #expect(try map("default", refined) == data.bytes("maps/both.tif"))
        #expect(Set(try modes.map { try settingsHash($0) }).count == 3)
        let labels = try modes.map { try data.labels("maps/\($0).tif") }
        #expect(Set(labels.map(\.labels)).count == 3)
        #expect(labels.allSatisfy { $0.kinds.count > 2 })
    }

    @Test func `neither threads nor memory nor other outputs change a byte of a refined map`()
        throws
    {
        let expected = try map("m", refined)
        for (index, flags) in [
            ["--threads", "1"], ["--threads", "3", "--memory", "172MiB"],
            ["--overclusters", data("maps/fine.tif"), "--preview", data("maps/m.png")],
        ].enumerated() {
            #expect(try map("\(index)", refined, flags) == expected, "\(flags)")
        }
        _ = try map("part", refined, ["--bbox", "91,33,205,9999"])
        let window = PixelWindow(x: 91, y: 33, width: 114, height: 177)
        #expect(
            try data.labels("maps/part.tif").labels == data.labels("maps/m.tif", window).labels)
    }

    @Test func `a map is known by the way that it was refined`() throws {
        func isDone(_ model: String, _ refine: Refine?) throws -> Bool {
            var settings = SegmentSettings(threads: 1)
            settings.refine = refine
            return try SegmentJob(model: ModelBundle(reading: model), settings: settings).isDone(
                scene: scene, outputs: [LabelMap(.classes, path: data("maps/m.tif"))])
        }
        _ = try map("m", plain)
        #expect(try isDone(plain, nil) && isDone(plain, .network))
        #expect(try !isDone(refined, .network) && !isDone(refined, nil))
        _ = try map("m", refined)
        #expect(try isDone(refined, nil) && isDone(refined, .both))
        #expect(try !isDone(refined, .network) && !isDone(refined, .mixture))
    }

    @Test(.timeLimit(.minutes(4)))
    func `another refinement has a folder mapped again`() throws {
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: false)
        try data.write(data.bytes("a.tif"), "in/a.tif")
        func watch(_ flags: String...) throws -> String {
            let result = try Program(
                [
                    "watch", data("in"), "-m", refined, "-o", data("maps"), "--settle", "0",
                    "--once",
                ] + flags
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
            return result.errors
        }
        #expect(try watch().contains("Mapped “a.tif”"))
        #expect(try watch("--refine", "both").contains("“a.tif” has its map already"))
        #expect(try watch("--no-refine").contains("Mapped “a.tif”"))
        #expect(try watch("--refine", "network").contains("“a.tif” has its map already"))
        #expect(try watch("--refine", "mixture").contains("Mapped “a.tif”"))
    }

    @Test(arguments: ["network", "mixture", "both"])
    func `tiles are labelled as scenes of their size`(mode: String) throws {
        let (width, height) = (90, 70)
        try data.tiles("tiles", count: 1, height: height, width: width)
        let tile = try MatFile.tile(at: data("tiles/imgs/0.mat"))
        let writer = try RasterWriter(
            path: data("t.tif"), width: width, height: height,
            bands: [.red, .green, .blue, .infrared].map { .init(role: $0) }, type: .uint8)
        try writer.write(
            interleaved: tile.pixels.span,
            window: PixelWindow(x: 0, y: 0, width: width, height: height))
        try writer.finish()
        let map = try Program.run(
            "segment", data("t.tif"), "-m", refined, "-o", data("maps/t.tif"), "--refine", mode)
        #expect(map.status == 0, "\(map.errors)")
        let (labels, kinds) = try data.labels("maps/t.tif")
        #expect(kinds.count > 2)
        try MatFile.write(
            MatLabels(height: height, width: width, labels: labels), to: data("tiles/gt/0.mat"))
        for (truth, arguments) in [
            ("tiles", [data("tiles")]), ("scene", [data("t.tif"), "--truth", data("maps/t.tif")]),
        ] {
            let result = try Program(
                ["evaluate", "-m", refined, "--json", "--refine", mode] + arguments
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
            let report = try JSONValue(parsing: Array(result.output.utf8))
            #expect(report["accuracy"]?.number == 1, "\(truth)")
            #expect(report["pixels"]?.integer == width * height)
        }
    }
}
