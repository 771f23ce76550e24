/// A STAC Item that describes a model, for catalogues.
///
/// Its bytes depend on the model's file and on the places of both files to each other, and on nothing
/// else. Models do not know where their scenes lie, so it has no geometry.
///
/// Sources: STAC 1.0.0 and its extensions mlm 1.4.0 (Machine Learning Model), eo 1.1.0, classification
/// 2.0.0 and file 2.1.0.
public struct MLMItem {
    let model: ModelBundle
    private let modelPath: String
    private let networkPath: String?

    /// - Parameters:
    ///   - modelPath: the model's file, which becomes an asset.
    ///   - networkPath: the same of its network as an ONNX file, if there is one.
    public init(_ model: ModelBundle, modelPath: String, networkPath: String? = nil) {
        self.model = model
        self.modelPath = modelPath
        self.networkPath = networkPath
    }

    private static let extensions = [
        "classification/v2.0.0", "eo/v1.1.0", "file/v2.1.0", "mlm/v1.4.0",
    ]

    /// Writes the item, in the place of an older file.
    ///
    /// - Returns: its bytes.
    /// - Throws: ``AtomicFileError``, or ``FileError`` if the model's file cannot be read.
    public func write(to path: String) throws -> Int {
        let bytes = Array((try document(at: path).text + "\n").utf8)
        try AtomicFile.write(bytes.span, to: path)
        return bytes.count
    }

    /// - Parameter path: where the item will be; the model is named from there.
    func document(at path: String) throws -> JSONValue {
        var assets: [String: JSONValue] = [
            "model": try asset(
                modelPath, from: path, title: "Weights and all that maps need", form: "safetensors")
        ]
        if let networkPath {
            assets["onnx"] = try asset(
                networkPath, from: path, title: "The network as ONNX, of values scaled to 0…1",
                form: "onnx",
                description: "Another form of the network, which mlm:input and mlm:output do not "
                    + "describe: its input is float32, N × bands × H × W, scaled to 0…1, and its outputs "
                    + "are probabilities, float32, N × classes × H × W. Sizes and names are in the file."
            )
        }
        return [
            "type": "Feature", "stac_version": "1.0.0",
            "stac_extensions": .array(
                Self.extensions.map {
                    .string("https://stac-extensions.github.io/\($0)/schema.json")
                }),
            "id": .string(STACDocument.stem(modelPath).shown), "geometry": .null, "links": [],
            "properties": .object(properties), "assets": .object(assets),
        ]
    }

    private func asset(
        _ file: String, from item: String, title: String, form: String, description: String? = nil
    ) throws -> JSONValue {
        var asset: [String: JSONValue] = [
            "href": .string(RelativeReference.from(item, to: file)),
            "type": "application/octet-stream", "title": .string(title), "roles": ["mlm:model"],
            "mlm:artifact_type": .string(form),
            "file:size": .integer(try InputFile(file).size),
            // Multihash: SHA-256 is function 0x12, and 0x20 bytes follow.
            "file:checksum": .string("1220" + (try SceneHash.sha256(file: file))),
            "eo:bands": .array(bands.map(\.document)),
        ]
        if let description { asset["description"] = .string(description) }
        return .object(asset)
    }

    private var properties: [String: JSONValue] {
        let layout = ParameterLayout(
            model.architecture, sections: ParameterLayout.Section.learned)
        var result: [String: JSONValue] = [
            "title": "Land cover without labels",
            "description": """
            Classes of land cover that iicd found in scenes by Invariant Information Clustering, \
            without labels. The iicd program runs it.
            """,
            "datetime": .null, "start_datetime": .string(STACDocument.unknownTime.0),
            "end_datetime": .string(STACDocument.unknownTime.1),
            "mlm:name": "iicd SegmentationNet10a", "mlm:architecture": "SegmentationNet10a",
            "mlm:tasks": ["semantic-segmentation"], "mlm:framework": "iicd",
            "mlm:total_parameters": .integer(layout.count), "mlm:pretrained": true,
            "mlm:accelerator": "amd64", "mlm:accelerator_constrained": false,
            "mlm:accelerator_summary": "CPUs alone",
            "mlm:input": [input], "mlm:output": [output],
            "iicd:model_sha256": .string(model.modelHash),
            "iicd:legend_sha256": .string(model.legend.hash),
            "iicd:geometry": .string(model.geometry.rawValue),
            "iicd:preset": .string(model.preset),
        ]
        if Self.isVersion(model.softwareVersion) {
            result["mlm:framework_version"] = .string(model.softwareVersion)
        }
        if !scenes.isEmpty {
            result["mlm:pretrained_source"] = .string(scenes.joined(separator: ", "))
        }
        if let size = model.pixelSizeMetres { result["gsd"] = .number(size) }
        if let settings { result["mlm:hyperparameters"] = .object(settings) }
        return result
    }

    /// The names of the scenes that it was trained on, as far as it knows them.
    private var scenes: [String] {
        model.data["scenes"]?.array?.compactMap { $0["name"]?.string } ?? []
    }

    /// Those of the training's settings that the extension has names for.
    private var settings: [String: JSONValue]? {
        guard case .object(let members) = model.training else { return nil }
        let kept = members.filter { name, value in
            value != .null && !name.isEmpty
                && name.unicodeScalars.allSatisfy {
                    $0.isASCII
                        && ($0.properties.isAlphabetic
                            || "0123456789_.-".unicodeScalars.contains($0))
                }
        }
        return kept.isEmpty ? nil : kept
    }

    /// Three numbers, as the extension wants them.
    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int(part) != nil
                    && (part == "0" || !part.hasPrefix("0"))
            }
    }
}
