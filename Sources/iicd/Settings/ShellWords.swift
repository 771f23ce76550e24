import IICInfer

/// Parts a line into words as a POSIX shell does: at white space outside quotes, with `'…'`, `"…"` and
/// `\\`. Nothing is expanded: `$HOME`, `*` and `;` are themselves.
///
/// Source: POSIX.1-2017, Shell Command Language, §2.2.
enum ShellWords {
    private enum Quote { case none, single, double }

    /// - Throws: ``UsageError`` for a quote without an end.
    static func split(_ line: String) throws(UsageError) -> [String] {
        var words: [String] = []
        // Nil between words: quotes alone make an empty one.
        var word: String?
        var quote = Quote.none
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if isEscaped {
                isEscaped = false
                // Between double quotes it escapes these alone, and a line's end goes with it.
                if quote == .double, !"$`\"\\\n".unicodeScalars.contains(scalar) {
                    word = (word ?? "") + "\\"
                }
                if scalar != "\n" { word = (word ?? "") + String(scalar) }
                continue
            }
            switch (quote, scalar) {
            case (.none, "\\"), (.double, "\\"):
                isEscaped = true
            case (.none, "'"), (.none, "\""):
                quote = scalar == "'" ? .single : .double
                word = word ?? ""
            case (.single, "'"), (.double, "\""):
                quote = .none
            case (.none, " "), (.none, "\t"), (.none, "\n"):
                if let word { words.append(word) }
                word = nil
            default:
                word = (word ?? "") + String(scalar)
            }
        }
        guard quote == .none, !isEscaped else {
            throw UsageError(
                description: isEscaped
                    ? "“\(line)” ends with a backslash, which escapes nothing."
                    : "a quote in “\(line)” has no end.")
        }
        if let word { words.append(word) }
        return words
    }
}
