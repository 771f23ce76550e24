import Foundation
package import IICInfer

extension Job {
    /// The job as the API, the page and `iicd jobs --json` tell it; what is not known is null.
    ///
    /// Names and sentences are as they may be shown. Where that is not the name itself, `sceneBytes`
    /// has the name's bytes in hexadecimal digits; else it is null. Times are in ISO 8601, UTC.
    package var json: JSONValue {
        [
            "id": .integer(id),
            "scene": .string(scene.text.shown),
            "sceneBytes": scene.unshownBytes,
            "state": .string(state.rawValue),
            "identity": .string(identity),
            "bytes": .integer(bytes),
            "hashes": [
                "content": contentHash.map(JSONValue.string) ?? .null,
                "model": .string(modelHash),
                "settings": .string(settingsHash),
            ],
            "attempts": .integer(attempts),
            "crashes": .integer(crashes),
            "seen": seen.json,
            "begun": begun?.json ?? .null,
            "ended": ended?.json ?? .null,
            "nextAttempt": nextAttempt?.json ?? .null,
            "failure": failure?.json ?? .null,
            "result": result?.json ?? .null,
        ]
    }
}

extension JobFailure {
    package var json: JSONValue {
        [
            "code": .integer(Int(code)), "stage": .string(stage.shown),
            "text": .string(sentence.shown),
        ]
    }
}

extension JobResult {
    package var json: JSONValue {
        [
            "width": .integer(width),
            "height": .integer(height),
            "sceneHash": .string(sceneHash),
            "seconds": .number(seconds),
            "unchanged": .bool(isUnchanged),
            "nodataPixels": .integer(nodataPixels),
            "classes": .array(classes.map(\.json)),
            "files": .array(files.map(\.json)),
            "warnings": .array(warnings.map { .string($0.shown) }),
        ]
    }
}

extension JobResult.ClassShare {
    package var json: JSONValue {
        [
            "name": .string(name.shown), "colour": .string(colour.shown),
            "pixels": .integer(pixels),
            "squareMetres": squareMetres.map(JSONValue.number) ?? .null,
        ]
    }
}

extension JobResult.File {
    package var json: JSONValue {
        [
            "path": .string(path.text.shown), "pathBytes": path.unshownBytes,
            "bytes": .integer(bytes), "sha256": .string(sha256),
        ]
    }
}

extension FileName {
    /// The bytes in hexadecimal digits, if what is shown of the name is not the name; else null.
    fileprivate var unshownBytes: JSONValue {
        guard Array(text.shown.utf8) != bytes else { return .null }
        return .string(
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}

extension Date {
    /// Such as `2026-03-01T12:00:00.000Z`.
    fileprivate var json: JSONValue {
        .string(formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
