/// Reads the elements of a small XML document, one after another, with nothing but the five entities
/// that XML itself has: no others can be declared, and nothing outside the document is ever read.
struct MarkupReader {
    struct Element {
        var name: String
        var attributes: [String: String] = [:]
    }

    private let text: [Unicode.Scalar]
    private var place = 0
    private var open: [String] = []
    private var hasRoot = false

    /// Elements that the last one lies in, itself included.
    private(set) var depth = 0

    private static let deepest = 64

    init(_ text: [Unicode.Scalar]) { self.text = text }

    /// The next element that begins; nil at the end of a whole document.
    mutating func next() throws(LegendFile.Problem) -> Element? {
        while let start = text[place...].firstIndex(of: "<") {
            place = start
            if skip("<!--", to: "-->") || skip("<![CDATA[", to: "]]>") || skip("<?", to: "?>") {
                continue
            }
            if follows("<!") {
                try skipDeclaration()
            } else if follows("</") {
                try close()
            } else {
                return try element()
            }
        }
        guard open.isEmpty, hasRoot else { throw LegendFile.Problem(reason: "it is not whole") }
        return nil
    }

    private func follows(_ mark: String) -> Bool {
        text[place...].starts(with: mark.unicodeScalars)
    }

    /// Passes over what begins with one mark and ends with another, which must be there.
    private mutating func skip(_ start: String, to end: String) -> Bool {
        guard follows(start) else { return false }
        let mark = Array(end.unicodeScalars)
        place += start.unicodeScalars.count
        while place < text.count, !text[place...].starts(with: mark) { place += 1 }
        // Where it has no end, the document is not whole.
        if place >= text.count { open.append("") }
        place = min(text.count, place + mark.count)
        return true
    }

    /// `<!DOCTYPE …>`, which may name a file but declare nothing.
    private mutating func skipDeclaration() throws(LegendFile.Problem) {
        while place < text.count, text[place] != ">" {
            guard text[place] != "[" else {
                throw LegendFile.Problem(reason: "it declares entities of its own")
            }
            place += 1
        }
    }

    private mutating func close() throws(LegendFile.Problem) {
        place += 2
        let name = word()
        skipSpace()
        guard place < text.count, text[place] == ">", open.popLast() == name else { throw damaged }
    }

    private mutating func element() throws(LegendFile.Problem) -> Element {
        place += 1
        var element = Element(name: word())
        guard !element.name.isEmpty, !(open.isEmpty && hasRoot) else { throw damaged }
        hasRoot = true
        while true {
            skipSpace()
            guard place < text.count else { throw damaged }
            if text[place] == ">" || follows("/>") { break }
            let name = word()
            skipSpace()
            guard !name.isEmpty, place < text.count, text[place] == "=" else { throw damaged }
            place += 1
            skipSpace()
            guard element.attributes.updateValue(try value(), forKey: name) == nil else {
                throw damaged
            }
        }
        depth = open.count + 1
        guard depth <= Self.deepest else { throw damaged }
        if text[place] == ">" { open.append(element.name) }
        return element
    }

    /// A quoted value.
    private mutating func value() throws(LegendFile.Problem) -> String {
        guard place < text.count, text[place] == "\"" || text[place] == "'" else { throw damaged }
        let quote = text[place]
        place += 1
        var value = String.UnicodeScalarView()
        while place < text.count, text[place] != quote {
            switch text[place] {
            case "<": throw damaged
            case "&": value.append(try reference())
            case "\t", "\n", "\r": value.append(" ")
            default: value.append(text[place])
            }
            place += 1
        }
        guard place < text.count else { throw damaged }
        place += 1
        return String(value)
    }

    /// From `&` to its semicolon.
    private mutating func reference() throws(LegendFile.Problem) -> Unicode.Scalar {
        let known: [String: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
        ]
        guard let end = text[place...].prefix(12).firstIndex(of: ";") else { throw damaged }
        let name = String(String.UnicodeScalarView(text[place + 1..<end]))
        place = end
        if let scalar = known[name] { return scalar }
        let number =
            name.hasPrefix("#x")
            ? UInt32(name.dropFirst(2), radix: 16)
            : name.hasPrefix("#") ? UInt32(name.dropFirst(1)) : nil
        guard let scalar = number.flatMap(Unicode.Scalar.init) else {
            throw LegendFile.Problem(reason: "it has the unknown entity “\(name)”")
        }
        return scalar
    }

    private mutating func skipSpace() {
        while place < text.count, " \t\r\n".unicodeScalars.contains(text[place]) { place += 1 }
    }

    /// A name, which may be empty.
    private mutating func word() -> String {
        let start = place
        while place < text.count, !" \t\r\n=/><\"'&".unicodeScalars.contains(text[place]) {
            place += 1
        }
        return String(String.UnicodeScalarView(text[start..<place]))
    }

    private var damaged: LegendFile.Problem { LegendFile.Problem(reason: "its XML is damaged") }
}
