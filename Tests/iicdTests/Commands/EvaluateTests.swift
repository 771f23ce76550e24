import Foundation
import IICInfer
import IICTrain
import Testing

@Suite struct EvaluateTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func expect(
        _ status: Int32, _ words: String, from arguments: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try Program(["evaluate"] + arguments).wait()
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(
            result.errors.hasPrefix("iicd: ") && result.errors.contains(words),
            "\(result.errors)", sourceLocation: sourceLocation)
        let lines = result.errors.split(separator: "\n").count
        #expect(lines == 1 || status == 64, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func `rasters that do not fit each other are refused`() throws {
        let sizes = [("a", 70), ("b", 71)]
        for (name, width) in sizes {
            _ = try data.scene("\(name).tif", UInt8.self, width: width, height: 60, bands: 1)
        }
        let scene = try data.scene("s.tif", UInt8.self, width: 70, height: 60)
        let text = try data.write(Data("text".utf8), "text.tif")
        let (a, b) = (data("a.tif"), data("b.tif"))
        try expect(65, "cut both to the same extent", from: "--labels", a, "--truth", b)
        try expect(66, "There is no file", from: "--labels", a, "--truth", data("none"))
        try expect(65, "is not a TIFF file", from: "--labels", text, "--truth", a)
        try expect(
            65, "is no raster of class numbers: it has 4 bands, and should have one.",
            from: "--labels", scene, "--truth", a)
        try expect(64, "--labels needs --truth", from: "--labels", a)
        try expect(
            64, "needs --scene", from: "--labels", a, "--truth", a, "--baseline", "kmeans")
    }

    @Test func `baselines that cannot be made are refused`() throws {
        let map = ["--labels", "a.tif", "--truth", "a.tif", "--scene", "s.tif"]
        for (words, arguments) in [
            (
                "“forest” is no baseline; there is: kmeans, mixture.",
                ["--baseline", "kmeans,forest"]
            ),
            ("“” is no baseline", ["--baseline", "kmeans,"]),
            ("“1” is no number of clusters: give 2 to 254", ["--clusters", "6,1"]),
            ("“255” is no number of clusters", ["--clusters", "255"]),
            ("“six” is no number of clusters", ["--clusters", "six"]),
            ("--clusters is for --baseline", ["--clusters", "6"]),
        ] {
            let result = try Program(["evaluate"] + map + arguments).wait()
            #expect(result.status == 64, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(result.output.isEmpty)
        }
    }

    @Test func `each baseline is scored with each number of clusters`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let truth = try data.scene("t.tif", UInt8.self, width: 60, height: 50, bands: 1)
        func run(_ arguments: String...) throws -> JSONValue {
            let result = try Program(
                ["evaluate", "--labels", truth, "--truth", truth, "--scene", scene, "--json"]
                    + arguments
            ).wait()
            #expect(result.status == 0, "\(result.errors)")
            return try JSONValue(parsing: Array(result.output.utf8))
        }
        let report = try run("--baseline", "kmeans,mixture,kmeans", "--clusters", "5,24,5")
        let baselines = report["baselines"]?.array ?? []
        #expect(
            baselines.map { $0["method"]?.string }
                == ["kmeans", "kmeans", "mixture", "mixture", "majority"])
        #expect(baselines.map { $0["clusters"]?.integer } == [5, 24, 5, 24, 1])
        for key in ["accuracy", "manyToOneAccuracy", "meanIoU", "nmi", "ari"] {
            #expect(baselines.allSatisfy { (0...1).contains($0[key]?.number ?? -1) }, "\(key)")
        }
        #expect(baselines.last?["accuracy"]?.number == report["majorityShare"]?.number)
        #expect(try run()["baselines"]?.array?.count == 1)
    }

    @Test func `tiles without truth, or with truth of another size, are refused`() throws {
        let model = try data.model()
        let tiles = try data.tiles("tiles", count: 3, height: 60, width: 70)
        let whole = try Program.run("evaluate", "-m", model, tiles, "--json")
        #expect(whole.status == 0, "\(whole.errors)")
        try MatFile.write(
            MatLabels(height: 60, width: 69, labels: Array(repeating: 1, count: 60 * 69)),
            to: data("tiles/gt/1.mat"))
        try expect(65, "cut both to the same extent", from: "-m", model, tiles)
        let bytes = try data.bytes("tiles/gt/0.mat")
        try data.write(bytes.prefix(bytes.count - 9), "tiles/gt/1.mat")
        try expect(65, "ends too early", from: "-m", model, tiles)
        try FileManager.default.removeItem(atPath: data("tiles/gt"))
        try expect(65, "has truth to compare with", from: "-m", model, tiles)
        try expect(65, "has no folder “imgs”", from: "-m", model, data("maps"))
        try expect(64, "is a folder of tiles", from: "-m", model, tiles, "--truth", model)
        try expect(66, "there is no such file", from: "-m", data("none"), tiles)
    }

    /// As many clusters as classes: minutes of k-means.
    @Test(.timeLimit(.minutes(5)))
    func `Ctrl-C ends the baseline's clustering`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 300, height: 300)
        let truth = try data.scene("t.tif", UInt8.self, width: 300, height: 300, bands: 1)
        for arguments in [
            ["-m", try data.model(), scene, "--truth", truth],
            ["--labels", truth, "--truth", truth, "--scene", scene],
        ] {
            let program = try Program(["evaluate", "--baseline", "kmeans", "--json"] + arguments)
            // All tiles are labelled, and more is done than a map takes.
            while try program.processorSeconds < 1 && !program.hasEnded { usleep(10_000) }
            program.send(SIGINT)
            let result = try program.wait()
            #expect(result.status == 130, "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(result.errors.hasSuffix("iicd: Interrupted.\n"), "\(result.errors)")
        }
    }

    @Test func `threads do not change a score`() throws {
        let model = try data.model()
        let tiles = try data.tiles("tiles", count: 7, height: 60, width: 70)
        let scores = try ["1", "2", "5"].map { threads in
            let result = try Program.run(
                "evaluate", "-m", model, tiles, "--baseline", "kmeans,mixture", "--threads",
                threads)
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        #expect(scores[0].contains("29400") && Set(scores).count == 1, "\(scores)")
    }
}
