package import IICInfer

extension LabellingState {
    /// As the page is told; blind where it must be.
    package var json: JSONValue {
        let isBlind = kind == .assessment
        return [
            "kind": .string(kind.rawValue), "title": .string(title.shown),
            "revision": .integer(revision),
            "scenes": .array(scenes.map(\.json)),
            "classes": .array(classes.map { $0.json(withAreas: !isBlind) }),
            "answers": .array(answers.map(\.json)),
            "proposal": proposal?.json ?? .null,
            "upcoming": .array(upcoming.map(\.json)),
            "steps": .array(steps.map(JSONValue.integer)),
            "chipSides": .object(
                Dictionary(
                    chipSides.map { ($0.key.rawValue, .integer($0.value)) },
                    uniquingKeysWith: { first, _ in first })),
            "mapPixels": .integer(mapPixels),
            "agreement": isBlind ? .null : agreement.map(JSONValue.number) ?? .null,
            "canUndo": .bool(canUndo), "allowsNewClasses": .bool(allowsNewClasses),
            "allowsMixed": .bool(allowsMixed), "saved": .string(saved.shown),
            "result": result.map { result in
                [
                    "path": .string(result.path.shown),
                    "sentences": .array(result.sentences.map { .string($0.shown) }),
                    "commands": .array(result.commands.map { .string($0.shown) }),
                    "isCurrent": .bool(result.revision == revision),
                ]
            } ?? .null,
            "notes": .array(notes.map { .string($0.shown) }),
        ]
    }
}

extension LabellingState.Scene {
    fileprivate var json: JSONValue {
        [
            "name": .string(name.shown), "width": .integer(width), "height": .integer(height),
            "pixelMetres": pixelMetres.map(JSONValue.number) ?? .null,
        ]
    }
}

extension LabellingState.Class {
    fileprivate func json(withAreas: Bool) -> JSONValue {
        [
            "id": .integer(id), "name": .string(name.shown),
            "colour": .string(LabellingColour.text(colour)), "answers": .integer(answers),
            "share": withAreas ? share.map(JSONValue.number) ?? .null : .null,
            "hectares": withAreas ? hectares.map(JSONValue.number) ?? .null : .null,
        ]
    }
}

extension LabellingState.Point {
    fileprivate var json: JSONValue {
        ["point": .integer(id), "scene": .integer(scene), "x": .integer(x), "y": .integer(y)]
    }
}

extension LabellingState.Answered {
    fileprivate var json: JSONValue {
        let (verdict, id): (String, JSONValue) =
            switch verdict {
            case .named(let id): ("class", .integer(id))
            case .mixed: ("mixed", .null)
            case .notSure: ("not-sure", .null)
            }
        return [
            "point": .integer(point.id), "scene": .integer(point.scene), "x": .integer(point.x),
            "y": .integer(point.y), "verdict": .string(verdict), "class": id,
        ]
    }
}
