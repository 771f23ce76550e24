import Foundation
import IICInfer
import Testing

/// `iicd export` and `iicd import` as a user calls them; what the files hold is tested in
/// `IICInferTests`, and `scripts/check-onnx` runs them in other programs.
@Suite struct ExchangeTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model("model.safetensors", isRefined: true)
    }

    @Test func `an export replaces an older file, says what is in it, and is the same again`()
        throws
    {
        try data.write(Data("old".utf8), "m.onnx")
        let result = try Program.run("export", model, "--onnx", data("m.onnx"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output.contains("refined (5 classes), head_b (5 classes), head_a (9 classes)"))
        let first = try data.bytes("m.onnx")
        let bundle = try ModelBundle(reading: model)
        #expect(first == Data(try ONNXExport(bundle).serialised))
        let again = try Program.run("export", model, "--onnx", data("m.onnx"), "--json")
        #expect(again.output.contains("\"modelSHA256\":\"\(bundle.modelHash)\""))
        #expect(try data.bytes("m.onnx") == first)
        let paper = try Program.run(
            "export", model, "--onnx", data("p.onnx"), "--geometry", "paper", "--float16", "--tile",
            "200")
        #expect(paper.status == 0 && paper.errors.contains("heads A and B alone"))
        let settings = ONNXExport.Settings(geometry: .paper, tile: 200, isHalf: true)
        #expect(
            try data.bytes("p.onnx") == Data(ONNXExport(bundle, settings: settings).serialised))
    }

    @Test func `a wrong export leaves everything as it was`() throws {
        let before = try data.bytes("model.safetensors")
        let other = try data.model("other.safetensors")
        let calls: [([String], Int32)] = [
            ([model, "--onnx", model], 64), ([model, "--onnx", other], 64), ([model], 64),
            ([model, "--onnx", data("x.onnx"), "--tile", "129"], 64),
            ([model, "--onnx", data("x.onnx"), "--tile", "32"], 64),
            ([data("none"), "--onnx", data("x.onnx")], 66),
            ([model, "--onnx", data("none/x.onnx")], 73), ([model, "--onnx", data("maps")], 73),
        ]
        for (flags, status) in calls {
            let result = try Program(["export"] + flags).wait()
            #expect(result.status == status, "\(flags): \(result.errors)")
        }
        #expect(try data.bytes("model.safetensors") == before)
        #expect(!FileManager.default.fileExists(atPath: data("x.onnx")))
    }

    /// The tensors of a model under the authors' names, as a file of PyTorch's would hold them.
    private func state(_ name: String, subheads: Int = 1) throws -> String {
        let weights = try ModelBundle(reading: model).weights
        var tensors: [String: SafeTensors.Tensor] = [:]
        for entry in weights.layout.entries {
            let values = weights[entry.name] ?? []
            tensors["module.\(entry.name)"] = SafeTensors.Tensor(values, shape: entry.shape)
            guard entry.name.hasPrefix("head_B") else { continue }
            for subhead in 1..<subheads {
                tensors["module.head_B.heads.\(subhead).0.weight"] = SafeTensors.Tensor(
                    values.map { $0 * Float(subhead + 1) }, shape: entry.shape)
            }
        }
        try SafeTensors(tensors: tensors).write(to: data(name))
        return data(name)
    }

    private func importing(_ flags: [String], status: Int32 = 0) throws -> Program.Result {
        let result = try Program(["import"] + flags).wait()
        #expect(result.status == status, "\(flags): \(result.errors)")
        return result
    }

    private let known = ["--roles", "red,green,blue,infrared", "--limits", "0,255"]

    @Test func `an imported network maps as the model that its weights are from`() throws {
        let state = try state("state.safetensors")
        let flags = [state, "-o", data("i.safetensors"), "--names", "a,b,c,d,e"] + known
        let result = try importing(flags + ["--pixel-size", "0.5"])
        #expect(result.output.contains("4 bands, 5 classes, 9 overclusters, width 0.0625"))
        let imported = try ModelBundle(reading: data("i.safetensors"))
        #expect(imported.weights == (try ModelBundle(reading: model)).weights)
        #expect(imported.legend.entries.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(imported.pixelSizeMetres == 0.5 && imported.geometry == .paper)
        let scene = try data.scene("s.tif", UInt8.self, width: 90, height: 70)
        for (name, model) in [("a.tif", model), ("b.tif", data("i.safetensors"))] {
            let result = try Program.run(
                "segment", scene, "-m", model, "-o", data("maps/\(name)"), "--no-refine")
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try data.labels("maps/a.tif").labels == data.labels("maps/b.tif").labels)
        // Another model is replaced only by a flag.
        #expect(try importing(flags, status: 64).errors.contains("--overwrite"))
        _ = try importing(flags + ["--overwrite"])
    }

    @Test func `it asks for all that a state dict lacks, in one sentence`() throws {
        let state = try state("state.safetensors", subheads: 3)
        let output = ["-o", data("i.safetensors")]
        let asked = try importing([state] + output, status: 64).errors
        for flag in ["--roles", "--limits", "3 sub-heads of head B", "--subhead-b"] {
            #expect(asked.contains(flag), "\(asked)")
        }
        #expect(!asked.contains("--subhead-a"))
        _ = try importing([state] + output + known + ["--subhead-b", "2"])
        let kept = try ModelBundle(reading: data("i.safetensors"))
        let first = try ModelBundle(reading: model).weights[.head(.B, 0)]
        #expect(kept.architecture.subheadsB == 1)
        #expect(kept.weights[.head(.B, 0)] == first.map { $0 * 3 })
        _ = try importing([state] + output + known + ["--subhead-b", "all", "--overwrite"])
        #expect(try ModelBundle(reading: data("i.safetensors")).architecture.subheadsB == 3)
    }

    @Test(arguments: [
        (["--roles", "red,green,blue", "--limits", "0,255"], "names 3 bands"),
        (["--roles", "red,green,blue,nir", "--limits", "0,255"], "“nir”"),
        (["--roles", "red,green,blue,other", "--limits", "0,255", "1,2"], "2 pairs"),
        (["--roles", "red,green,blue,other", "--limits", "255,0"], "“255,0”"),
        (["--roles", "red,green,blue,other", "--limits", "0,255", "--names", "a,b"], "5 names"),
        (
            ["--roles", "red,green,blue,other", "--limits", "0,255", "--subhead-b", "1"],
            "no sub-head 1"
        ),
        (["--roles", "red,green,blue,other", "--limits", "0,1", "--pixel-size", "0"], "above 0"),
    ])
    func `what does not fit the network is named`(flags: [String], words: String) throws {
        let state = try state("state.safetensors")
        let result = try importing([state, "-o", data("i.safetensors")] + flags, status: 64)
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: data("i.safetensors")))
    }

    @Test func `what is no state dict ends with 65, and one of its own model says so`() throws {
        let flags = ["-o", data("i.safetensors")] + known
        #expect(try importing([model] + flags, status: 65).errors.contains("already"))
        let pickle = try data.write(Data("PK\u{3}\u{4}and so on".utf8), "net.pytorch")
        #expect(try importing([pickle] + flags, status: 65).errors.contains("samples/pytorch"))
        _ = try importing([data("none")] + flags, status: 66)
    }
}
