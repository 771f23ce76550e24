import Foundation

/// Text as HTML shows it: nothing in it is markup.
func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.append(character)
        }
    }
}

/// A colour as CSS writes it.
func css(_ colour: [UInt8]) -> String {
    "rgb(" + colour.map(String.init).joined(separator: ",") + ")"
}

/// A number with so many digits after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
}

/// A share as a person reads it.
package func percent(_ share: Double, digits: Int) -> String {
    String(format: "%.\(digits)f %%", share * 100)
}
