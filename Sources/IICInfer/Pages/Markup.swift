import Foundation

/// Text as HTML shows it: nothing in it is markup.
package func escaped(_ text: String) -> String {
    // By scalars: a mark that has an accent on it is another character.
    text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        default: result.unicodeScalars.append(scalar)
        }
    }
}

/// A colour as CSS writes it.
package func css(_ colour: [UInt8]) -> String {
    "rgb(" + colour.map(String.init).joined(separator: ",") + ")"
}

/// A number with so many digits after the point.
package func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
}

/// A count with a comma before every third digit: `1,234,567`.
package func grouped(_ count: Int) -> String {
    let digits = String(count)
    return digits.enumerated().reduce(into: "") { text, digit in
        if digit.offset > 0, (digits.count - digit.offset).isMultiple(of: 3) { text += "," }
        text.append(digit.element)
    }
}

/// A share as a person reads it.
package func percent(_ share: Double, digits: Int) -> String {
    String(format: "%.\(digits)f %%", share * 100)
}
