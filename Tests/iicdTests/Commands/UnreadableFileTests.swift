import Foundation
import IICInfer
import Testing

/// Files that are there and may not be read.
@Suite(.enabled(if: Program.canBeBound)) struct UnreadableFileTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func forbid(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    }

    private func allow(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private func wait(_ program: Program, for text: String) {
        for _ in 0..<3000 where !program.errors.contains(text) && !program.hasEnded {
            usleep(10_000)
        }
        #expect(program.errors.contains(text), "\(program.errors)")
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("a.tif", ["segment", "a.tif", "-m", "model.safetensors", "-o", "maps/m.tif"]),
            ("a.vrt", ["segment", "a.vrt", "-m", "model.safetensors", "-o", "maps/m.tif"]),
            ("a.png", ["segment", "a.png", "-m", "model.safetensors", "-o", "maps/m.tif"]),
            (
                "model.safetensors",
                ["segment", "a.tif", "-m", "model.safetensors", "-o", "maps/m.tif"]
            ),
            ("a.tif", ["inspect", "a.tif"]),
            ("model.safetensors", ["inspect", "model.safetensors"]),
            ("truth.tif", ["evaluate", "--labels", "map.tif", "--truth", "truth.tif"]),
            ("map.tif", ["evaluate", "--labels", "map.tif", "--truth", "truth.tif"]),
            ("tiles/imgs/0.mat", ["evaluate", "tiles", "-m", "model.safetensors"]),
            ("tiles/gt/0.mat", ["evaluate", "tiles", "-m", "model.safetensors"]),
            ("tiles/imgs", ["evaluate", "tiles", "-m", "model.safetensors"]),
            ("tiles/gt", ["evaluate", "tiles", "-m", "model.safetensors"]),
            ("tiles", ["evaluate", "tiles", "-m", "model.safetensors"]),
            (
                "tiles/imgs/0.mat",
                ["train", "tiles", "--preset", "quick", "--steps", "1", "-o", "maps/m"]
            ),
            ("in", ["watch", "in", "-m", "model.safetensors", "-o", "maps", "--once"]),
        ])
    func `a missing permission ends with 66, whatever the file is`(
        name: String, arguments: [String]
    ) throws {
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        try data.scene("truth.tif", UInt8.self, width: 60, height: 50, bands: 1)
        try data.scene("map.tif", UInt8.self, width: 60, height: 50, bands: 1)
        try data.write(Data("<VRTDataset rasterXSize=\"4\"".utf8), "a.vrt")
        try data.write(Data("picture".utf8), "a.png")
        try data.tiles("tiles", count: 2, height: 60, width: 60)
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: true)
        _ = try data.model()
        try forbid(data(name))
        defer { try? allow(data(name)) }
        let paths = arguments.enumerated().map { index, argument in
            FileManager.default.fileExists(atPath: data(argument)) || argument.hasPrefix("maps/")
                ? data(argument) : argument
        }
        let result = try Program(paths, isBound: true).wait()
        #expect(result.status == 66, "\(result.errors)")
        #expect(result.errors.contains("“\(data(name))"), "\(result.errors)")
        #expect(
            result.errors.lowercased().contains("permission"), "\(result.errors)")
        #expect(!result.errors.contains("again"), "\(result.errors)")
    }

    @Test(.timeLimit(.minutes(4)))
    func `the daemon waits for the permission to read a scene and condemns nothing`() throws {
        try data.scene("in.tif", UInt8.self, width: 60, height: 50)
        try FileManager.default.createDirectory(
            atPath: data("in"), withIntermediateDirectories: true)
        for name in ["in/a.tif", "in/b.vrt"] {
            try data.write(data.bytes("in.tif"), name)
            try forbid(data(name))
        }
        let flags = ["-m", try data.model(), "-o", data("maps"), "--settle", "0"]
        let once = try Program(["watch", data("in")] + flags + ["--once"], isBound: true)
        let clock = ContinuousClock.now
        let result = try once.wait()
        #expect(clock.duration(to: .now) < .seconds(20))
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("2 scenes have no map"), "\(result.errors)")
        #expect(
            !result.errors.contains("amaged") && !result.errors.contains("opy it"),
            "\(result.errors)")
        let program = try Program(["watch", data("in")] + flags, isBound: true)
        wait(program, for: "ermission")
        try allow(data("in/a.tif"))
        wait(program, for: "Mapped “a.tif”")
        program.send(SIGTERM)
        #expect(try program.wait().status == 0)
    }
}
