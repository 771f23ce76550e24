/// Names and colours of head B's classes, as maps, attribute tables and pages show them.
public struct Legend: Codable, Hashable, Sendable {
    /// One class: its label in the map is its place in ``entries``.
    public struct Entry: Codable, Hashable, Sendable {
        public var name: String
        /// Red, green, blue, 0…255.
        public var colour: [UInt8]

        public init(name: String, colour: [UInt8]) {
            self.name = name
            self.colour = colour
        }
    }

    public var entries: [Entry]

    public init(entries: [Entry]) {
        self.entries = entries
    }

    /// "Class 1", "Class 2", … in colours that a person can tell apart.
    ///
    /// The first colours are Okabe and Ito's set for colour-blind readers; further ones go round
    /// the hues by the golden ratio.
    public static func unnamed(classes: Int) -> Legend {
        let known: [[UInt8]] = [
            [0, 114, 178], [230, 159, 0], [0, 158, 115], [240, 228, 66], [213, 94, 0],
            [204, 121, 167], [86, 180, 233], [120, 120, 120],
        ]
        return Legend(
            entries: (0..<classes).map { index in
                Entry(
                    name: "Class \(index + 1)",
                    colour: index < known.count ? known[index] : hue(Double(index) * 0.618034))
            })
    }

    /// A colour of full saturation on the wheel; `turn` counts whole turns.
    private static func hue(_ turn: Double) -> [UInt8] {
        let position = (turn - turn.rounded(.down)) * 6
        return [5.0, 3.0, 1.0].map { offset in
            let k = (offset + position).truncatingRemainder(dividingBy: 6)
            return UInt8((1 - max(0, min(1, min(k, 4 - k))) * 0.8) * 230)
        }
    }

    /// SHA-256, in hexadecimal, over names and colours.
    public var hash: String { SHA256.hex(Array(document.text.utf8)) }

    /// As model files have it.
    var document: JSONValue {
        let entries = entries.map { entry -> JSONValue in
            [
                "name": .string(entry.name),
                "colour": .array(entry.colour.map { .integer(Int($0)) }),
            ]
        }
        return ["entries": .array(entries)]
    }
}
