import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct ModelBundleTests {
    static func model(classes: Int = 3, subheads: Int = 2) -> ModelBundle {
        let architecture = Architecture(
            width: 1.0 / 32, overclusters: 5, classes: classes, subheadsA: subheads,
            subheadsB: subheads)
        let layout = ParameterLayout(architecture)
        var tensors: [String: [Float]] = [:]
        for (index, entry) in layout.entries.enumerated() {
            tensors[entry.name] = (0..<entry.range.count).map {
                Float(($0 * 37 + index * 11) % 101) / 100
            }
        }
        return ModelBundle(
            geometry: .seamless,
            bands: [.red, .green, .blue, .infrared],
            scaling: Scaling(
                bands: (0..<4).map { .init(low: 0.1 + Float($0), high: 4000.3) }, source: .uint16),
            legend: .unnamed(classes: classes), preset: "quick", softwareVersion: "0.1",
            weights: ParameterBlock(tensors: tensors, layout: layout), pixelSizeMetres: 0.3,
            training: ["seed": .unsigned(.max)],
            data: ["tiles": 12],
            history: [
                .init(step: 1, lossA: -0.5, lossB: nil), .init(step: 2, lossA: nil, lossB: -1),
            ],
            tracksRunningStatistics: false, batchesTracked: [1, 2, 3, 4, 5, 6])
    }

    static func reading(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> ModelBundle {
        let path = folder("model.safetensors")
        try Data(bytes).write(to: URL(filePath: path))
        return try ModelBundle(reading: path)
    }

    /// Why a changed file is refused; nil if it is not.
    static func reason(
        of model: ModelBundle = model(), _ change: (inout SafeTensors) throws -> Void
    ) throws -> String? {
        let folder = try TemporaryFolder()
        var file = try model.contents()
        try change(&file)
        do {
            _ = try reading(file.serialised, in: folder)
            return nil
        } catch let error as SafeTensorsError {
            #expect(error.path != nil && error.exitStatus == .badInput)
            return error.reason
        }
    }

    /// Why a file whose description is changed at `path` is refused.
    static func reason(
        of model: ModelBundle = model(), _ path: [String], _ value: JSONValue?
    ) throws -> String? {
        func changed(_ document: JSONValue, _ path: ArraySlice<String>) -> JSONValue {
            guard let key = path.first, case .object(var members) = document else {
                return value ?? .null
            }
            members[key] =
                path.count == 1 ? value : changed(document[key] ?? .null, path.dropFirst())
            return .object(members)
        }
        return try reason(of: model) { file in
            let text = try #require(file.metadata["iicd"])
            file.metadata["iicd"] =
                changed(try JSONValue(parsing: Array(text.utf8)), path[...]).text
        }
    }

    private static func quantiles(
        _ probabilities: [Double], _ values: [Double], bands: Int = 4
    ) -> JSONValue {
        let band = JSONValue.array(values.map { .number($0) })
        return [
            "probabilities": .array(probabilities.map { .number($0) }),
            "bands": .array(.init(repeating: band, count: bands)),
        ]
    }

    @Test func `a model comes back as it was`() throws {
        let folder = try TemporaryFolder()
        let model = Self.model()
        try model.write(to: folder("m"))
        let read = try ModelBundle(reading: folder("m"))
        #expect(read == model)
        #expect(read.modelHash == model.modelHash)
        try read.write(to: folder("n"))
        #expect(
            try Data(contentsOf: URL(filePath: folder("m")))
                == Data(contentsOf: URL(filePath: folder("n"))))
    }

    @Test func `quantiles come back, and change the file but not the model's hash`() throws {
        let folder = try TemporaryFolder()
        var model = Self.model()
        let hash = model.modelHash
        try model.write(to: folder("old"))
        #expect(try ModelBundle(reading: folder("old")).quantiles == nil)
        model.quantiles = BandQuantiles(
            probabilities: [0, 0.1, 1], bands: (0..<4).map { [-0.1, 0.3 + Float($0), 1e30] })
        try model.write(to: folder("new"))
        let read = try ModelBundle(reading: folder("new"))
        #expect(read == model)
        #expect(read.modelHash == hash)
    }

    @Test func `a checkpoint comes back as it was, and is the same model`() throws {
        let folder = try TemporaryFolder()
        var model = Self.model()
        let hash = model.modelHash
        model.extras["checkpoint.moment.0"] = .init([1, 2, 3] as [Float])
        model.checkpoint = ["generator": [.unsigned(.max), 2], "position": 7]
        model.history.append(.init(step: 3, lossA: -1, lossB: -2))
        model.training = ["seed": 2]
        try model.write(to: folder("m"))
        let read = try ModelBundle(reading: folder("m"))
        #expect(read == model)
        #expect(read.modelHash == hash)
    }

    @Test func `names and colours change the legend's hash and not the model's`() {
        let model = Self.model()
        let changes: [(inout Legend) -> Void] = [
            { $0.entries[0].name = "Water" }, { $0.entries[0].colour = [1, 2, 3] },
        ]
        var hashes: Set = [model.legend.hash]
        for change in changes {
            var other = model
            change(&other.legend)
            #expect(other.modelHash == model.modelHash)
            hashes.insert(other.legend.hash)
        }
        #expect(hashes.count == changes.count + 1)
    }

    @Test func `whatever changes a map's pixels changes the model's hash`() {
        let model = Self.model()
        let changes: [(inout ModelBundle) -> Void] = [
            { $0.geometry = .paper }, { $0.bands[0] = .other }, { $0.scaling.bands[2].high = 9 },
            { $0.weights[.convolution(0)][0] += 1e-6 },
            { $0.weights[.runningVariance(5)][0] += 1e-6 },
            { $0.weights[.head(.B, 0)][5] += 1e-6 },
        ]
        var hashes: Set = [model.modelHash]
        for change in changes {
            var other = model
            change(&other)
            hashes.insert(other.modelHash)
        }
        #expect(hashes.count == changes.count + 1)
    }

    @Test(
        arguments: [
            (["formatVersion"], 1, "format 1 and this iicd reads 2 to 3"),
            (["formatVersion"], nil, "no format version"),
            (["architecture", "width"], 0, "width"), (["architecture", "width"], 1e300, "width"),
            (["architecture", "width"], 0.001, "width"),
            (["architecture", "width"], "1", "damaged"),
            (["architecture", "classes"], 255, "255 classes"),
            (["architecture", "classes"], 1, "1 classes"),
            (["architecture", "overclusters"], 1_000_000_000_000, "overclusters"),
            (["architecture", "subheadsA"], 0, "sub-heads"),
            (["architecture", "subheadsB"], 17, "17 sub-heads"),
            (["architecture", "channels"], -4, "bands"),
            (["architecture", "channels"], 3, "4 bands"),
            (["architecture"], nil, "“architecture”"), (["geometry"], "round", "“geometry”"),
            (["bands"], ["red"], "1 bands"), (["bands"], ["red", "x", "blue", "blue"], "“bands”"),
            (["scaling", "bands"], [], "scales 0"), (["scaling", "source"], "int8", "“scaling”"),
            (
                ["scaling", "bands"],
                .array(.init(repeating: ["low": 1, "high": 1], count: 4)), "from 1.0 to 1.0"
            ),
            (
                ["scaling", "bands"],
                .array(.init(repeating: ["low": 0, "high": 1e300], count: 4)), "scaling"
            ),
            (["quantiles"], ["probabilities": [0, 1]], "“quantiles”"),
            (["quantiles"], quantiles([0, 1], [1, 2], bands: 3), "quantiles of 3 bands"),
            (["quantiles"], quantiles([0], [1]), "1 probabilities"),
            (["quantiles"], quantiles([0, 0.5, 0.5, 1], [1, 2, 3, 4]), "rise from 0 to 1"),
            (["quantiles"], quantiles([0, 0.5], [1, 2]), "rise from 0 to 1"),
            (["quantiles"], quantiles([0, 0.5, 1], [1, 2]), "band 1 are 2 and not 3"),
            (["quantiles"], quantiles([0, 0.5, 1], [1, 2, 1]), "band 1 fall"),
            (["legend", "entries"], [], "0 classes"),
            (
                ["legend", "entries"],
                .array(.init(repeating: ["name": "a", "colour": [1, 2]], count: 3)), "three numbers"
            ),
            (
                ["legend", "entries"],
                .array(.init(repeating: ["name": "a", "colour": [1, 2, 256]], count: 3)), "“legend”"
            ),
            (["pixelSizeMetres"], -1, "pixel size"),
            (["pixelSizeMetres"], "x", "“pixelSizeMetres”"),
            (["history"], [[1, 2]], "“history”"), (["preset"], 3, "“preset”"),
            (["tracksRunningStatistics"], nil, "“tracksRunningStatistics”"),
        ] as [([String], JSONValue?, String)])
    func `a wrong description is refused with the reason`(
        path: [String], value: JSONValue?, reason: String
    ) throws {
        let found = try Self.reason(path, value)
        #expect(found?.contains(reason) == true, "\(found ?? "read without complaint")")
    }

    @Test func `wrong tensors are refused with the reason`() throws {
        let weight = "trunk.features.0.weight"
        #expect(try Self.reason { $0.tensors[weight] = nil } == "its tensor “\(weight)” is missing")
        #expect(
            try Self.reason { $0.tensors[weight] = .init([1] as [Float]) }?
                .contains("has the shape [1], not [2, 4, 3, 3]") == true)
        #expect(
            try Self.reason {
                $0.tensors[weight] = .init([Double](repeating: 0, count: 72), shape: [2, 4, 3, 3])
            }?.contains("F64, not F32") == true)
        for value in [Float.nan, .infinity] {
            #expect(
                try Self.reason {
                    $0.tensors[weight] = .init(
                        [Float](repeating: value, count: 72), shape: [2, 4, 3, 3])
                } == "its tensor “\(weight)” holds numbers that are not finite")
        }
        #expect(
            try Self.reason {
                $0.tensors["trunk.features.1.running_var"] = .init([1, -1] as [Float])
            }?.contains("below zero") == true)
        #expect(
            try Self.reason { $0.tensors["trunk.features.1.num_batches_tracked"] = nil }?
                .contains("missing") == true)
        #expect(
            try Self.reason {
                $0.tensors["trunk.features.1.num_batches_tracked"] = .init([Int64(-1)], shape: [])
            }?.contains("not a count") == true)
        #expect(
            try Self.reason { $0.tensors["other"] = .init([1] as [Float]) }
                == "it holds an unknown tensor “other”")
        #expect(try Self.reason { $0.metadata = [:] }?.contains("no model of iicd") == true)
        #expect(try Self.reason { $0.metadata["iicd"] = "{" }?.contains("damaged") == true)
        #expect(try Self.reason { _ in } == nil)
    }

    @Test func `every cut and most flips of a file give an error and no crash`() throws {
        let folder = try TemporaryFolder()
        let whole = try Self.model().contents().serialised
        for count in stride(from: 0, to: whole.count, by: 100) {
            #expect(throws: SafeTensorsError.self) {
                try Self.reading(Array(whole[..<count]), in: folder)
            }
        }
        var generator = SystemRandomNumberGenerator()
        for index in stride(from: 0, to: 6000, by: 17) {
            var bytes = whole
            bytes[index] ^= UInt8.random(in: 1...255, using: &generator)
            do { _ = try Self.reading(bytes, in: folder) } catch is SafeTensorsError {}
        }
    }

    @Test func `a model that has lost its numbers is not saved`() throws {
        let folder = try TemporaryFolder()
        var model = Self.model()
        model.weights[.head(.A, 1)][3] = .nan
        #expect(throws: ModelBundleError.self) { try model.write(to: folder("m")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `the count of parameters is that of the network`() {
        // 4·64·9 + 64·128·9 + 128·256·9 + 256·256·9 + 256·512·9 + 512·512·9, 2 a channel of batch
        // norm, and 512 a class.
        let architecture = Architecture(width: 1, overclusters: 24, classes: 3)
        #expect(
            architecture.parameters
                == 9 * (256 + 8192 + 32768 + 65536 + 131_072 + 262_144)
                + 2 * (64 + 128 + 256 + 256 + 512 + 512) + 512 * 27)
    }
}
