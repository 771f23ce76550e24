import IICInfer

/// Colours as a browser writes them: `#0072b2`.
enum LabellingColour {
    static func text(_ colour: [UInt8]) -> String {
        "#" + Legend.Entry(name: "", colour: colour).hexadecimalColour
    }

    /// Nil unless `text` is of that form.
    static func parsed(_ text: String) -> [UInt8]? {
        text.hasPrefix("#") ? Legend.colour(text) : nil
    }
}
