/// What a file says beside its graph: the keys of Deepness, QGIS's plugin, and one of our own.
///
/// Source: https://github.com/PUTvision/qgis-plugin-deepness, version 0.6.3, `model_base.py` and
/// `tile_params.py`.
extension ONNXExport {
    var metadata: [String: String] {
        let tile = settings.tile ?? (settings.geometry == .paper ? 200 : 512)
        let names = outputs.map { output -> JSONValue in
            let entries = output.legend.entries.enumerated().map {
                (String($0.offset), JSONValue.string($0.element.name))
            }
            return .object(Dictionary(uniqueKeysWithValues: entries))
        }
        let (mean, deviation) = standardisation
        var values: [String: JSONValue] = [
            "model_type": "Segmentor",
            "class_names": .array(names),
            "tile_size": .integer(tile),
            "tiles_overlap": .integer(Self.overlap(tile: tile, geometry: settings.geometry)),
            "standardization_mean": .array(mean.map(JSONValue.number)),
            "standardization_std": .array(deviation.map(JSONValue.number)),
            // Every pixel has a class, and none is blurred away.
            "seg_thresh": .number(0.0),
            "seg_small_segment": 0,
            "iicd": own,
        ]
        if let size = model.pixelSizeMetres { values["resolution"] = .number(100 * size) }
        return values.mapValues(\.text)
    }

    /// What Deepness takes off a sample and divides it by, one a band, after it has divided it by 255:
    /// the model's scaling of samples as they lie in a file.
    private var standardisation: (mean: [Double], deviation: [Double]) {
        let scaling = model.scaling
        let limits = scaling.bands.indices.map { band -> (mean: Double, deviation: Double) in
            let (low, high) = (Double(scaling.bands[band].low), Double(scaling.bands[band].high))
            let unit = scaling.units?[band] ?? .plain
            let (scale, offset) = (Double(unit.scale), Double(unit.offset))
            return ((low - offset) / scale / 255, (high - low) / scale / 255)
        }
        return (limits.map(\.mean), limits.map(\.deviation))
    }

    /// Per cent of a tile's side that it shares with the next one.
    ///
    /// Deepness makes pixels of it, rounds down, and gives each of two tiles half of them: in
    /// `seamless` geometry that must be the halo at least, and tiles must be an even number of pixels
    /// apart, since cells of the max-pool are counted from the corner. In `paper` geometry tiles stand
    /// alone.
    package static func overlap(tile: Int, geometry: Geometry) -> Int {
        guard geometry == .seamless else { return 0 }
        let enough = (1..<100).first { share in
            let shared = tile * share / 100
            return shared >= 2 * NetworkShape.halo && (tile - shared).isMultiple(of: 2)
        }
        guard let enough else { preconditionFailure("a tile of \(tile) has no middle") }
        return enough
    }

    /// What an iicd model knows and no key of Deepness says.
    private var own: JSONValue {
        let colours = outputs.map { output -> JSONValue in
            .array(
                output.legend.entries.map { .array($0.colour.map { .integer(Int($0)) }) })
        }
        return [
            "softwareVersion": .string(Software.version),
            "modelSHA256": .string(model.modelHash),
            "geometry": .string(settings.geometry.rawValue),
            "halo": .integer(settings.geometry == .seamless ? NetworkShape.halo : 0),
            "float16": .bool(settings.isHalf),
            "bands": .array(model.bands.map { .string($0.rawValue) }),
            "scaling": model.document["scaling"] ?? .null,
            "outputs": .array(outputs.map { .string($0.name) }),
            "colours": .array(colours),
            "majority": model.naming?.majority.map(JSONValue.integer) ?? .null,
        ]
    }
}
