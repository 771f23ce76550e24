import Foundation
import TestSupport
import Testing

@testable import IICInfer

/// Models as STAC Items; `scripts/check-stac` checks the form against the extension's schema.
@Suite struct MLMItemTests {
    let folder: TemporaryFolder
    var model = ONNXExportTests.model()

    init() throws { folder = try TemporaryFolder() }

    private func item(network: String? = nil) throws -> JSONValue {
        try model.write(to: folder("model.safetensors"))
        let item = MLMItem(
            model, modelPath: folder("model.safetensors"), networkPath: network)
        let bytes = try item.write(to: folder("model.json"))
        let written = try folder.bytes(of: "model.json")
        #expect(written.count == bytes)
        return try JSONValue(parsing: written)
    }

    @Test func `the model's file is an asset with its size, hash and bands`() throws {
        let item = try item()
        #expect(item["id"] == "model" && item["geometry"] == .null && item["bbox"] == nil)
        let asset = try #require(item["assets"]?["model"])
        let sum = try output(of: "sha256sum", [folder("model.safetensors")]).prefix(64)
        #expect(asset["file:checksum"] == .string("1220" + sum))
        #expect(try asset["file:size"] == .integer(folder.bytes(of: "model.safetensors").count))
        #expect(asset["href"] == "./model.safetensors" && asset["roles"] == ["mlm:model"])
        let names = asset["eo:bands"]?.array?.map { $0["common_name"]?.string }
        #expect(names == ["red", "green", "blue", "nir"])
        #expect(item["properties"]?["iicd:model_sha256"] == .string(model.modelHash))
        #expect(item["properties"]?["gsd"] == 0.5)
    }

    @Test func `an ONNX file beside it is another asset`() throws {
        try Data("onnx".utf8).write(to: URL(filePath: folder("a.onnx")))
        let assets = try item(network: folder("a.onnx"))["assets"]
        #expect(assets?["onnx"]?["mlm:artifact_type"] == "onnx")
        #expect(assets?["onnx"]?["file:size"] == 4 && assets?["onnx"]?["href"] == "./a.onnx")
    }

    @Test mutating func `the same model gives the same bytes, and another name others`() throws {
        let first = try item()
        #expect(try item() == first)
        model.legend.entries[0].name = "Forêt, dense"
        let renamed = try item()
        #expect(renamed != first)
        let output = renamed["properties"]?["mlm:output"]?.array?.first
        let classes = try #require(output?["classification:classes"]?.array)
        let values = Array(model.legend.entries.indices) + [255]
        #expect(classes.map { $0["value"]?.integer } == values)
        #expect(classes[0]["name"] == "Foret-dense" && classes[0]["title"] == "Forêt, dense")
        #expect(classes[1]["color_hint"] == "E69F00" && classes.last?["nodata"] == true)
        #expect(output?["result"]?["data_type"] == "uint8")
    }

    /// Scaling by the item is scaling by the model, for samples that have a scale and an offset.
    @Test mutating func `the input's limits are those of samples as files have them`() throws {
        let unit = BandUnit(scale: 0.0001, offset: -0.1)
        model.scaling = Scaling(
            bands: [(0.02, 0.3), (0, 0.5), (0.01, 0.2), (0.1, 0.6)].map {
                Scaling.Range(low: $0.0, high: $0.1)
            }, source: .uint16, units: Array(repeating: unit, count: 4))
        let input = try item()["properties"]?["mlm:input"]?.array?.first
        #expect(input?["input"]?["data_type"] == "uint16")
        #expect(input?["input"]?["shape"] == [-1, 4, -1, -1])
        #expect(input?["bands"] == ["red", "green", "blue", "nir"])
        let limits = try #require(input?["value_scaling"]?.array)
        let samples: [Float] = [1100, 2500, 3000, 7777]
        var values = samples.map { $0 * unit.scale + unit.offset }
        var span = values.mutableSpan
        model.scaling.apply(to: &span, valid: [1].span)
        for (band, limit) in limits.enumerated() {
            let low = try #require(limit["minimum"]?.number)
            let high = try #require(limit["maximum"]?.number)
            let scaled = min(max(0, (Double(samples[band]) - low) / (high - low)), 1)
            #expect(abs(scaled - Double(values[band])) < 1e-5)
        }
    }

    @Test mutating func `it tells what the model was trained on and how`() throws {
        model.softwareVersion = "1.2.3"
        model.data = ["kind": "scenes", "scenes": [["name": "a.tif"], ["name": "b.tif"]]]
        model.training = ["steps": 20, "a b": 1, "none": .null]
        let properties = try item()["properties"]
        #expect(properties?["mlm:framework_version"] == "1.2.3")
        #expect(properties?["mlm:pretrained_source"] == "a.tif, b.tif")
        #expect(properties?["mlm:hyperparameters"] == ["steps": 20])
        let learned = ParameterLayout(
            model.architecture, sections: ParameterLayout.Section.learned)
        // As the shapes of all tensors but the running statistics add up.
        let count = ParameterLayout(model.architecture).entries.filter {
            !$0.name.contains("running")
        }.reduce(0) { $0 + $1.shape.reduce(1, *) }
        #expect(properties?["mlm:total_parameters"] == .integer(count) && learned.count == count)
    }
}
