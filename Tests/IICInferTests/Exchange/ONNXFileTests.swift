import Foundation
import IICInfer
import Testing

/// What an exported file says beside its arithmetic.
@Suite struct ONNXFileTests {
    private static func everything() -> ModelBundle {
        var model = ONNXExportTests.model(
            refined: true, naming: Naming(.learnt(ONNXExportTests.named), majority: 5))
        model.legend.entries[1].name = "bärlauch, “wild”"
        return model
    }

    @Test(arguments: [nil, 256])
    func `one input and all outputs have their shapes, fixed ones with a tile`(tile: Int?) throws {
        let reader = try ONNXExportTests.reader(Self.everything(), .init(tile: tile))
        let sides = tile.map { ["\($0)", "\($0)"] } ?? ["height", "width"]
        #expect(reader.inputs.map(\.name) == ["input"])
        #expect(reader.inputs[0].sides == ["batch", "4"] + sides)
        let expected = ["named": "5", "refined": "6", "head_b": "6", "head_a": "19"]
        #expect(reader.outputs.map(\.name) == ["named", "refined", "head_b", "head_a"])
        for output in reader.outputs {
            #expect(output.sides == ["batch", expected[output.name] ?? ""] + sides)
        }
        #expect(reader.operators == [13])
    }

    @Test func `each operation needs only what comes before it, and nothing is left over`() throws {
        for geometry in Geometry.allCases {
            let reader = try ONNXExportTests.reader(Self.everything(), .init(geometry: geometry))
            var known = Set(reader.constants.keys).union(["input", ""])
            for node in reader.nodes {
                #expect(Set(node.inputs).isSubset(of: known), "\(node.output)")
                #expect(known.insert(node.output).inserted, "\(node.output)")
            }
            let used = Set(reader.nodes.flatMap(\.inputs)).union(reader.outputs.map(\.name))
            #expect(known.subtracting(used).subtracting([""]).isEmpty)
        }
    }

    @Test func `equal models give equal bytes, and settings change them`() throws {
        let settings: [ONNXExport.Settings] = [
            .init(), .init(geometry: .paper), .init(tile: 128), .init(isHalf: true),
        ]
        let files = try settings.map { try ONNXExport(Self.everything(), settings: $0).serialised }
        #expect(Set(files).count == files.count)
        for (file, setting) in zip(files, settings) {
            #expect(try ONNXExport(Self.everything(), settings: setting).serialised == file)
        }
    }

    @Test func `Deepness finds its keys, each a JSON document`() throws {
        let metadata = try ONNXExportTests.reader(Self.everything(), .init(tile: 128)).metadata
        func value(_ key: String) throws -> JSONValue {
            try JSONValue(parsing: Array(#require(metadata[key]).utf8))
        }
        #expect(try value("model_type") == "Segmentor")
        let names = try #require(try value("class_names").array)
        #expect(names[0]["1"] == "bärlauch, “wild”" && names[0]["4"] == "Class 5")
        #expect(names[1]["5"] == "Class 6" && names[1]["6"] == nil)
        #expect(names[3]["18"] == "Cluster 19" && names.count == 4)
        #expect(try value("resolution").number == 50)
        #expect(try value("tile_size") == 128)
        #expect(try value("tiles_overlap") == 25)
        #expect(try value("seg_thresh").number == 0)
        #expect(try value("seg_small_segment") == 0)
        let own = try value("iicd")
        #expect(own["outputs"]?.array?.compactMap(\.string).first == "named")
        #expect(own["majority"] == 5 && own["halo"] == 16)
        #expect(own["modelSHA256"]?.string == Self.everything().modelHash)
    }

    /// (v / 255 − mean) / deviation must be the model's scaling of a sample v.
    @Test func `standardisation of bytes is the model's scaling, units included`() throws {
        var model = Self.everything()
        model.scaling = Scaling(
            bands: [(10, 210), (0, 255), (-3, 5.5), (40, 41)].map { .init(low: $0, high: $1) },
            source: .uint8,
            units: [(1, 0), (2, 0), (0.1, -3), (1, 5)].map { BandUnit(scale: $0, offset: $1) })
        let metadata = try ONNXExportTests.reader(model).metadata
        func numbers(_ key: String) throws -> [Double] {
            try JSONValue(parsing: Array(#require(metadata[key]).utf8)).array?
                .compactMap(\.number) ?? []
        }
        let (mean, deviation) = (
            try numbers("standardization_mean"), try numbers("standardization_std")
        )
        let units: [(Double, Double)] = [(1, 0), (2, 0), (Double(Float(0.1)), -3), (1, 5)]
        for (band, unit) in units.enumerated() {
            let range = model.scaling.bands[band]
            for sample in [0, 17, 255.0] {
                let physical = sample * unit.0 + unit.1
                let expected =
                    (physical - Double(range.low)) / Double(range.high - range.low)
                let found = (sample / 255 - mean[band]) / deviation[band]
                #expect(abs(found - expected) < 1e-6 * max(1, abs(expected)))
            }
        }
    }

    @Test func `tiles overlap by two halos at least, an even number of pixels apart`() {
        for tile in ONNXExport.tiles where tile.isMultiple(of: 2) {
            let share = ONNXExport.overlap(tile: tile, geometry: .seamless)
            // As Deepness computes it.
            let pixels = Int(Double(tile) * Double(share) / 100 * 2) / 2
            let isRight = pixels >= 32 && (tile - pixels) % 2 == 0 && pixels < tile
            #expect(isRight, "\(tile): \(share) %, \(pixels)")
            #expect(ONNXExport.overlap(tile: tile, geometry: .paper) == 0)
        }
    }
}
