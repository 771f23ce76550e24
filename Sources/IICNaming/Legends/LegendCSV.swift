import IICInfer

/// A legend as comma-separated values: `value,name,colour`, quoted as RFC 4180 has it.
enum LegendCSV {
    static func text(_ legend: Legend) -> String {
        legend.entries.enumerated().reduce(into: "value,name,colour\n") { text, entry in
            let (name, colour) = (entry.element.name, entry.element.hexadecimalColour)
            text += "\(entry.offset),\(field(name)),#\(colour)\n"
        }
    }

    private static func field(_ text: String) -> String {
        // By scalars: a mark that has an accent on it is another character.
        let isPlain = text.unicodeScalars.allSatisfy { !",\"\r\n".unicodeScalars.contains($0) }
        guard !isPlain || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
        var quoted = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.append(scalar) }
            quoted.append(scalar)
        }
        return "\"\(String(quoted))\""
    }

    /// Columns are found by their names, in any order; others are passed over.
    static func rows(_ text: [Unicode.Scalar]) throws(LegendFile.Problem) -> [LegendFile.Row] {
        var records = try records(text)
        let header = records.isEmpty ? [] : records.removeFirst()
        func column(_ names: [String]) -> Int? {
            header.firstIndex { names.contains(Legend.trimmed($0).lowercased()) }
        }
        guard let value = column(["value"]), let name = column(["name"]),
            let colour = column(["colour", "color"])
        else { throw LegendFile.Problem(reason: "its first line is not value,name,colour") }
        var rows: [LegendFile.Row] = []
        for record in records where record != [""] {
            guard record.count == header.count else {
                throw LegendFile.Problem(
                    reason: "the line of “\(record[0].prefix(40))” has \(record.count) fields and "
                        + "the first one \(header.count)")
            }
            rows.append(
                try LegendFile.row(
                    value: record[value], name: Legend.trimmed(record[name]),
                    colour: record[colour]))
        }
        return rows
    }

    /// Fields of each line; a blank line is one empty field.
    private static func records(
        _ text: [Unicode.Scalar]
    ) throws(LegendFile.Problem) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field = String.UnicodeScalarView()
        var index = 0
        while index < text.count {
            if text[index] == "\"" && field.isEmpty {
                index += 1
                while index < text.count,
                    text[index] != "\"" || text.dropFirst(index + 1).first == "\""
                {
                    if text[index] == "\"" { index += 1 }
                    field.append(text[index])
                    index += 1
                }
                guard index < text.count else {
                    throw LegendFile.Problem(reason: "it ends within quotes")
                }
                index += 1
                guard index == text.count || ",\r\n".unicodeScalars.contains(text[index]) else {
                    throw LegendFile.Problem(
                        reason: "“\(String(field).prefix(40))” goes on after its quotes")
                }
            }
            guard index < text.count else { break }
            switch text[index] {
            case ",":
                record.append(String(field))
                field = .init()
            case "\r" where text.dropFirst(index + 1).first == "\n": break
            case "\n", "\r":
                records.append(record + [String(field)])
                (record, field) = ([], .init())
            case "\"":
                throw LegendFile.Problem(
                    reason: "“\(String(field).prefix(40))” has quotes within it")
            default: field.append(text[index])
            }
            index += 1
        }
        if !record.isEmpty || !field.isEmpty { records.append(record + [String(field)]) }
        return records
    }
}
