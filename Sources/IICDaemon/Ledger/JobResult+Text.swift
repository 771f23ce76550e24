import Foundation
import IICInfer

/// A result as the ledger keeps it. Not ``JobResult/json``, which is for reading: there, the bytes of
/// a name that are no text are spelt out, and here each must come back.
extension JobResult {
    private struct Stored: Codable {
        struct File: Codable {
            var path: String
            var bytes: Int
            var sha256: String
        }

        struct Class: Codable {
            var name: String
            var colour: String
            var pixels: Int
            var squareMetres: Double?
        }

        var width: Int
        var height: Int
        var sceneHash: String
        var files: [File]
        var classes: [Class]
        var nodataPixels: Int
        var seconds: Double
        var isUnchanged: Bool
        var warnings: [String]
    }

    func text() throws -> String {
        let stored = Stored(
            width: width, height: height, sceneHash: sceneHash,
            files: files.map { .init(path: $0.path.text, bytes: $0.bytes, sha256: $0.sha256) },
            classes: classes.map {
                .init(
                    name: $0.name, colour: $0.colour, pixels: $0.pixels,
                    squareMetres: $0.squareMetres.flatMap { $0.isFinite ? $0 : nil })
            },
            nodataPixels: nodataPixels, seconds: seconds.isFinite ? seconds : 0,
            isUnchanged: isUnchanged, warnings: warnings)
        return String(decoding: try JSONEncoder().encode(stored), as: UTF8.self)
    }

    init(text: String) throws {
        let stored = try JSONDecoder().decode(Stored.self, from: Data(text.utf8))
        self.init(
            width: stored.width, height: stored.height, sceneHash: stored.sceneHash,
            files: stored.files.map {
                File(path: FileName($0.path), bytes: $0.bytes, sha256: $0.sha256)
            },
            classes: stored.classes.map {
                ClassShare(
                    name: $0.name, colour: $0.colour, pixels: $0.pixels,
                    squareMetres: $0.squareMetres)
            },
            nodataPixels: stored.nodataPixels, seconds: stored.seconds,
            isUnchanged: stored.isUnchanged, warnings: stored.warnings)
    }
}
