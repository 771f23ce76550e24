import Foundation
package import IICInfer

/// Whether a scene's files are whole, without decoding a pixel.
package enum SceneStructure {
    /// Throws why a file is not whole, or cannot be read.
    ///
    /// - Parameter folder: what no part of a VRT may lie outside of; nil if its parts are not looked at.
    /// - Throws: ``SceneRefusal``, ``SparseScene`` for one that is whole but for what its blocks hold,
    ///   or why it is not.
    package static func check(
        _ path: String, inside folder: String? = nil, calls: FileCalls = .system
    ) throws {
        if FileName(path).hasEnding(".vrt") {
            try VRTCheck.check(path, calls: calls)
            guard let folder else { return }
            let parts: [String]
            do {
                parts = try VRTTrust.parts(of: path, inside: folder)
            } catch let error as VRTTrustError {
                throw SceneRefusal(description: error.description)
            }
            for part in parts {
                guard try FileStamp(part, calls: calls) != nil else {
                    throw FileError(path: part, reason: .system(ENOENT))
                }
                try checkPart(part, calls: calls)
            }
            for part in [path] + parts { try checkBlocks(part) }
        } else {
            try checkRaster(path, calls: calls)
            for file in [path, path + ".msk", path + ".ovr"] { try checkBlocks(file) }
        }
    }

    private static func checkRaster(_ path: String, calls: FileCalls) throws {
        if FileName(path).hasEnding(".jp2") {
            try refuseDisguise(path, as: "JPEG 2000", calls: calls)
            try JP2Check.check(path, calls: calls)
        } else {
            try refuseDisguise(path, as: "GeoTIFF", calls: calls)
            try TIFFCheck.check(path, calls: calls)
        }
        for sidecar in [path + ".msk", path + ".ovr"] {
            guard try FileStamp(sidecar, calls: calls) != nil else { continue }
            try TIFFCheck.check(sidecar, calls: calls)
        }
    }

    /// Parts were as still as their VRT when this is looked at, and what changes them later is another
    /// scene: a damaged one is a verdict.
    private static func checkPart(_ path: String, calls: FileCalls) throws {
        let head = try InputFile(path, calls: calls).read(upTo: 12, at: 0)
        if head.starts(with: [0x49, 0x49]) || head.starts(with: [0x4D, 0x4D]) {
            try TIFFCheck.check(path, calls: calls)
        } else if head.starts(with: [0xFF, 0x4F]) || head.starts(with: [0, 0, 0, 12]) {
            try JP2Check.check(path, calls: calls)
        } else if head.count < 12 || !head.contains(where: { $0 != 0 }) {
            throw FileError(path: path, reason: .ended)
        }
    }

    private static let tiffHeads: [[UInt8]] = [
        [0x49, 0x49, 42, 0], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 42], [0x4D, 0x4D, 0, 43],
    ]
    private static let jp2Heads: [[UInt8]] = [
        [0xFF, 0x4F, 0xFF, 0x51], [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 13, 10, 0x87, 10],
    ]

    /// What begins as some other format does will not become a scene by waiting; zeros may.
    private static func refuseDisguise(_ path: String, as kind: String, calls: FileCalls) throws {
        let head = try InputFile(path, calls: calls).read(upTo: 12, at: 0)
        guard head.count == 12, head.contains(where: { $0 != 0 }) else { return }
        let isFit = (kind == "GeoTIFF" ? tiffHeads : jp2Heads).contains { head.starts(with: $0) }
        guard !isFit else { return }
        throw SceneRefusal(
            description: "“\(path)” is refused: it is no \(kind) file, whatever its name says, and "
                + "nothing but GeoTIFF and JPEG 2000 is opened here.")
    }

    private static func checkBlocks(_ path: String) throws {
        guard let stamp = try FileStamp(path), try TIFFCheck.hasBlockInHole(path) else { return }
        let now = Int(Date.now.timeIntervalSince1970 * 1e9)
        throw SparseScene(path: path, quiet: .nanoseconds(now - max(stamp.modified, stamp.changed)))
    }
}

/// A file that is something else than its name says.
package struct SceneRefusal: UserError {
    package let description: String
    package var exitStatus: IICInfer.ExitStatus { .badInput }

    package init(description: String) { self.description = description }
}

/// A file that is whole by its structure, and has a block that nothing was written to.
package struct SparseScene: UserError {
    package let path: String
    /// Since its last change.
    package let quiet: Duration
    package var exitStatus: IICInfer.ExitStatus { .badInput }

    package var description: String {
        "“\(path)” has its full size, but nothing was written yet to some of its blocks."
    }
}
