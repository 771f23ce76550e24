extension SettingsExpansion {
    /// `--steps -1` as `--steps=-1`: the parser takes every word that begins with a dash for a flag,
    /// and would say that the value is missing instead of what is wrong with it.
    static func joiningNegativeNumbers(
        _ arguments: [String], flags: [ToolDescription.Flag]
    ) -> [String] {
        let options = Set(flags.filter(\.takesValue).flatMap(\.longNames).map { "--\($0)" })
        var result: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return result + arguments[index...] }
            if let last = result.last, options.contains(last), isNegativeNumber(argument) {
                result[result.count - 1] = "\(last)=\(argument)"
            } else {
                result.append(argument)
            }
        }
        return result
    }

    /// Whether it begins as one: `-1`, `-.5`, `-1,2,3,4`.
    private static func isNegativeNumber(_ text: String) -> Bool {
        guard text.first == "-", let second = text.dropFirst().first else { return false }
        return second.isASCII && (second.isNumber || second == ".")
    }
}
