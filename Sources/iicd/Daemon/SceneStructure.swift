package import IICInfer

/// Whether a scene's file is whole, without decoding a pixel.
package enum SceneStructure {
    /// Throws why a file is not whole, or cannot be read.
    package static func check(_ path: String, calls: FileCalls = .system) throws {
        if FileName(path).hasEnding(".vrt") {
            try VRTCheck.check(path, calls: calls)
        } else {
            try TIFFCheck.check(path, calls: calls)
        }
    }
}
