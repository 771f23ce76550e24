import Foundation

/// The classes of a map as STAC's classification extension 2.0.0 lists them.
enum STACClasses {
    /// One object a class, and one for no data.
    ///
    /// - Parameters:
    ///   - nodata: pixels without data.
    ///   - legend: has the colours, if there are any.
    static func list(
        _ classes: [OutputSummary.ClassShare], nodata: Int, legend: Legend?
    ) -> [JSONValue] {
        let total = classes.reduce(nodata) { $0 + $1.pixels }
        let names = Self.names(classes.map(\.name))
        var result: [JSONValue] = []
        for (value, entry) in classes.enumerated() {
            var members = Self.members(value, entry.pixels, of: total)
            members["name"] = .string(names[value])
            members["title"] = .string(entry.name)
            if let legend {
                let colour = legend.entries[value].hexadecimalColour
                members["color_hint"] = .string(colour.uppercased())
            }
            result.append(.object(members))
        }
        var members = Self.members(Int(MapWriter.nodata), nodata, of: total)
        members["name"] = .string(noData)
        members["title"] = "No data"
        members["nodata"] = true
        result.append(.object(members))
        return result
    }

    private static func members(
        _ value: Int, _ count: Int, of total: Int
    ) -> [String: JSONValue] {
        let share = total > 0 ? Double(count) / Double(total) : 0
        return [
            "value": .integer(value), "count": .integer(count),
            "percentage": .number((share * 1e6).rounded() / 1e4),
        ]
    }

    static let noData = "nodata"

    /// Names for machines, each once: the extension allows ASCII letters, digits, `-` and `_`.
    ///
    /// Accents are left out and what stands between letters becomes a hyphen: “Forêt, dense” is
    /// `Foret-dense`. A name with other letters is `class-` and its value, as is one without any.
    static func names(_ titles: [String]) -> [String] {
        var used: Set<String> = [noData]
        return titles.enumerated().map { value, title in
            var name = ascii(title) ?? "class-\(value)"
            while !used.insert(name).inserted { name += "-\(value)" }
            return name
        }
    }

    private static func ascii(_ title: String) -> String? {
        var words = [""]
        for scalar in title.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_":
                words[words.count - 1].unicodeScalars.append(scalar)
            case _ where scalar.properties.generalCategory == .nonspacingMark: break
            case _ where scalar.properties.isAlphabetic: return nil
            default: words.append("")
            }
        }
        let name = words.filter { !$0.isEmpty }.joined(separator: "-")
        return name.isEmpty ? nil : name
    }
}
