package import IICInfer

/// What tells one version of a scene from another, as far as its folder's listing shows.
package struct SceneStamp: Hashable, Sendable {
    package var main: FileStamp
    /// Masks, world files and the like that lie beside it.
    package var sidecars: [FileName: FileStamp]
    /// The parts of a VRT, by their paths; nil for one that is not there.
    package var parts: [FileName: FileStamp?]

    package init(
        main: FileStamp, sidecars: [FileName: FileStamp] = [:], parts: [FileName: FileStamp?] = [:]
    ) {
        self.main = main
        self.sidecars = sidecars
        self.parts = parts
    }

    /// The same for equal stamps only, of the same length for all: 64 hexadecimal digits.
    package var digest: String {
        func text(_ stamp: FileStamp?) -> String {
            guard let stamp else { return "-" }
            return
                "\(stamp.device):\(stamp.number):\(stamp.size):\(stamp.modified):\(stamp.changed)"
        }
        var bytes = Array(text(main).utf8)
        let others =
            sidecars.map { ($0.key, Optional($0.value)) } + parts.map { ($0.key, $0.value) }
        for (name, stamp) in others.sorted(by: { $0.0 < $1.0 }) {
            // No name holds a zero, and no number does.
            bytes += [0] + name.bytes + [0] + Array(text(stamp).utf8)
        }
        return SHA256.hex(bytes)
    }

    /// Bytes of all files.
    package var size: Int { files.reduce(0) { $0 + $1.size } }

    /// Of all that is there.
    var files: [FileStamp] { [main] + sidecars.values + parts.values.compactMap(\.self) }
}
