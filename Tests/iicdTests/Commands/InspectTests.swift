import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct InspectTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func scene(bands: Int, type: SampleType = .uint8) throws -> String {
        let writer = try RasterWriter(
            path: folder("scene.tif"), width: 300, height: 200,
            bands: [BandRole.red, .green, .blue, .infrared].prefix(bands).map { .init(role: $0) },
            type: type,
            georeference: Georeference(transform: [10, 0.5, 0, 20, 0, -0.5]), nodata: 7)
        let row = [UInt16](repeating: 1, count: 300 * 200 * bands)
        try writer.write(
            interleaved: row.span, window: PixelWindow(x: 0, y: 0, width: 300, height: 200))
        try writer.finish()
        return folder("scene.tif")
    }

    private func model() throws -> String {
        let architecture = Architecture(width: 1.0 / 32, overclusters: 5, classes: 3)
        var weights = ParameterBlock(atRest: architecture)
        for entry in weights.layout.entries {
            weights[entry.tensor] = .init(repeating: 1, count: entry.range.count)
        }
        let model = ModelBundle(
            geometry: .paper,
            bands: [.red, .green, .blue, .infrared], scaling: .uint8(channels: 4),
            legend: .unnamed(classes: 3), preset: "quick", softwareVersion: "0",
            weights: weights, history: [.init(step: 4, lossA: -0.5, lossB: -0.25)])
        try model.write(to: folder("model"))
        return folder("model")
    }

    private func json(_ arguments: String...) throws -> JSONValue {
        let result = try Program(["inspect"] + arguments + ["--json"]).wait()
        #expect(result.status == 0, "\(result.errors)")
        return try JSONValue(parsing: Array(result.output.utf8))
    }

    @Test func `a scene is reported as GDAL knows it`() throws {
        let report = try json(scene(bands: 4, type: .uint16))
        #expect(report["kind"] == "scene" && report["format"] == "GTiff")
        #expect(report["size"] == [300, 200] && report["blocks"] == [256, 256])
        #expect(report["compression"] == "DEFLATE" && report["crs"] == .null)
        #expect(report["geotransform"] == [10.0, 0.5, 0.0, 20.0, 0.0, -0.5])
        #expect(report["bands"]?.array?.count == 4)
        #expect(report["bands"]?.array?.first?["nodata"] == 7.0)
        #expect(report["bands"]?.array?.first?["type"] == "UInt16")
    }

    @Test func `a model is known by its content and told`() throws {
        let report = try json(model())
        #expect(report["kind"] == "model" && report["geometry"] == "paper")
        #expect(report["bands"] == ["red", "green", "blue", "infrared"])
        #expect(report["losses"] == ["step": 4, "A": -0.5, "B": -0.25])
        #expect(report["modelHash"]?.string?.count == 64)
        #expect(report["quantiles"] == .null)
    }

    @Test func `both together tell whether it would run`() throws {
        let fit = try json(scene(bands: 4), "-m", model())["fit"]
        #expect(fit?["runs"] == true && fit?["bands"] == [1, 2, 3, 4])
        #expect((fit?["estimatedSeconds"]?.number ?? 0) > 0)
        #expect(fit?["reason"] == .null && fit?["warnings"]?.array?.isEmpty == true)
        // As `segment` refuses it.
        let wide = try json(scene(bands: 4, type: .uint16), "-m", model())["fit"]
        #expect(wide?["runs"] == false && wide?["bands"] == [1, 2, 3, 4])
        #expect(wide?["reason"]?.string?.contains("give --scaling scene") == true)
        #expect(wide?["reason"]?.string?.contains("--scaling match") == false)
        var bundle = try ModelBundle(reading: model())
        bundle.quantiles = BandQuantiles(
            probabilities: [0, 0.5, 1], bands: .init(repeating: [1, 2, 3], count: 4))
        try bundle.write(to: folder("matching"))
        #expect(try json(folder("matching"))["quantiles"] == 3)
        let both = try json(scene(bands: 4, type: .uint16), "-m", folder("matching"))["fit"]
        #expect(both?["reason"]?.string?.contains("or --scaling match") == true)
        let few = try json(scene(bands: 3), "-m", model())["fit"]
        #expect(few?["runs"] == false && few?["reason"]?.string?.contains("bands") == true)
    }

    @Test func `what is neither is refused with its exit code`() throws {
        try folder.write(text: "text", to: "a.tif")
        try folder.write(text: "text", to: "a.safetensors")
        let cases: [([String], Int32)] = [
            (["a.tif"], 65), (["a.safetensors"], 65), (["none"], 66), (["."], 66),
            (["a.tif", "--bands", "1,x"], 64), (["a.tif", "--threads", "0"], 64),
        ]
        for (arguments, status) in cases {
            let result = try Program(
                ["inspect", folder(arguments[0])] + arguments.dropFirst()
            ).wait()
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.hasPrefix("iicd: ") && result.output.isEmpty)
        }
    }

    @Test func `the watch command refuses what cannot work`() throws {
        let model = try model()
        let none = try Program.run("watch", folder("none"), "-m", model, "-o", folder("maps"))
        #expect(none.status == 66)
        let same = try Program.run("watch", folder.path, "-m", model, "-o", folder.path)
        #expect(same.status == 64)
        let damaged = try Program.run("watch", folder.path, "-m", folder("x"), "-o", folder("maps"))
        #expect(damaged.status == 66)
        let idle = try Program.run(
            "watch", folder.path, "-m", model, "-o", folder("maps"), "--once", "--settle", "0")
        #expect(idle.status == 0, "\(idle.errors)")
    }

    @Test(.timeLimit(.minutes(4))) func `SIGTERM ends the watch command cleanly`() throws {
        let program = try Program(["watch", folder.path, "-m", model(), "-o", folder("maps")])
        while !program.errors.contains("Watching") && !program.hasEnded { usleep(20_000) }
        usleep(200_000)
        program.send(SIGTERM)
        let result = try program.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("Stopped"))
    }
}
