/// A file's name or path, as the bytes that Linux knows it by.
///
/// A `String` will not do: two names that differ in bytes alone (é in one character or in two) are
/// equal as strings and two files on the disk. So sets, dictionaries and comparisons have these.
package struct FileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Without the zero that ends it in C.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ path: String) { bytes = path.pathBytes }

    /// The name as paths have it, which holds every byte.
    package var text: String { String(pathBytes: bytes) }

    package var description: String { text }

    package var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

    /// Whether the name ends in `ending`, of ASCII letters in either case, and has more than that.
    package func hasEnding(_ ending: String) -> Bool {
        guard bytes.count > ending.utf8.count else { return false }
        return zip(bytes.suffix(ending.utf8.count), ending.utf8).allSatisfy { byte, letter in
            byte == letter
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == letter
        }
    }

    package static func < (left: FileName, right: FileName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension FileName: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
}
