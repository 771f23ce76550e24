/// What became of one scene: for a line of text, a JSON line, a page or a ledger.
public struct SegmentSummary: Sendable, Hashable {
    public var scene: String
    /// Of what was mapped, in pixels.
    public var width: Int
    public var height: Int
    public var sceneHash: String
    public var modelHash: String
    /// In the order in which they were asked for.
    public var outputs: [OutputSummary]

    /// One object for each output that shows classes or has polygons.
    public var json: [JSONValue] {
        outputs.compactMap { output in
            if let polygons = output.polygons { return json(of: polygons, at: output) }
            guard let classes = output.classes else { return nil }
            return [
                "event": "map", "kind": .string(output.kind), "scene": .string(scene),
                "map": .string(output.path), "size": [.integer(width), .integer(height)],
                "classes": .array(
                    classes.enumerated().map { value, entry in
                        [
                            "value": .integer(value), "name": .string(entry.name),
                            "pixels": .integer(entry.pixels),
                        ]
                    }),
                "nodataPixels": output.nodata.map(JSONValue.integer) ?? .null,
                "sceneSHA256": .string(sceneHash), "modelSHA256": .string(modelHash),
            ]
        }
    }

    private func json(of polygons: OutputSummary.Polygons, at output: OutputSummary) -> JSONValue {
        [
            "event": "map", "kind": .string(output.kind), "scene": .string(scene),
            "map": .string(output.path), "size": [.integer(width), .integer(height)],
            "polygons": .integer(polygons.written), "smaller": .integer(polygons.smaller),
            "parts": .integer(polygons.parts), "cuts": .integer(polygons.cuts),
            "sceneSHA256": .string(sceneHash), "modelSHA256": .string(modelHash),
        ]
    }
}
