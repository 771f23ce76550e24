import Foundation
import IICInfer
import ParityCases
import TestSupport
import Testing

/// State dicts of the reference implementation's network.
@Suite struct StateDictTests {
    private let folder: TemporaryFolder
    private let parity: ParityCase

    init() throws {
        folder = try TemporaryFolder()
        parity = try #require(
            try ParityCase.all(.network).first { $0.file.metadata["subheads"] == "2" })
    }

    /// The case's state, as PyTorch names it.
    private func state(_ prefix: String = "") -> [String: SafeTensors.Tensor] {
        var tensors: [String: SafeTensors.Tensor] = [:]
        for (name, tensor) in parity.file.tensors where name.hasPrefix("state.") {
            tensors[prefix + name.dropFirst(6)] = tensor
        }
        return tensors
    }

    private func read(
        _ tensors: [String: SafeTensors.Tensor], metadata: [String: String] = [:]
    ) throws -> StateDict {
        let path = folder("state.safetensors")
        try SafeTensors(metadata: metadata, tensors: tensors).write(to: path)
        return try StateDict(reading: path)
    }

    private func reason(
        _ change: (inout [String: SafeTensors.Tensor]) -> Void
    ) throws -> String {
        var tensors = state()
        change(&tensors)
        do {
            _ = try read(tensors)
            return ""
        } catch let error as StateDictError {
            return error.description
        }
    }

    @Test(arguments: ["", "module."])
    func `every tensor arrives, whatever PyTorch wrapped the network in`(prefix: String) throws {
        let dict = try read(state(prefix))
        let expected = try parity.weights()
        #expect(dict.architecture == expected.architecture)
        #expect(dict.weights { _ in nil } == expected)
        #expect(dict.batchesTracked.count == 6)
    }

    @Test func `a sub-head that is kept is the first one then`() throws {
        let all = try parity.weights()
        let kept = try read(state()).weights { $0 == .B ? 1 : nil }
        #expect(kept.architecture.subheadsA == 2 && kept.architecture.subheadsB == 1)
        #expect(kept[.head(.B, 0)] == all[.head(.B, 1)] && kept[.head(.B, 0)] != all[.head(.B, 0)])
        #expect(kept[.head(.A, 0)] == all[.head(.A, 0)])
        #expect(kept[.runningMean(5)] == all[.runningMean(5)])
    }

    @Test func `widths are found, those that are rounded down too`() throws {
        for width in [1.0 / 64, 1.0 / 32, 0.1, 0.3] {
            let weights = ParameterBlock(
                atRest: Architecture(channels: 3, width: width, overclusters: 9, classes: 2))
            var tensors: [String: SafeTensors.Tensor] = [:]
            for entry in weights.layout.entries {
                tensors[entry.name] = SafeTensors.Tensor(
                    weights[entry.name] ?? [], shape: entry.shape)
            }
            let dict = try read(tensors)
            #expect(dict.architecture.layers == weights.architecture.layers)
            #expect(dict.batchesTracked == Array(repeating: 0, count: 6))
        }
    }

    @Test func `what is missing, unknown or of another shape is named, three at most`() throws {
        let beta = "trunk.features.1.bias"
        #expect(try reason { $0[beta] = nil }.contains("“\(beta)” is missing."))
        #expect(try reason { $0["fc.weight"] = $0[beta] }.contains("“fc.weight” is not known."))
        let wrong = try reason { $0[beta] = SafeTensors.Tensor([1, 2, 3] as [Float]) }
        #expect(wrong.contains("“\(beta)” has the shape [3], not [4]."))
        let many = try reason { tensors in
            for name in tensors.keys where name.hasSuffix("bias") { tensors[name] = nil }
        }
        #expect(many.hasSuffix("; and 3 more.") && many.contains("“\(beta)” is missing; “"))
        let negative = try reason {
            $0["trunk.features.4.running_var"] = SafeTensors.Tensor(
                [Float](repeating: -1, count: 8))
        }
        #expect(negative.contains("a variance below zero"))
        let infinite = try reason {
            $0[beta] = SafeTensors.Tensor([1, 2, 3, .infinity] as [Float])
        }
        #expect(infinite.contains("“\(beta)” holds numbers that are not finite"))
    }

    @Test func `a tensor that is there with and without a wrapper's name is refused`() throws {
        let beta = "trunk.features.1.bias"
        let found = try reason { $0["module." + beta] = $0["trunk.features.4.bias"] }
        #expect(found.contains("“\(beta)” is there twice, once as “module.\(beta)”"))
        let all = try reason { $0.merge(state("module.")) { own, _ in own } }
        #expect(all.contains("; and "))
    }

    @Test func `without running statistics, it says what to do`() throws {
        let found = try reason { tensors in
            for name in tensors.keys where name.contains("running_") { tensors[name] = nil }
        }
        #expect(found.contains("--batchnorm_track") && found.contains("docs/exchange.md"))
    }

    @Test func `other files are refused for what they are`() throws {
        #expect(try reason { $0["trunk.features.0.weight"] = nil }.contains("is no Segmentation"))
        #expect(try reason { $0["head_B.heads.0.0.weight"] = nil }.contains("is no Segmentation"))
        #expect(
            try reason {
                $0["head_B.heads.0.0.weight"] = SafeTensors.Tensor(
                    [0] as [Float], shape: [1, 1, 1, 1])
            }.contains("1 classes; 2 to 254"))
        #expect(throws: StateDictError(path: folder("state.safetensors"), reason: .isModel)) {
            try read(state(), metadata: ["iicd": "{}"])
        }
        for head in [Array("PK\u{3}\u{4}".utf8), [0x80, 2, 0x8A]] {
            let path = folder("net.pytorch")
            try Data(head + Array(repeating: 7, count: 40)).write(to: URL(filePath: path))
            #expect(throws: StateDictError(path: path, reason: .pickle)) {
                try StateDict(reading: path)
            }
        }
        #expect(throws: FileError.self) { try StateDict(reading: folder("none")) }
    }
}
