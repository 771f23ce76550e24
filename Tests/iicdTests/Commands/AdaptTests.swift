import Foundation
import IICInfer
import IICTrain
import Testing

/// Models that move on to another scene.
@Suite struct AdaptTests {
    private let data: TestData
    private let model: String
    private let scene: String

    init() throws {
        data = try TestData()
        model = try data.model("model.safetensors", isRefined: true)
        scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
    }

    @discardableResult
    private func adapt(
        _ name: String, _ flags: [String] = [], model: String? = nil, scene: String? = nil,
        status: Int32 = 0
    ) throws -> Program.Result {
        let result = try Program(
            ["adapt", model ?? self.model, scene ?? self.scene, "-o", data(name)] + flags
        ).wait()
        #expect(result.status == status, "\(flags): \(result.errors)")
        return result
    }

    @Test func `means and shares move, and all else stays`() throws {
        let result = try adapt("b.safetensors")
        let (old, new) = (
            try ModelBundle(reading: model), try ModelBundle(reading: data("b.safetensors"))
        )
        let (before, after) = (try #require(old.refinement), try #require(new.refinement))
        #expect(after.means != before.means && after.logShares != before.logShares)
        #expect(after.precisions == before.precisions)
        #expect(after.logConfusion == before.logConfusion && after.weight == before.weight)
        #expect(new.weights == old.weights && new.legend == old.legend)
        #expect(new.scaling == old.scaling && new.modelHash != old.modelHash)
        #expect(result.output.contains("Class 1 ") && result.output.contains("→"))
        let shares = after.logShares.map { exp($0) }.reduce(0, +)
        #expect(abs(shares - 1) < 0.01, "\(shares)")
    }

    @Test func `threads change no byte, another seed draws other pixels`() throws {
        try adapt("one.safetensors", ["--threads", "1"])
        try adapt("three.safetensors", ["--threads", "3"])
        try adapt("seed.safetensors", ["--seed", "2"])
        let one = try data.bytes("one.safetensors")
        #expect(try one == data.bytes("three.safetensors"))
        #expect(try one != data.bytes("seed.safetensors"))
    }

    @Test func `the scene's own limits become the model's`() throws {
        let other = try data.scene("b.tif", UInt16.self, width: 230, height: 210)
        try adapt("plain.safetensors", scene: other, status: 65)
        try adapt("scene.safetensors", ["--scaling", "scene"], scene: other)
        let adapted = try ModelBundle(reading: data("scene.safetensors"))
        #expect(adapted.scaling.source == .uint16)
        let result = try Program(
            ["segment", other, "-m", data("scene.safetensors"), "-o", data("maps/b.tif")]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `what cannot be adapted is refused in words`() throws {
        let plain = try data.model("plain.safetensors")
        #expect(
            try adapt("x.safetensors", model: plain, status: 64).errors
                .contains("The model has no refinement that could be adapted"))
        #expect(
            try adapt("model.safetensors", status: 64).errors.contains("is there already"))
        #expect(
            try adapt("model.safetensors", ["--overwrite"], status: 64).errors
                .contains("is an input"))
        #expect(try adapt("a.tif", status: 64).errors.contains("is no model"))
        let empty = try data.emptyScene("empty.tif", width: 100, height: 90)
        #expect(
            try adapt("x.safetensors", scene: empty, status: 65).errors
                .contains("has no valid pixels"))
        #expect(!FileManager.default.fileExists(atPath: data("x.safetensors")))
    }

    @Test func `an older model is replaced only when that is wanted`() throws {
        try adapt("b.safetensors")
        try adapt("b.safetensors", ["--seed", "2"], status: 64)
        let before = try data.bytes("b.safetensors")
        try adapt("b.safetensors", ["--seed", "2", "--overwrite"])
        #expect(try before != data.bytes("b.safetensors"))
    }
}
