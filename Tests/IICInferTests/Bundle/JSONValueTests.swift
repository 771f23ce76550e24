import Foundation
import IICInfer
import Testing

@Suite struct JSONValueTests {
    private struct Settings: Codable, Equatable {
        var seed: UInt64
        var rate: Double
        var scale: Float
        var name: String?
        var sizes: [Int]
        var on: Bool
    }

    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    @Test func `any settings come back as they were, seeds of 64 bits too`() throws {
        let settings = Settings(
            seed: .max - 1, rate: 1e-5, scale: 0.1, name: "a \"b\" \u{7} ü 🌍", sizes: [1, -2],
            on: true)
        let value = try JSONValue(encoding: settings)
        #expect(try value.decode(Settings.self) == settings)
        #expect(try parse(value.text) == value)
    }

    @Test func `equal values have equal text, keys sorted`() throws {
        let value: JSONValue = ["b": 1, "a": [true, 1.5, "x"], "ab": [:]]
        #expect(value.text == #"{"a":[true,1.5,"x"],"ab":{},"b":1}"#)
    }

    @Test(
        arguments: [
            (#" { "a" : [ ] } "#, ["a": []]), ("-0", 0), ("1e2", 100.0), ("[1,2]", [1, 2]),
            (#""\u00e4\ud83c\udf0d\/\b""#, "ä🌍/\u{8}"), ("18446744073709551615", .unsigned(.max)),
            ("null", .null),
        ] as [(String, JSONValue)])
    func `valid documents are read`(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "-", "NaN",
        "Infinity", "1e999", "tru", "nulll", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 2", "[1 2]", "{\"a\" 1}", "{\"a\":}",
        "{\"a\":1,\"a\":2}", "{1:2}", "]", "\u{FEFF}1", "'a'", "\"\\u{41}\"", "\"\\u-123\"",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func `numbers that JSON does not have become null`() {
        #expect(JSONValue.array([.number(.nan), .number(.infinity)]).text == "[null,null]")
    }

    @Test func `too many values are refused`() {
        let text = "[" + String(repeating: "1,", count: 1 << 22) + "1]"
        #expect(throws: JSONError.self) { try parse(text) }
    }
}
