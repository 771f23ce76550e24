/// Colours as a browser writes them: `#0072b2`.
enum LabellingColour {
    static func text(_ colour: [UInt8]) -> String {
        "#"
            + colour.prefix(3).map {
                let digits = String($0, radix: 16)
                return digits.utf8.count < 2 ? "0" + digits : digits
            }.joined()
    }

    /// Nil unless `text` is of that form.
    static func parsed(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 7, digits[0] == UInt8(ascii: "#"),
            digits.dropFirst().allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let number = UInt32(text.dropFirst(), radix: 16)
        else { return nil }
        return [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
}
