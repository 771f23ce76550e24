import Foundation
import IICInfer

/// Whether a scene's file is whole, told without decoding a pixel.
enum SceneStructure {
    /// A description of other files longer than this is none.
    private static let longestVRT = 64 << 20

    /// Throws why a file is not whole.
    static func check(_ path: String) throws {
        guard path.lowercased().hasSuffix(".vrt") else {
            try TIFFCheck.check(path)
            return
        }
        let data = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
        let end = data.suffix(1024)
        guard data.count < longestVRT,
            String(decoding: end, as: UTF8.self).contains("</VRTDataset>")
        else { throw IncompleteVRT(path: path) }
    }
}

/// A VRT file whose XML does not end.
struct IncompleteVRT: UserError {
    let path: String

    var description: String { "“\(path)” is cut off, or no VRT file. Copy it again." }
    var exitStatus: ExitStatus { .badInput }
}
