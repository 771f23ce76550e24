import Glibc

/// Paths are `String`s, and any bytes that Linux allows in a name go into one and come out again.
///
/// A byte that is no part of UTF-8 stands in the text as one scalar of a plane for private use, as
/// Python's `surrogateescape` has it in a surrogate. So does each byte of what must not be shown,
/// control characters foremost: a message may hold any path, and ``shown`` makes it fit for a
/// terminal without the message's own line breaks being at stake. A name that really has one of these
/// scalars has its bytes carried as well, so each name has one text, and each text one name.
///
/// What comes from outside (arguments, environment, folders, GDAL) becomes a path by
/// ``init(pathBytes:)`` or ``init(cPath:)``, what goes to the system leaves by ``withCPath(_:)`` or
/// ``PathCalls``, and what people and programs read by ``shown``. Between them a path is a `String`
/// like others; only, as with all strings, two that are equal may differ in bytes (``FileName``).
extension String {
    /// The path with exactly these bytes, without a closing zero.
    package init(pathBytes: some Collection<UInt8>) {
        if let text = String(validating: pathBytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: \.isCarriedInPaths)
        {
            self = text
            return
        }
        let bytes = Array(pathBytes)
        var scalars = String.UnicodeScalarView()
        var index = 0
        while index < bytes.count {
            let end = Swift.min(bytes.count, index + String.sequenceLength(bytes[index]))
            let text = String(validating: bytes[index..<end], as: UTF8.self)
            if let scalar = text?.unicodeScalars.first {
                if scalar.isCarriedInPaths {
                    scalars.append(
                        contentsOf: bytes[index..<end].map(Unicode.Scalar.init(carrying:)))
                } else {
                    scalars.append(scalar)
                }
                index = end
            } else {
                scalars.append(Unicode.Scalar(carrying: bytes[index]))
                index += 1
            }
        }
        self = String(scalars)
    }

    /// The path that a C string holds.
    package init(cPath: UnsafePointer<CChar>) {
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: cPath, count: strlen(cPath)))
        self.init(pathBytes: bytes)
    }

    /// The name's own bytes, without a closing zero.
    package var pathBytes: [UInt8] {
        mayCarryBytes ? unicodeScalars.flatMap(\.pathBytes) : Array(utf8)
    }

    /// Calls `body` with the path as C knows it, for as long as the call lasts.
    package func withCPath<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        guard mayCarryBytes else { return unsafe withCString(body) }
        let bytes = pathBytes.map { CChar(bitPattern: $0) } + [0]
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("never empty") }
            return unsafe body(start)
        }
    }

    /// The text as a person, a terminal or a document may have it: each carried byte, and each byte of
    /// a control character other than a tab or a line's end, as `\xFC`.
    ///
    /// A name may have a backslash of its own, so what is shown is for reading, not for opening.
    package var shown: String {
        guard unicodeScalars.contains(where: \.isSpeltOut) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.isSpeltOut {
                for byte in scalar.pathBytes { text += byte.shownInPaths }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// What stands after the path's last slash, slashes at its end left out.
    package var pathName: String {
        // By bytes: a slash and an accent after it are one `Character`, and two for the system.
        utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? self
    }

    /// False for almost all paths: all carried bytes are of plane 16, which begins with this byte.
    private var mayCarryBytes: Bool { utf8.contains(0xF4) }

    /// How long a sequence of UTF-8 is that begins with `byte`; 1 where none does.
    private static func sequenceLength(_ byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }
}

extension Unicode.Scalar {
    /// Stands for the byte 0. Plane 16 ends with two scalars that are no characters; this part has none.
    private static let firstCarried: UInt32 = 0x10FE00

    fileprivate init(carrying byte: UInt8) {
        self = Unicode.Scalar(Self.firstCarried + UInt32(byte)) ?? "\u{FFFD}"
    }

    /// The byte that it stands for in a path; nil for all other scalars.
    var carriedByte: UInt8? {
        value < Self.firstCarried ? nil : UInt8(exactly: value - Self.firstCarried)
    }

    fileprivate var pathBytes: [UInt8] { carriedByte.map { [$0] } ?? Array(String(self).utf8) }

    /// A control character: a terminal does something when it meets one.
    var isControl: Bool { value < 0x20 || (0x7F..<0xA0).contains(value) }

    fileprivate var isSpeltOut: Bool {
        carriedByte != nil || isControl && self != "\n" && self != "\t"
    }

    /// Whether a name that has it carries its bytes: what carries bytes itself, control characters,
    /// and what ends lines or turns the direction of the text after it (U+2028…202E, U+2066…2069).
    fileprivate var isCarriedInPaths: Bool {
        isControl || carriedByte != nil || (0x2028...0x202E).contains(value)
            || (0x2066...0x2069).contains(value)
    }
}

extension UInt8 {
    /// Such as `\xFC`.
    var shownInPaths: String {
        let digits = String(self, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
