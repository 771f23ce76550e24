package import Foundation
package import IICInfer

/// Why a scene has no map, as a file beside the maps tells it.
package struct FailureReport: Sendable, Hashable {
    /// The path below the watched folder.
    package var scene: FileName
    package var failure: JobFailure
    /// Workers that were started for this version of the scene.
    package var attempts: Int
    /// When it was given up.
    package var time: Date
    package var modelHash: String
    /// ``SceneStamp/digest`` of what was given up.
    package var identity: String

    package init(
        scene: FileName, failure: JobFailure, attempts: Int, time: Date, modelHash: String,
        identity: String
    ) {
        self.scene = scene
        self.failure = failure
        self.attempts = attempts
        self.time = time
        self.modelHash = modelHash
        self.identity = identity
    }

    /// One line. Bytes of a name that JSON cannot hold are shown as `\xFC`.
    var text: String {
        let document: JSONValue = [
            "scene": .string(scene.text), "code": .integer(Int(failure.code)),
            "stage": .string(failure.stage), "error": .string(failure.sentence),
            "attempts": .integer(attempts), "time": .string(time.formatted(.iso8601)),
            "modelSHA256": .string(modelHash), "identity": .string(identity),
        ]
        return document.text + "\n"
    }

    /// Whether `bytes` are such a report, and no file of somebody else.
    static func isReport(_ bytes: [UInt8]) -> Bool {
        guard let document = try? JSONValue(parsing: bytes) else { return false }
        return ["scene", "stage", "error", "modelSHA256", "identity"].allSatisfy {
            document[$0]?.string != nil
        }
    }

    /// The path of a scene's report below `failed`: the scene's own with `.error.json` after it.
    ///
    /// A name that would get longer than Linux allows is cut to 225 bytes, between characters, and has
    /// `~` and the first 16 hexadecimal digits of its SHA-256 after these: the same for the same
    /// scene, and for no other, since no scene's name ends so.
    package static func path(of scene: FileName) -> FileName {
        let slash = scene.bytes.lastIndex(of: UInt8(ascii: "/"))
        let name = scene.bytes[(slash.map { $0 + 1 } ?? 0)...]
        guard name.count + ending.utf8.count > longestName else {
            return FileName(bytes: scene.bytes + ending.utf8)
        }
        var kept = Array(name.prefix(225))
        // Not in the middle of a character: what follows would be a byte that continues one.
        while let next = name.dropFirst(kept.count).first, next & 0xC0 == 0x80, kept.count > 221 {
            kept.removeLast()
        }
        let hash = SHA256.hex(Array(name)).prefix(16)
        return FileName(
            bytes: scene.bytes[..<name.startIndex] + kept + Array("~\(hash)\(ending)".utf8))
    }

    static let ending = ".error.json"
    /// Bytes in a name, of nearly all file systems.
    private static let longestName = 255
}
