import Foundation
import IICInfer
import TestSupport
import Testing

/// Scale and offset of samples, and values that a model has never seen.
@Suite struct UnitTests {
    private let data: TestData
    private let bytes: String
    private let words: String
    private let model: String
    /// Limits of 16-bit samples without a unit.
    private let plain: String
    /// The same limits, of samples with a unit.
    private let scaled: String

    init() throws {
        data = try TestData()
        bytes = try data.scene("a.tif", UInt8.self, width: 210, height: 120)
        words = try data.scene("b.tif", UInt16.self, width: 210, height: 120)
        model = try data.model()
        var bundle = try ModelBundle(reading: model)
        bundle.scaling = Scaling(
            bands: .init(repeating: .init(low: 20, high: 240), count: 4), source: .uint16)
        plain = data("plain.safetensors")
        try bundle.write(to: plain)
        bundle.scaling = Scaling(
            bands: .init(repeating: .init(low: 20 * 0.5 - 3, high: 240 * 0.5 - 3), count: 4),
            source: .uint16, units: .init(repeating: BandUnit(scale: 0.5, offset: -3), count: 4))
        scaled = data("scaled.safetensors")
        try bundle.write(to: scaled)
    }

    private func translate(_ from: String, _ to: String, _ options: String...) throws -> String {
        try runTool("gdal_translate", ["-q"] + options + [from, data(to)])
        return data(to)
    }

    private func segment(
        _ scene: String, _ model: String, _ map: String, _ flags: String...
    ) throws -> (status: Int32, errors: String) {
        let result = try Program(
            ["segment", scene, "-m", model, "-o", data("maps/" + map)] + flags
        ).wait()
        return (result.status, result.errors)
    }

    @Test func `a scaled twin in 8 bits gets the same map`() throws {
        let twin = try translate(bytes, "twin.tif", "-a_scale", "0.00392", "-a_offset", "0.1")
        #expect(try segment(bytes, model, "a.tif").status == 0)
        #expect(try segment(twin, model, "twin.tif").status == 0)
        #expect(try data.labels("maps/twin.tif").labels == data.labels("maps/a.tif").labels)
    }

    @Test func `units other than those of the training are refused, and can be overruled`() throws {
        let unit = try translate(words, "unit.tif", "-a_scale", "0.5", "-a_offset", "-3")
        #expect(try segment(words, plain, "plain.tif").status == 0)
        #expect(try segment(unit, scaled, "scaled.tif").status == 0)
        let labels = try data.labels("maps/plain.tif").labels
        #expect(try data.labels("maps/scaled.tif").labels == labels)
        for (scene, model) in [(unit, plain), (words, scaled)] {
            let refused = try segment(scene, model, "x.tif")
            #expect(refused.status == 65, "\(refused.errors)")
            #expect(refused.errors.contains("scale 0.5 and offset -3.0"))
            #expect(refused.errors.contains("no scale or offset"))
            #expect(refused.errors.contains("--samples raw"))
            #expect(try segment(scene, model, "raw.tif", "--samples", "raw").status == 0)
            #expect(try data.labels("maps/raw.tif").labels == labels)
        }
    }

    @Test
    func `values far outside the limits are told of, and refused where hardly any lie within`()
        throws
    {
        var bundle = try ModelBundle(reading: plain)
        bundle.scaling.bands[2] = .init(low: 1, high: 60)
        try bundle.write(to: data("odd.safetensors"))
        let odd = try segment(words, data("odd.safetensors"), "odd.tif")
        #expect(
            odd.status == 0 && odd.errors.contains("above the model's limits in blue (1.0 … 60"))
        bundle.scaling.bands[2] = .init(low: 5000, high: 9000)
        try bundle.write(to: data("far.safetensors"))
        let far = try segment(words, data("far.safetensors"), "far.tif")
        #expect(far.status == 65 && far.errors.contains("below the model's limits in blue"))
        #expect(!FileManager.default.fileExists(atPath: data("maps/far.tif")))
        let forced = try segment(words, data("far.safetensors"), "far.tif", "--force")
        #expect(forced.status == 0, "\(forced.errors)")
        let fit = try Program(
            ["inspect", words, "-m", data("far.safetensors"), "--json"]
        ).wait()
        let report = try JSONValue(parsing: Array(fit.output.utf8))["fit"]
        #expect(report?["runs"] == false)
        #expect(report?["values"]?.array?.count == 4)
        #expect(report?["values"]?.array?[2]["below"] == 1.0)
    }

    @Test func `a few pixels are no verdict`() throws {
        let half = try data.scene("half.tif", UInt16.self, width: 400, height: 100)
        var bundle = try ModelBundle(reading: plain)
        bundle.scaling.bands[0] = .init(low: 5000, high: 9000)
        try bundle.write(to: data("far.safetensors"))
        let whole = try segment(half, data("far.safetensors"), "whole.tif")
        #expect(whole.status == 65)
        let few = try segment(
            half, data("far.safetensors"), "few.tif", "--bbox", "200,50,215,65")
        #expect(few.status == 0, "\(few.errors)")
    }

    @Test func `a model keeps the unit of its training data`() throws {
        let unit = try translate(words, "unit.tif", "-a_scale", "0.5", "-a_offset", "-3")
        let result = try Program(
            [
                "train", unit, "-o", data("trained.safetensors"), "--preset", "quick", "--steps",
                "1",
                "--batch", "2", "--crop", "60", "--width", "0.0625", "--classes", "3",
                "--no-refine",
            ]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        let bundle = try ModelBundle(reading: data("trained.safetensors"))
        #expect(
            bundle.scaling.units == .init(repeating: BandUnit(scale: 0.5, offset: -3), count: 4))
        #expect(try segment(unit, data("trained.safetensors"), "t.tif").status == 0)
        #expect(try segment(words, data("trained.safetensors"), "u.tif").status == 65)
    }
}
