import Foundation

/// Any JSON document: settings and summaries whose types live in other modules.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Only what is beyond `Int`: seeds and generator states must not lose bits in a `Double`.
    case unsigned(UInt64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What `value` encodes itself as.
    public init(encoding value: some Encodable) throws {
        try self.init(parsing: Array(JSONEncoder().encode(value)))
    }

    /// A value of `type` that decodes itself from this document.
    public func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// An integer or a number as `Double`.
    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }

    /// The document on one line, keys sorted: equal values give equal bytes.
    ///
    /// JSON has no infinities and no NaN; they become null.
    public var text: String {
        var text = ""
        write(to: &text, showing: true)
        return text
    }

    /// The same with paths of any bytes as they are (``Swift/String/init(pathBytes:)``), which
    /// ``init(parsing:)`` brings back: for what no person reads.
    package var exactText: String {
        var text = ""
        write(to: &text, showing: false)
        return text
    }

    /// - Parameter showing: whether bytes that JSON cannot hold are spelt out.
    private func write(to text: inout String, showing: Bool) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .number(let value): text += value.isFinite ? value.description : "null"
        case .string(let value): Self.write(value, to: &text, showing: showing)
        case .array(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(to: &text, showing: showing)
            }
            text += "]"
        case .object(let members):
            text += "{"
            // By bytes: the order of `String.<` is Unicode's, other programs sort by code points.
            let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for (index, key) in keys.enumerated() {
                if index > 0 { text += "," }
                Self.write(key, to: &text, showing: showing)
                text += ":"
                members[key]?.write(to: &text, showing: showing)
            }
            text += "}"
        }
    }

    private static func write(
        _ string: String, to text: inout String, showing: Bool
    ) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where scalar.isControl:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default:
                // A byte of a path that JSON cannot hold is shown.
                if showing, let byte = scalar.carriedByte {
                    text += "\\" + byte.shownInPaths
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
