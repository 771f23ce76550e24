import Foundation
import IICInfer
import Testing

/// What goes wrong in the middle of a training is reported at once, and costs nothing that was good.
@Suite struct TrainingFailureTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private static let small = ["--width", "0.0625", "--crop", "48", "--batch", "4"]

    private func tiles() throws -> String {
        try data.tiles("tiles", count: 20, height: 60, width: 70)
    }

    private func train(
        _ tiles: String, _ arguments: [String], model: String = "m", fileLimit: Int? = nil
    ) throws -> Program.Result {
        try Program(
            ["train", tiles, "-o", data("maps/\(model)")] + Self.small + arguments,
            fileLimit: fileLimit
        ).wait()
    }

    @Test func `a tile that is damaged inside ends it with a checkpoint of the steps before`()
        throws
    {
        let tiles = try data.tiles("tiles", count: 80, height: 60, width: 70)
        // Without tracking, all tiles would be read before the first step, to calibrate on them.
        let flags = ["--steps", "10", "--batch", "16", "--batchnorm-tracking"]
        #expect(try train(tiles, flags, model: "whole").status == 0)
        // Not one of the tiles that are looked at before the first step, nor of its batch.
        let good = try data.bytes("tiles/imgs/14.mat")
        var bad = good
        for index in bad.indices.suffix(2_000) { bad[index] = 0xA5 }
        try data.write(bad, "tiles/imgs/14.mat")
        let result = try train(tiles, flags)
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.contains("imgs/14.mat” is damaged"), "\(result.errors)")
        #expect(result.errors.contains("--resume goes on from there"), "\(result.errors)")
        let checkpoint = try ModelBundle(reading: data("maps/m.checkpoint"))
        let step = try #require(checkpoint.history.last?.step)
        #expect((1..<5).contains(step))
        // Mended, it ends with the bytes of a training that met no damage.
        try data.write(good, "tiles/imgs/14.mat")
        #expect(try train(tiles, flags + ["--resume"]).status == 0)
        #expect(try data.bytes("maps/m") == data.bytes("maps/whole"))
    }

    @Test func `a tile that is cut off is reported before the first step`() throws {
        let tiles = try tiles()
        let bytes = try data.bytes("tiles/imgs/13.mat")
        try data.write(bytes.dropLast(100), "tiles/imgs/13.mat")
        let result = try train(tiles, ["--steps", "1"])
        #expect(result.status == 65)
        #expect(
            result.errors == "iicd: “\(tiles)/imgs/13.mat” ends too early; copy or save it again.\n"
        )
        #expect(try data.maps.isEmpty)
    }

    /// The limit is between the sizes of a model and of a checkpoint.
    @Test
    func `a full disk is reported at once, leaves the last checkpoint whole and ends with 73`()
        throws
    {
        let tiles = try tiles()
        #expect(try train(tiles, ["--steps", "24"], model: "through").status == 0)
        #expect(try train(tiles, ["--steps", "12"]).status == 0)
        let before = try data.bytes("maps/m.checkpoint")
        let full = try train(
            tiles, ["--steps", "24", "--resume", "--checkpoint-interval", "0"],
            fileLimit: before.count / 2 / 512)
        #expect(full.status == 73, "\(full.errors)")
        let lines = full.errors.split(separator: "\n").filter { !$0.hasPrefix("train:") }
        let start =
            "Cannot write “\(data("maps/m.checkpoint"))”: the file system does not allow so "
            + "large a file."
        #expect(
            lines.first.map { String($0) } == start
                + " Training goes on; the last checkpoint is that of step 12, and the next one tries "
                + "again.", "\(full.errors)")
        #expect(lines.last?.hasPrefix("iicd: \(start) This was the end of the training") == true)
        #expect(lines.count == 2, "\(full.errors)")
        #expect(try data.bytes("maps/m.checkpoint") == before)
        #expect(try data.maps.contains { $0.hasSuffix(".tmp") } == false)
        #expect(try train(tiles, ["--steps", "24", "--resume"]).status == 0)
        for name in ["m", "m.best"] {
            let through = name.replacing("m", with: "through", maxReplacements: 1)
            #expect(try data.bytes("maps/\(name)") == data.bytes("maps/\(through)"))
        }
    }

    @Test func `an older training is not replaced unless that is asked for`() throws {
        let tiles = try tiles()
        #expect(try train(tiles, ["--steps", "20"]).status == 0)
        #expect(try data.maps == ["m", "m.best", "m.checkpoint", "m.run"])
        let before = try data.bytes("maps/m.checkpoint")
        let refused = try train(tiles, ["--steps", "1"])
        #expect(refused.status == 64)
        #expect(refused.errors.contains("m.checkpoint” is there already"), "\(refused.errors)")
        #expect(try data.bytes("maps/m.checkpoint") == before)
        #expect(try train(tiles, ["--steps", "1", "--overwrite"]).status == 0)
        // The best model was the other training's.
        #expect(try data.maps == ["m", "m.checkpoint", "m.run"])
        #expect(try train(tiles, ["--resume", "--overwrite"]).status == 64)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [SIGTERM, SIGHUP])
    func `SIGTERM and a lost terminal end it as Ctrl-C does`(_ signal: Int32) throws {
        let program = try Program(
            ["train", try tiles(), "-o", data("maps/m"), "--steps", "100000000", "--json"]
                + Self.small)
        while !program.errors.contains("}") && !program.hasEnded { usleep(5_000) }
        program.send(signal)
        let result = try program.wait()
        #expect(result.status == 130, "\(result.errors)")
        #expect(try ModelBundle(reading: data("maps/m.checkpoint")).checkpoint != nil)
    }

    @Test func `progress as JSON has losses, speed and memory`() throws {
        let result = try train(try tiles(), ["--steps", "3", "--json"])
        let line = try #require(result.errors.split(separator: "\n").last)
        let value = try JSONValue(parsing: Array(line.utf8))
        #expect(value["step"]?.integer == 3 && value["done"]?.number == 3)
        for key in ["lossA", "lossB", "pairsPerSecond", "memoryBytes"] {
            #expect(value[key]?.number != nil, "\(key)")
        }
        #expect(try #require(value["memoryBytes"]?.integer) > 1 << 20)
    }

    @Test func `accuracy is known for a scene with truth, which does not change the model`() throws
    {
        let scene = try data.scene("a.tif", UInt8.self, width: 130, height: 110)
        let truth = try data.scene("truth.tif", UInt8.self, width: 130, height: 110, bands: 1)
        #expect(try train(scene, ["--steps", "10", "--truth", truth]).status == 0)
        #expect(try train(scene, ["--steps", "10"], model: "without").status == 0)
        #expect(try data.bytes("maps/m") == data.bytes("maps/without"))
        let log = try String(contentsOfFile: data("maps/m.run/metrics.jsonl"), encoding: .utf8)
        #expect(log.contains("accuracy"))
        let other = try data.scene("other.tif", UInt8.self, width: 130, height: 111, bands: 1)
        #expect(try train(scene, ["--truth", other], model: "n").status == 65)
        #expect(try train(try tiles(), ["--truth", truth], model: "n").status == 64)
    }
}
