import Foundation
import IICInfer
import IICNaming

/// What `iicd legend` prints: a line for each class, or one object.
struct LegendTable {
    private let path: String
    private let gallery: String?
    private let legend: Legend
    private let hashes: (model: String, legend: String)
    /// Of the training data, where the model has a refinement.
    private let shares: [Double]?
    private let matching: ClassMatching?

    init(_ model: ModelBundle, path: String, matching: ClassMatching?, gallery: String?) {
        self.path = path
        self.gallery = gallery
        self.matching = matching
        legend = model.legend
        hashes = (model.modelHash, model.legend.hash)
        // A named model's are not those of its refinement's classes.
        shares = model.naming == nil ? model.refinement?.logShares.map { exp($0) } : nil
    }

    /// Columns of texts, the first line being their titles.
    private var lines: [[String]] {
        let agreements = matching?.agreements ?? []
        let titles =
            ["value", "name", "colour"] + (shares == nil ? [] : ["share"])
            + (matching == nil ? [] : ["then", "now"])
        return [titles]
            + legend.entries.enumerated().map { value, entry in
                var line = ["\(value)", entry.name, "#" + entry.hexadecimalColour]
                if let shares { line.append(Self.percent(shares[value])) }
                if matching != nil {
                    let found = agreements.indices.contains(value) ? agreements[value] : nil
                    line.append(found.map { Self.percent($0.ofOld) } ?? "–")
                    line.append(found.map { Self.percent($0.ofNew) } ?? "–")
                }
                return line
            }
    }

    func show() {
        let lines = lines
        let widths = lines[0].indices.map { column in lines.map(\.[column].count).max() ?? 0 }
        for (index, line) in lines.enumerated() {
            let cells = line.enumerated().map { column, text -> String in
                let space = String(repeating: " ", count: widths[column] - text.count)
                // Words begin at one place, numbers end at one.
                return column == 1 || column == 2 ? text + space : space + text
            }
            let swatch = Self.hasColours ? (index == 0 ? "   " : self.swatch(index - 1)) : ""
            // The colour's code is ours; all else is shown as it may be.
            Swift.print(swatch + cells.joined(separator: "  ").shown)
        }
        guard let matching else { return }
        print(
            "\(Self.percent(matching.total)) of \(matching.pixels) pixels have the same class as "
                + "before; “then” and “now” are the shares of its pixels in the old model and in this "
                + "one that a class has in both.")
        for (value, found) in matching.agreements.enumerated() where found.isWeak {
            StandardError.warn(
                found.common == 0
                    ? "The value \(value) has no pixel in common with the old model's, and keeps its "
                        + "own name."
                    : "The value \(value), “\(legend.entries[value].name)”, is a weak match: look at "
                        + "it before you trust its name.")
        }
    }

    var json: JSONValue {
        let agreements = matching?.agreements ?? []
        let classes = legend.entries.enumerated().map { value, entry -> JSONValue in
            var members: [String: JSONValue] = [
                "value": .integer(value), "name": .string(entry.name),
                "colour": .string("#" + entry.hexadecimalColour),
            ]
            members["share"] = shares.map { .number($0[value]) }
            if agreements.indices.contains(value) {
                let found = agreements[value]
                members["then"] = .number(found.ofOld)
                members["now"] = .number(found.ofNew)
                members["weak"] = .bool(found.isWeak)
            }
            return .object(members)
        }
        var members: [String: JSONValue] = [
            "event": "legend", "model": .string(path), "classes": .array(classes),
            "modelSHA256": .string(hashes.model), "legendSHA256": .string(hashes.legend),
        ]
        members["agreement"] = matching.map { .number($0.total) }
        members["gallery"] = gallery.map(JSONValue.string)
        return .object(members)
    }

    private static func percent(_ share: Double) -> String {
        String(format: "%.1f %%", share * 100)
    }

    private func swatch(_ value: Int) -> String {
        let parts = legend.entries[value].colour.map(String.init).joined(separator: ";")
        return "\u{1B}[48;2;\(parts)m  \u{1B}[0m "
    }

    private static var hasColours: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(1) != 0 && environment["TERM"] != "dumb"
            && (environment["NO_COLOR"] ?? "").isEmpty
    }
}
