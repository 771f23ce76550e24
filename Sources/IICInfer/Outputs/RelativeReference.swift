/// How one file names another that lies somewhere near it.
package enum RelativeReference {
    /// The way from the folder of `origin` to `target` as a relative reference of RFC 3987, which
    /// begins with `./` or `../`. The folders must be there; links are followed, so that the way
    /// holds.
    static func from(_ origin: String, to target: String) -> String {
        let start = parts(AtomicFile.folder(of: origin))
        let end = parts(AtomicFile.folder(of: target))
        // By bytes: two spellings of an accent are one text, and two folders.
        let shared = zip(start, end).prefix { $0.utf8.elementsEqual($1.utf8) }.count
        let up = [String](repeating: "..", count: start.count - shared)
        let down = end.dropFirst(shared).map(escaped)
        return ((up.isEmpty ? ["."] : up) + down + [escaped(target.pathName)]).joined(
            separator: "/")
    }

    private static func parts(_ folder: String) -> [String] {
        (PathCalls.resolved(folder) ?? folder).utf8.split(separator: UInt8(ascii: "/"))
            .map { String(Substring($0)) }
    }

    /// A part of a path with what may not stand in it, or means something else there, as `%XX`.
    package static func escaped(_ part: String) -> String {
        // Bytes that are no text are written as numbers, and so is what would mean something else.
        let isText = String(validating: part.pathBytes, as: UTF8.self) != nil
        return part.pathBytes.reduce(into: [UInt8]()) { result, byte in
            let isPlain =
                byte > 0x20 && byte != 0x7F && (isText || byte < 0x80)
                && !"\"#%<>?[\\]^`{|}".utf8.contains(byte)
            guard !isPlain else { return result.append(byte) }
            let digits = String(byte, radix: 16, uppercase: true)
            result += Array(("%" + (byte < 16 ? "0" : "") + digits).utf8)
        }.text
    }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
