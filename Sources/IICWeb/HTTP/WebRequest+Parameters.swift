import Foundation
package import IICInfer

extension WebRequest {
    /// The query's values by name.
    package func parameters(
        among names: [String]
    ) throws(WebRefusal) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in query {
            guard names.contains(name) else {
                throw WebRefusal(
                    status: 400,
                    sentence: "There is no parameter “\(name.shown)” here: there are "
                        + "\(names.joined(separator: ", ")).")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw WebRefusal(status: 400, sentence: "The parameter \(name) is there twice.")
            }
        }
        return values
    }

    /// A value that is a whole number within `range`.
    package static func number(
        _ text: String, _ name: String, _ range: ClosedRange<Int>
    ) throws(WebRefusal) -> Int {
        guard let number = Int(text), range.contains(number), text.utf8.first != UInt8(ascii: "+")
        else {
            throw WebRefusal(
                status: 400,
                sentence: "The parameter \(name) is a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound), not “\(text.shown)”.")
        }
        return number
    }

    /// Whether the body is said to be JSON, as no form of another site's page can say.
    var hasJSON: Bool {
        guard let types = headers["content-type"], types.count == 1 else { return false }
        let type = types[0].prefix { $0 != ";" }.lowercased()
        return type.trimmingCharacters(in: .whitespaces) == "application/json"
    }

    /// The body, for routes that want one.
    package func json() throws(WebRefusal) -> JSONValue {
        guard hasJSON else {
            throw WebRefusal(
                status: 415,
                sentence: "The request needs a body with Content-Type: application/json.")
        }
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw WebRefusal(status: 400, sentence: "The body is not JSON: \(error.description).")
        }
    }
}
