/// What goes into a model and what comes out of it, as the extension mlm 1.4.0 describes it.
extension MLMItem {
    /// A band as the extension eo names it.
    struct Band {
        var name: String
        var role: BandRole

        var document: JSONValue {
            role == .other
                ? ["name": .string(name)]
                : [
                    "name": .string(name),
                    "common_name": .string(role == .infrared ? "nir" : role.rawValue),
                ]
        }
    }

    /// In the order of the network's inputs.
    var bands: [Band] {
        model.bands.enumerated().map { index, role in
            let name: String =
                switch role {
                case .infrared: "nir"
                case .other: "band-\(index + 1)"
                case .red, .green, .blue: role.rawValue
                }
            return Band(name: name, role: role)
        }
    }

    /// A scene of any size, of samples as files have them.
    var input: JSONValue {
        let scaling = model.scaling
        // Limits are physical values; a sample is one of these by its band's scale and offset.
        let limits = scaling.bands.enumerated().map { index, range -> JSONValue in
            let unit = scaling.units?[index] ?? .plain
            func sample(_ value: Float) -> Double {
                (Double(value) - Double(unit.offset)) / Double(unit.scale)
            }
            return [
                "type": "min-max", "minimum": .number(sample(range.low)),
                "maximum": .number(sample(range.high)),
            ]
        }
        return [
            "name": "scene", "bands": .array(bands.map { .string($0.name) }),
            "description": """
            A scene's samples. Values beyond the limits are set to them; where a pixel holds no data, \
            all bands are 0 after scaling.
            """,
            "input": [
                "shape": [-1, .integer(bands.count), -1, -1],
                "dim_order": ["batch", "channel", "height", "width"],
                "data_type": .string(scaling.source.rawValue),
            ],
            "value_scaling": .array(limits),
        ]
    }

    /// A map of the scene's size.
    var output: JSONValue {
        let entries = model.legend.entries
        let names = STACClasses.names(entries.map(\.name))
        var classes = entries.enumerated().map { value, entry -> JSONValue in
            [
                "value": .integer(value), "name": .string(names[value]),
                "title": .string(entry.name), "description": .string(entry.name),
                "color_hint": .string(entry.hexadecimalColour.uppercased()),
            ]
        }
        classes.append([
            "value": .integer(Int(MapWriter.nodata)), "name": .string(STACClasses.noData),
            "title": "No data", "description": "No data", "nodata": true,
        ])
        return [
            "name": "map", "tasks": ["semantic-segmentation"],
            "description": "The class of each pixel; 255 where the scene holds no data.",
            "result": [
                "shape": [-1, -1, -1], "dim_order": ["batch", "height", "width"],
                "data_type": "uint8",
            ],
            "classification:classes": .array(classes),
        ]
    }
}
