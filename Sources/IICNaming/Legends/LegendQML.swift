import IICInfer

/// The classes of a QGIS layer style with a paletted renderer, ours and QGIS's own.
enum LegendQML {
    static func rows(_ text: [Unicode.Scalar]) throws(LegendFile.Problem) -> [LegendFile.Row] {
        var reader = MarkupReader(text)
        var rows: [LegendFile.Row] = []
        var isPaletted = false
        while let element = try reader.next() {
            if reader.depth == 1, element.name != "qgis" {
                throw LegendFile.Problem(reason: "it is no QGIS style")
            }
            switch element.name {
            case "rasterrenderer":
                isPaletted = element.attributes["type"] == "paletted"
            case "paletteEntry" where isPaletted:
                let attributes = element.attributes
                guard let value = attributes["value"], let colour = attributes["color"],
                    let label = attributes["label"]
                else {
                    throw LegendFile.Problem(
                        reason: "an entry of its palette lacks value, color or label")
                }
                rows.append(
                    try LegendFile.row(value: value, name: Legend.trimmed(label), colour: colour))
            default: break
            }
        }
        guard !rows.isEmpty else {
            throw LegendFile.Problem(reason: "it has no paletted renderer with classes")
        }
        return rows
    }
}
