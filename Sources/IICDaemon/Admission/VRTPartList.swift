import IICInfer
import Synchronization

/// The parts of VRT files, which are read again only when one of their files has changed.
package final class VRTPartList: Sendable {
    private struct Known: Sendable {
        var main: FileStamp
        var parts: [String]
        var stamps: [FileName: FileStamp?]
    }

    private let known = Mutex<[FileName: Known]>([:])

    package init() {}

    /// - Throws: ``VRTTrustError``, ``VRTCheckError`` or ``FileError``.
    func stamps(
        of path: String, _ main: FileStamp, inside folder: String, calls: FileCalls
    ) throws -> [FileName: FileStamp?] {
        let name = FileName(path)
        if let before = known.withLock({ $0[name] }), before.main == main {
            let stamps = try Self.stamps(of: before.parts, calls: calls)
            if stamps == before.stamps { return stamps }
        }
        let parts = try VRTTrust.parts(of: path, inside: folder)
        let stamps = try Self.stamps(of: parts, calls: calls)
        known.withLock { $0[name] = Known(main: main, parts: parts, stamps: stamps) }
        return stamps
    }

    private static func stamps(
        of paths: [String], calls: FileCalls
    ) throws(FileError) -> [FileName: FileStamp?] {
        var stamps: [FileName: FileStamp?] = [:]
        for path in paths {
            stamps[FileName(path)] = .some(try FileStamp(path, calls: calls))
            // What GDAL reads beside a part.
            for ending in [".msk", ".aux.xml", ".ovr"] {
                guard let stamp = try FileStamp(path + ending, calls: calls) else { continue }
                stamps[FileName(path + ending)] = .some(stamp)
            }
        }
        return stamps
    }
}
