import Foundation
import IICInfer

/// The tiles that are shown, with their labels.
extension ReportPage {
    func colour(_ label: Int) -> [UInt8] {
        legend.entries.indices.contains(label) ? legend.entries[label].colour : [120, 120, 120]
    }

    /// Of each class of some pass's labels of the shown tiles: that of the model's class that it is.
    private func classColours(_ labels: [[UInt8]]) -> [[UInt8]] {
        let classes = legend.entries.count
        guard let snapshot else { return (0..<classes).map(colour) }
        let order = ClassOrder.matching(
            labels, to: shown.map { snapshot.labels[$0] }, classes: classes)
        var colours = (0..<classes).map(colour)
        for (model, other) in order.enumerated() { colours[other] = colour(model) }
        return colours
    }

    var pictureTable: String {
        let steps = history.shown
        guard !shown.isEmpty, !steps.isEmpty else {
            return "<p class=\"empty\">No tiles have been monitored yet.</p>"
        }
        let hasTruth = shown.contains { tiles.tiles[$0].truth != nil }
        let colours = steps.map { classColours(history.labels[$0] ?? []) }
        var rows =
            "<tr><th></th><th>image</th>" + steps.map { "<th>step \($0)</th>" }.joined()
            + (best.map { "<th>model (\($0.step))</th>" } ?? "")
            + (hasTruth ? "<th>truth</th>" : "") + "</tr>"
        for (place, index) in shown.enumerated() {
            let tile = tiles.tiles[index]
            rows += "<tr><th>\(escaped(tile.name))</th><td>\(picture(of: tile))</td>"
            for (step, colours) in zip(steps, colours) {
                let labels = history.labels[step]?[place] ?? []
                rows += "<td>\(picture(tile, "labels") { colours[Int(labels[$0])] })</td>"
            }
            if best != nil {
                let cell = snapshot.map { snapshot in
                    picture(tile, "labels") { colour(Int(snapshot.labels[index][$0])) }
                }
                rows += "<td>\(cell ?? "")</td>"
            }
            if hasTruth {
                let cell = tile.truth.map { truth in
                    picture(tile, "truth") {
                        truth[$0] < 0 ? nil : colour(matched(Int(truth[$0])))
                    }
                }
                rows += "<td>\(cell ?? "")</td>"
            }
            rows += "</tr>"
        }
        let note =
            hasTruth
            ? "<p>A true class has the colour of the class that stands for it, gray if none does."
                + "</p>" : ""
        return "<div class=\"scroll\"><table class=\"tiles\">\(rows)</table></div>\(note)"
    }

    /// The class that stands for a true one.
    private func matched(_ truth: Int) -> Int {
        snapshot?.matrix?.matching.firstIndex(of: truth) ?? -1
    }

    private func picture(of tile: MonitoringTiles.Tile) -> String {
        let channels = tile.values.count / tile.valid.count
        let bands = channels >= 3 ? [0, 1, 2] : [0, 0, 0]
        // From the 2nd to the 98th percentile of all three, so that colours stay what they are.
        let sorted = tile.valid.indices.filter { tile.valid[$0] != 0 }
            .flatMap { pixel in bands.map { tile.values[pixel * channels + $0] } }.sorted()
        let low = sorted.isEmpty ? 0 : sorted[sorted.count * 2 / 100]
        let high = sorted.isEmpty ? 1 : max(sorted[(sorted.count - 1) * 98 / 100], low.nextUp)
        return picture(tile, "image") { pixel in
            bands.map { band in
                let value = (tile.values[pixel * channels + band] - low) / (high - low)
                return UInt8((min(max(value, 0), 1) * 255).rounded())
            }
        }
    }

    /// - Parameter colour: of a valid pixel; nil where there is nothing to show.
    private func picture(
        _ tile: MonitoringTiles.Tile, _ what: String, colour: (Int) -> [UInt8]?
    ) -> String {
        var picture = Picture(width: tile.width, height: tile.height)
        for pixel in tile.valid.indices where tile.valid[pixel] != 0 {
            if let colour = colour(pixel) { picture.set(pixel, colour) }
        }
        // The numbers of the page are worth having without its pictures.
        guard let png = try? picture.png else { return "\(what) could not be drawn" }
        let data = Data(png).base64EncodedString()
        return "<img alt=\"\(what) of \(escaped(tile.name))\" width=\"\(tile.width)\" "
            + "height=\"\(tile.height)\" src=\"data:image/png;base64,\(data)\">"
    }
}
