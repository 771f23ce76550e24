import Foundation
import IICInfer
import IICTrain
import Testing

@Suite struct SampleTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func sample(_ folder: String, _ arguments: [String]) throws -> Program.Result {
        try Program(["sample", data(folder)] + arguments).wait()
    }

    @Test func `one size and seed give one scene, another seed another`() throws {
        for (folder, seed) in [("a", "4"), ("b", "4"), ("c", "5")] {
            let result = try sample(folder, ["--size", "410", "--seed", seed])
            #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
            #expect(
                result.output.hasPrefix(
                    data("\(folder)/scene.tif") + "  410 × 410 pixels, 4 bands, uint8\n"))
            #expect(result.output.hasSuffix(data("\(folder)/tiles") + "  4 tiles with truth\n"))
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: data("a")).sorted()
        #expect(try FileManager.default.subpathsOfDirectory(atPath: data("b")).sorted() == names)
        #expect(names.filter { $0.hasSuffix(".mat") }.count == 8)
        #expect(!names.contains { $0.contains(".iicd-") })
        for name in names where name.contains(".") {
            #expect(try data.bytes("a/\(name)") == data.bytes("b/\(name)"), "\(name)")
        }
        for name in ["scene.tif", "truth.tif", "tiles/imgs/0.mat", "tiles/gt/0.mat"] {
            #expect(try data.bytes("a/\(name)") != data.bytes("c/\(name)"), "\(name)")
        }
    }

    @Test func `16-bit samples are the same scene in finer steps`() throws {
        #expect(try sample("wide", ["--size", "230", "--dtype", "uint16"]).status == 0)
        #expect(try sample("byte", ["--size", "230"]).status == 0)
        let scene = try SceneReader(
            path: data("wide/scene.tif"), roles: [.red, .green, .blue, .infrared])
        #expect(scene.sampleType == .uint16)
        #expect(try data.bytes("wide/truth.tif") == data.bytes("byte/truth.tif"))
        #expect(try data.bytes("wide/tiles/imgs/0.mat") == data.bytes("byte/tiles/imgs/0.mat"))
    }

    @Test(arguments: [
        (["--size", "0"], "--size must lie between 64 and 100000, not 0."),
        (["--size", "-5"], "--size must lie between 64 and 100000, not -5."),
        (["--size", "\(Int.max)"], "--size must lie between 64 and 100000, not \(Int.max)."),
        (["--size", "big"], "'big' is invalid"), (["--seed", "-1"], "'-1' is invalid"),
        (["--dtype", "float32"], "'float32' is invalid"),
    ])
    func `what cannot be made is reported, and nothing is`(
        _ flags: [String], _ words: String
    ) throws {
        let result = try sample("q", flags)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("iicd: ") && result.errors.contains(words))
        #expect(result.output.isEmpty && !FileManager.default.fileExists(atPath: data("q")))
    }

    @Test func `what cannot be written leaves no empty folders`() throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: data("q/scene.tif"), withIntermediateDirectories: true)
        let result = try sample("q", ["--size", "210"])
        #expect(result.status == 73)
        #expect(try files.subpathsOfDirectory(atPath: data("q")) == ["scene.tif"])
        try data.write(Data("text".utf8), "text")
        #expect(try sample("text/a/b", ["--size", "210"]).status == 73)
        #expect(try data.bytes("text") == Data("text".utf8))
    }

    @Test func `a folder that cannot be made is reported`() throws {
        try data.write(Data("text".utf8), "text")
        for folder in ["text", "text/q"] {
            let result = try sample(folder, ["--size", "100"])
            #expect(result.status == 73)
            #expect(result.errors.hasPrefix("iicd: Cannot write “") && result.output.isEmpty)
            #expect(result.errors.split(separator: "\n").count == 1)
        }
        #expect(try data.bytes("text") == Data("text".utf8))
    }
}
