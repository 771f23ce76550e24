import Foundation
import IICInfer
import IICTrain
import Testing

@Suite struct EvaluateModelTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
    }

    private func evaluate(_ arguments: String...) throws -> JSONValue {
        let result = try Program(["evaluate", "-m", model, "--json"] + arguments).wait()
        #expect(result.status == 0, "\(result.errors)")
        return try JSONValue(parsing: Array(result.output.utf8))
    }

    @Test(arguments: ["paper", "seamless"])
    func `a scene's score against its own map is perfect`(geometry: String) throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 430, height: 250)
        let map = try Program.run(
            "segment", scene, "-m", model, "-o", data("m.tif"), "--geometry", geometry)
        #expect(map.status == 0, "\(map.errors)")
        let report = try evaluate(
            scene, "--truth", data("m.tif"), "--geometry", geometry, "--baseline", "kmeans")
        #expect(report["accuracy"]?.number == 1)
        #expect(report["ignored"]?.integer == 40 * 41 / 2)
        #expect(report["pixels"]?.integer == 430 * 250 - 40 * 41 / 2)
        let kmeans = report["baselines"]?.array?.first
        #expect(kmeans?["method"]?.string == "kmeans")
        #expect((kmeans?["accuracy"]?.number ?? 2) < 1)
    }

    @Test func `tiles are labelled as scenes of their size`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 90, height: 70)
        let map = try Program.run("segment", scene, "-m", model, "-o", data("m.tif"))
        #expect(map.status == 0, "\(map.errors)")
        let reader = try SceneReader(path: scene, roles: [.red, .green, .blue, .infrared])
        var values = [Float](repeating: 0, count: 90 * 70 * 4)
        var valid = [UInt8](repeating: 0, count: 90 * 70)
        do {
            var valueSpan = values.mutableSpan
            var validSpan = valid.mutableSpan
            try reader.read(
                PixelWindow(x: 0, y: 0, width: 90, height: 70), into: &valueSpan,
                valid: &validSpan)
        }
        for folder in ["tiles/imgs", "tiles/gt"] {
            try FileManager.default.createDirectory(
                atPath: data(folder), withIntermediateDirectories: true)
        }
        try MatFile.write(
            MatTile(height: 70, width: 90, channels: 4, pixels: values.map { UInt8($0) }),
            to: data("tiles/imgs/1.mat"))
        try MatFile.write(
            MatLabels(height: 70, width: 90, labels: data.labels("m.tif").labels),
            to: data("tiles/gt/1.mat"))
        let report = try evaluate(data("tiles"))
        #expect(report["accuracy"]?.number == 1)
        #expect(report["pixels"]?.integer == 90 * 70 - 40 * 41 / 2)
    }

    @Test func `data that do not suit the model are refused`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 90, height: 70)
        let wide = try data.scene("b.tif", UInt16.self, width: 90, height: 70)
        for (arguments, status) in [
            ([scene], Int32(64)), ([data("none")], 66), ([data("maps")], 65),
            ([wide, "--truth", scene], 65), ([scene, "--truth", data("none")], 66),
            ([scene, "--truth", scene], 65), ([scene, "--truth", scene, "--memory", "1MiB"], 64),
        ] {
            let result = try Program(["evaluate", "-m", model] + arguments).wait()
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.hasPrefix("iicd: ") && result.output.isEmpty)
        }
    }
}
