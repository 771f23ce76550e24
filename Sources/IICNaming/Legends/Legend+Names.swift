package import IICInfer

/// Names and colours as people give them. A class is known by its value in the map, from 0: what
/// an unnamed legend calls “Class 1” has the value 0.
extension Legend {
    /// Bytes of a name in UTF-8, at most.
    package static let longestName = 255

    /// What is wrong with a class's name, as the end of a sentence; nil if nothing is.
    package static func problem(ofName name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > longestName { return "has more than \(longestName) bytes" }
        for scalar in name.unicodeScalars {
            switch scalar.value {
            // Control characters, line ends, and what turns the direction of the text after it.
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069:
                return "has control characters"
            // Bytes that arguments carry because they are not UTF-8.
            case 0x10FE00...: return "is not UTF-8"
            default: break
            }
        }
        return nil
    }

    /// A colour of six hexadecimal digits, with or without `#`.
    package static func colour(_ text: String) -> [UInt8]? {
        let digits = Array((text.hasPrefix("#") ? text.dropFirst() : text[...]).utf8)
        guard digits.count == 6 else { return nil }
        let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard values.count == 6 else { return nil }
        return (0..<3).map { UInt8(values[2 * $0] * 16 + values[2 * $0 + 1]) }
    }

    /// Changes names.
    ///
    /// - Parameter changes: such as `3=water`.
    package mutating func renameClasses(_ changes: [String]) throws(LegendError) {
        for (value, text) in try parse(changes, flag: "--rename", form: "3=water") {
            if let problem = Self.problem(ofName: text) {
                throw LegendError("--rename: the name of value \(value) \(problem).")
            }
            entries[value].name = text
        }
    }

    /// Changes colours.
    ///
    /// - Parameter changes: such as `3=#1f77b4`.
    package mutating func recolour(_ changes: [String]) throws(LegendError) {
        for (value, text) in try parse(changes, flag: "--colour", form: "3=#1f77b4") {
            guard let colour = Self.colour(text) else {
                throw LegendError(
                    "--colour: “\(text)” is no colour; give six hexadecimal digits, such as #1f77b4."
                )
            }
            entries[value].colour = colour
        }
    }

    private func parse(
        _ changes: [String], flag: String, form: String
    ) throws(LegendError) -> [(value: Int, text: String)] {
        var parsed: [(value: Int, text: String)] = []
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = Int(Self.trimmed(parts[0])) else {
                throw LegendError("\(flag): “\(change)” is not of the form \(form).")
            }
            guard entries.indices.contains(value) else {
                throw LegendError(
                    "\(flag): the model's map has the values 0 … \(entries.count - 1), not "
                        + "\(value).")
            }
            guard !parsed.contains(where: { $0.value == value }) else {
                throw LegendError("\(flag): the value \(value) is given twice.")
            }
            parsed.append((value, Self.trimmed(parts[1])))
        }
        return parsed
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// Names that several classes have, as sentences: maps keep these apart, readers do not.
    package var duplicates: [String] {
        var values: [String: [Int]] = [:]
        for (value, entry) in entries.enumerated() { values[entry.name, default: []].append(value) }
        return values.filter { $0.value.count > 1 }.sorted { $0.value[0] < $1.value[0] }.map {
            "The values \($0.value.map(String.init).joined(separator: ", ")) are all called "
                + "“\($0.key)”; maps keep them apart."
        }
    }
}
