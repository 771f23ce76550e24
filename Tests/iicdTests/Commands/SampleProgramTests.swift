import Foundation
import IICInfer
import IICTrain
import TestSupport
import Testing

/// The programs of samples/libraries, which use the libraries as other packages do.
@Suite struct SampleProgramTests {
    private let data: TestData

    init() throws { data = try TestData() }

    private func run(_ name: String, _ arguments: [String]) throws -> Program.Result {
        try Program(arguments, program: name).wait()
    }

    @Test func `SegmentScene maps as iicd segment does`() throws {
        let scene = try data.scene("scene.tif", UInt8.self, width: 333, height: 217)
        let model = try data.model("m.safetensors")
        let result = try run("SegmentScene", [model, scene, data("a.tif")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.split(separator: "\n").count == 5)
        let other = try Program.run("segment", scene, "-m", model, "-o", data("b.tif"))
        #expect(other.status == 0, "\(other.errors)")
        #expect(try data.bytes("a.tif") == data.bytes("b.tif"))
        #expect(try data.bytes("a.tif.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try run("SegmentScene", [model, data("none.tif"), data("c.tif")]).status == 66)
        #expect(try run("SegmentScene", [model, scene, model]).status == 64)
        #expect(try run("SegmentScene", [model]).status == 64)
    }

    @Test func `TrainAndRead trains as iicd train does, and counts as its map does`() throws {
        let scene = try data.scene("scene.tif", UInt8.self, width: 160, height: 130)
        let result = try run("TrainAndRead", [scene, data("a"), "12"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("12 steps, agreement "))
        let trained = try Program(
            ["train", scene, "-o", data("b"), "--steps", "12"] + TrainTests.small
        ).wait()
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(try data.bytes("a") == data.bytes("b"))
        let mapped = try Program.run("segment", scene, "-m", data("b"), "-o", data("map.tif"))
        #expect(mapped.status == 0, "\(mapped.errors)")
        let labels = try data.labels("map.tif").labels
        let counts = result.output.split(separator: "\n").suffix(6).map(String.init)
        for (value, line) in counts.enumerated() {
            #expect(line == "Class \(value + 1)  \(labels.count { $0 == value }) pixels")
        }
    }

    @Test func `MarginMap's steps are those of the confidence map's margins`() throws {
        let scene = try data.scene("scene.tif", UInt8.self, width: 333, height: 217)
        let model = try data.model("m.safetensors")
        let result = try run("MarginMap", [model, scene, data("map.tif"), data("margin.tif")])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("0 to 20 %  "))
        let other = try Program.run(
            "segment", scene, "-m", model, "-o", data("b.tif"), "--confidence", data("sure.tif"))
        #expect(other.status == 0, "\(other.errors)")
        #expect(try data.bytes("map.tif") == data.bytes("b.tif"))
        try runTool("gdal_translate", ["-q", "-b", "2", data("sure.tif"), data("second.tif")])
        let steps = try data.labels("margin.tif").labels
        let margins = try data.labels("second.tif").labels
        #expect(Set(steps).count > 2, "\(Set(steps))")
        for (step, margin) in zip(steps, margins) {
            // In whole per cent: what is rounded up to a bound lies below it.
            let expected: Set<Int32> =
                margin < 0 || margin == 255
                ? [-1] : [min(4, margin / 20), max(0, min(4, (margin - 1) / 20))]
            #expect(expected.contains(step), "\(step) for \(margin) %")
        }
    }
}
