import IICInfer

extension WebRequest {
    /// The query's values by name.
    func parameters(
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
    static func number(
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
}
