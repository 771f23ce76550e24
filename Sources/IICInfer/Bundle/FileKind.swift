import Foundation

/// What a file is, as far as its name and its first bytes tell.
package enum FileKind {
    case missing, empty, model, other

    package init(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            self = .missing
            return
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            self = .other
            return
        }
        if path.lowercased().hasSuffix(".safetensors") {
            self = .model
        } else if status.st_size == 0 {
            self = .empty
        } else {
            self = Self.beginsAsModel(path, size: Int(status.st_size)) ? .model : .other
        }
    }

    /// By the shape of a header: no raster begins so.
    private static func beginsAsModel(_ path: String, size: Int) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path),
            let head = try? file.read(upToCount: 9), head.count == 9
        else { return false }
        let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return head.last == UInt8(ascii: "{") && length < UInt64(size)
    }
}
