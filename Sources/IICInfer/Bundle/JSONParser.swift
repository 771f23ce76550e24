/// Why a text is not the JSON that we read.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

extension JSONValue {
    /// Reads one JSON document (RFC 8259), stricter than Foundation: a key given twice, bytes that
    /// are not UTF-8, nesting deeper than 64 and more than four million values are errors, so that
    /// a hostile file costs neither the stack nor the memory.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

private struct JSONParser {
    static let deepest = 64
    static let mostValues = 1 << 22

    let bytes: [UInt8]
    var position = 0
    var depth = 0
    var values = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ what: String) -> JSONError {
        JSONError(description: "\(what) at byte \(position)")
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard next == nil else { throw failure("more text after the end") }
        return value
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    mutating func take(_ character: Unicode.Scalar) throws(JSONError) {
        skipSpace()
        guard next == UInt8(ascii: character) else {
            throw failure(next == nil ? "the text ends" : "“\(character)” is missing")
        }
        position += 1
    }

    mutating func has(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= Self.mostValues else { throw failure("too many values") }
        switch next {
        case UInt8(ascii: "{"):
            return try nested { parser throws(JSONError) in
                .object(try parser.members())
            }
        case UInt8(ascii: "["):
            return try nested { parser throws(JSONError) in
                .array(try parser.items())
            }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("the text ends")
        default: return try number()
        }
    }

    mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        depth += 1
        guard depth <= Self.deepest else { throw failure("nesting is too deep") }
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    mutating func members() throws(JSONError) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if has("}") { return members }
        repeat {
            skipSpace()
            let key = try string()
            try take(":")
            guard members.updateValue(try value(), forKey: key) == nil else {
                throw failure("the key “\(key.prefix(80))” is given twice")
            }
        } while has(",")
        try take("}")
        return members
    }

    mutating func items() throws(JSONError) -> [JSONValue] {
        var items: [JSONValue] = []
        if has("]") { return items }
        repeat { items.append(try value()) } while has(",")
        try take("]")
        return items
    }

    mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("unknown word") }
        position += word.utf8.count
        return value
    }

    mutating func string() throws(JSONError) -> String {
        guard next == UInt8(ascii: "\"") else { throw failure("a string is missing") }
        position += 1
        var text: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: String(try escape()).utf8)
            } else {
                text.append(byte)
            }
        }
        guard next != nil else { throw failure("a string does not end") }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw failure("a string is not UTF-8")
        }
        position += 1
        return string
    }

    mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = next else { throw failure("the text ends") }
        position += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return Unicode.Scalar(byte)
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            var code = try hexadecimal()
            if code & 0xFC00 == 0xD800, next == UInt8(ascii: "\\") {
                position += 1
                guard next == UInt8(ascii: "u") else { throw failure("half a surrogate pair") }
                position += 1
                let low = try hexadecimal()
                guard low & 0xFC00 == 0xDC00 else { throw failure("half a surrogate pair") }
                code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
            return scalar
        default: throw failure("an unknown escape")
        }
    }

    mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("an unknown escape")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, byte >= 0x30 && byte <= 0x39 { position += 1 }
        guard position > start else { throw failure("a digit is missing") }
    }

    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        var whole = true
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            whole = false
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            whole = false
            position += 1
            if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let value = Int(text) { return .integer(value) }
        if whole, let value = UInt64(text) { return .unsigned(value) }
        guard let value = Double(text), value.isFinite else { throw failure("a number too large") }
        return .number(value)
    }
}
