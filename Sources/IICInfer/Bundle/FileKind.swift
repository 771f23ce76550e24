import Glibc

/// What a file is, as far as its name and its first bytes tell.
package enum FileKind {
    case missing, empty, model, other

    package init(path: String) {
        do throws(FileError) {
            let file = try InputFile(path)
            if FileName(path).hasEnding(".safetensors") {
                self = .model
            } else if file.size == 0 {
                self = .empty
            } else {
                self = try Self.beginsAsModel(file) ? .model : .other
            }
        } catch {
            switch error.reason {
            case .system(ENOENT), .system(ENOTDIR): self = .missing
            // Whoever opens it says what is wrong with it.
            case .system where FileName(path).hasEnding(".safetensors"): self = .model
            default: self = .other
            }
        }
    }

    /// By the shape of a header: no raster begins so.
    private static func beginsAsModel(_ file: borrowing InputFile) throws(FileError) -> Bool {
        let head = try file.read(upTo: 9, at: 0)
        guard head.count == 9 else { return false }
        let length = head.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return head.last == UInt8(ascii: "{") && length < UInt64(file.size)
    }
}
