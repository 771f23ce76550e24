import Foundation
import IICInfer
import IICTrain

/// A training on one page, `report.html`: it needs nothing but itself, and no network.
struct ReportPage {
    var model: String
    var settings: JSONValue
    var data: JSONValue
    var legend: Legend
    var records: [StepRecord]
    /// The moment whose model it is; nil for the last.
    var best: BestMoment?
    /// What the model makes of the probe's tiles, if that is known.
    var look: Probe?
    var probe: ProbeTiles
    /// Which of the probe's tiles are shown.
    var shown: [Int]
    var moments: Moments

    /// Colours of curves: Okabe and Ito's blue, orange and green.
    private static let colours = ["#0072b2", "#e69f00", "#009e73"]
    /// Steps that a loss is averaged over.
    private static let window = 20

    private var looks: [(step: Double, probe: StepRecord.Probe)] {
        records.compactMap { record in record.probe.map { (Double(record.step), $0) } }
    }

    var html: String {
        let name = (model as NSString).lastPathComponent
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(name)): training</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <header>
            <h1>\(escaped(name))</h1>
            <p>\(escaped(settings["preset"]?.string ?? "")) · \(escaped(dataSentence))</p>
            </header>
            \(cards)
            <main>
            \(section("Loss", losses))
            \(section("Accuracy", accuracy))
            \(section("Classes", shares))
            \(section("Tiles", tiles))
            \(section("Confusion", confusion))
            \(section("The labels' own evidence", evidence))
            \(section("Settings", table(settings)))
            \(section("Data", table(data)))
            </main>
            <footer>iicd \(escaped(Software.version))</footer>
            </body>
            </html>

            """
    }

    private func section(_ title: String, _ body: String) -> String {
        body.isEmpty ? "" : "<section><h2>\(title)</h2>\(body)</section>"
    }

    private var dataSentence: String {
        switch data["kind"]?.string {
        case "tiles": "\(data["tiles"]?.integer ?? 0) tiles"
        default:
            (data["scenes"]?.array ?? []).compactMap { $0["name"]?.string }
                .joined(separator: ", ")
        }
    }

    // MARK: Numbers

    private var cards: String {
        guard let last = records.last(where: { $0.step > 0 }) else { return "" }
        var cards = [("steps", "\(last.step)"), ("training", Self.duration(last.seconds))]
        for (head, loss) in [("A", \StepRecord.lossA), ("B", \StepRecord.lossB)] {
            if let value = records.last(where: { $0[keyPath: loss] != nil })?[keyPath: loss] {
                cards.append(("loss \(head)", fixed(value, 3)))
            }
        }
        if let accuracy = looks.last(where: { $0.probe.accuracy != nil })?.probe.accuracy {
            cards.append(("accuracy", percent(accuracy, digits: 1)))
        }
        if let best { cards.append(("step of the model", "\(best.step)")) }
        cards.append(("pairs a second", fixed(last.pairsPerSecond, 1)))
        let memory = records.map(\.memoryBytes).max() ?? 0
        cards.append(("most memory", "\(memory >> 20) MiB"))
        return "<div class=\"cards\">"
            + cards.map { "<div><b>\(escaped($0.1))</b><span>\($0.0)</span></div>" }.joined()
            + "</div>"
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 120 { return "\(whole) s" }
        if whole < 7200 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    // MARK: Curves

    private var bestMark: (x: Double, text: String)? {
        best.map { (Double($0.step), "model: step \($0.step)") }
    }

    private var losses: String {
        var series: [Chart.Series] = []
        let heads = [("head A", \StepRecord.lossA), ("head B", \StepRecord.lossB)]
        for (index, (name, loss)) in heads.enumerated() {
            let points = records.compactMap { record in
                record[keyPath: loss].map { (x: Double(record.step), y: $0) }
            }
            guard !points.isEmpty else { continue }
            let colour = Self.colours[index]
            series.append(
                Chart.Series(name: name, colour: colour, points: points, isFaint: true))
            series.append(Chart.Series(name: name, colour: colour, points: Self.smooth(points)))
        }
        return Chart(yTitle: "loss (nats)", series: series, mark: bestMark).html
            + "<p>Lower is better: the negative information that two views' classes tell of each "
            + "other. The line is the mean of \(Self.window) steps.</p>"
    }

    private static func smooth(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        var sum = 0.0
        return points.indices.map { index in
            sum += points[index].y
            if index >= window { sum -= points[index - window].y }
            return (points[index].x, sum / Double(min(index + 1, window)))
        }
    }

    private func curve(
        _ name: String, _ colour: Int, _ value: (StepRecord.Probe) -> Double?
    ) -> Chart.Series {
        Chart.Series(
            name: name, colour: Self.colours[colour],
            points: looks.compactMap { look in value(look.probe).map { (look.step, $0) } })
    }

    private var accuracy: String {
        guard probe.hasTruth else {
            return "<p class=\"empty\">No truth is known: give --truth with a scene, or gt/N.mat "
                + "beside the tiles.</p>"
        }
        let share = look?.matrix.map { percent($0.majorityShare, digits: 1) }
        return Chart(
            yTitle: "share of pixels",
            series: [
                curve("accuracy, classes matched one to one", 0) { $0.accuracy },
                curve("mean IoU", 1) { $0.meanIoU },
            ], yRange: 0...1, mark: bestMark
        ).html + "<p>On \(probe.tiles.count) tiles of the training data. The largest true class "
            + "alone would give \(share ?? "–").</p>"
    }

    private var shares: String {
        let classes = looks.map(\.probe.shares.count).max() ?? 0
        let same = looks.filter { $0.probe.shares.count == classes }
        let model = same.firstIndex { $0.step == best.map { Double($0.step) } }
        let orders = ClassOrder.following(
            same.map(\.probe), from: model ?? max(0, same.count - 1))
        let series = (0..<classes).map { index in
            Chart.Series(
                name: legend.entries.indices.contains(index)
                    ? legend.entries[index].name : "Class \(index + 1)",
                colour: css(colour(index)),
                points: zip(same, orders).map { ($0.step, $0.probe.shares[$1[index]]) })
        }
        let dead = (looks.last?.probe.dead ?? []).map { number in
            (orders.last?.firstIndex(of: number - 1) ?? number - 1) + 1
        }
        let note =
            dead.isEmpty
            ? ""
            : "<p class=\"warn\">Almost dead: class "
                + dead.map(String.init).joined(separator: ", ") + ".</p>"
        return Chart(
            yTitle: "share of pixels", series: series, yRange: 0...1, isStacked: true
        ).html + note
    }

    private var evidence: String {
        guard looks.contains(where: { $0.probe.viewInformation != nil }) else { return "" }
        return Chart(
            yTitle: "nats",
            series: [
                curve("labels of a tile and of its mirror image", 0) { $0.viewInformation },
                curve("labels of heads A and B", 1) { $0.headInformation },
                curve("agreement", 2) { $0.agreement },
            ], mark: bestMark
        ).html
            + "<p>Known without any truth: how much two labellings of the same pixels tell of each "
            + "other. Agreement is the labels' entropy, less what either of the others leaves open of "
            + "it; the model is that of the step where it is greatest.</p>"
    }

    // MARK: Pictures

    private func colour(_ label: Int) -> [UInt8] {
        legend.entries.indices.contains(label) ? legend.entries[label].colour : [120, 120, 120]
    }

    /// Of each class of some moment's labels of the shown tiles: that of the model's class that it is.
    private func classColours(_ labels: [[UInt8]]) -> [[UInt8]] {
        let classes = legend.entries.count
        guard let look else { return (0..<classes).map(colour) }
        let order = ClassOrder.matching(
            labels, to: shown.map { look.labels[$0] }, classes: classes)
        var colours = (0..<classes).map(colour)
        for (model, other) in order.enumerated() { colours[other] = colour(model) }
        return colours
    }

    private var tiles: String {
        let steps = moments.shown
        guard !shown.isEmpty, !steps.isEmpty else {
            return "<p class=\"empty\">No tiles have been looked at yet.</p>"
        }
        let hasTruth = shown.contains { probe.tiles[$0].truth != nil }
        let colours = steps.map { classColours(moments.labels[$0] ?? []) }
        var rows =
            "<tr><th></th><th>image</th>" + steps.map { "<th>step \($0)</th>" }.joined()
            + (best.map { "<th>model (\($0.step))</th>" } ?? "")
            + (hasTruth ? "<th>truth</th>" : "") + "</tr>"
        for (place, index) in shown.enumerated() {
            let tile = probe.tiles[index]
            rows += "<tr><th>\(escaped(tile.name))</th><td>\(picture(of: tile))</td>"
            for (step, colours) in zip(steps, colours) {
                let labels = moments.labels[step]?[place] ?? []
                rows += "<td>\(picture(tile, "labels") { colours[Int(labels[$0])] })</td>"
            }
            if best != nil {
                let cell = look.map { look in
                    picture(tile, "labels") { colour(Int(look.labels[index][$0])) }
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
        look?.matrix?.matching.firstIndex(of: truth) ?? -1
    }

    private func picture(of tile: ProbeTiles.Tile) -> String {
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
        _ tile: ProbeTiles.Tile, _ what: String, colour: (Int) -> [UInt8]?
    ) -> String {
        var picture = Picture(width: tile.width, height: tile.height)
        for pixel in tile.valid.indices where tile.valid[pixel] != 0 {
            if let colour = colour(pixel) { picture.set(pixel, colour) }
        }
        let data = Data(picture.png).base64EncodedString()
        return "<img alt=\"\(what) of \(escaped(tile.name))\" width=\"\(tile.width)\" "
            + "height=\"\(tile.height)\" src=\"data:image/png;base64,\(data)\">"
    }

    private var confusion: String {
        guard let matrix = look?.matrix else { return "" }
        let matching = matrix.matching
        // True classes that do not occur would only be empty columns.
        let columns = (0..<matrix.trueClasses).filter { truth in
            (0..<matrix.predictedClasses).contains { matrix[$0, truth] > 0 }
        }
        var rows =
            "<tr><th>found / true</th>"
            + columns.map { "<th>\(escaped(trueName($0)))</th>" }.joined() + "</tr>"
        for found in 0..<matrix.predictedClasses {
            let name =
                legend.entries.indices.contains(found)
                ? legend.entries[found].name : "Class \(found + 1)"
            rows +=
                "<tr><th class=\"name\"><i style=\"background:\(css(colour(found)))\"></i>"
                + "\(escaped(name))</th>"
            for truth in columns {
                let share = Double(matrix[found, truth]) / Double(max(1, matrix.total))
                let isMatch = matching[found] == truth
                rows +=
                    "<td\(isMatch ? " class=\"match\"" : "") style=\"--part:"
                    + "\(fixed(min(1, share * 2) * 100, 0))%\">\(fixed(share * 100, 1))</td>"
            }
            rows += "</tr>"
        }
        return "<div class=\"scroll\"><table class=\"confusion\">\(rows)</table></div>"
            + "<p>Percent of the tiles' pixels with known truth; a frame marks the class that stands "
            + "for a true one.</p>"
    }

    private func trueName(_ truth: Int) -> String {
        probe.names.indices.contains(truth) && !probe.names[truth].isEmpty
            ? probe.names[truth] : "true \(truth)"
    }

    // MARK: Tables

    /// An object's members, by name.
    private func table(_ value: JSONValue) -> String {
        guard case .object(let members) = value, !members.isEmpty else { return "" }
        let rows = members.sorted { $0.key < $1.key }.map { key, value in
            "<tr><th>\(escaped(key))</th><td>\(escaped(value.string ?? value.text))</td></tr>"
        }
        return "<div class=\"scroll\"><table class=\"plain\">\(rows.joined())</table></div>"
    }

    private static let style = """
        :root { color-scheme: light dark; --ink: #1c1f23; --soft: #5d6670; --paper: #ffffff;
          --box: #f4f5f7; --rule: #dfe3e8; --heat: #0072b2; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8eaed; --soft: #a3abb5; --paper: #16181b; --box: #202327;
            --rule: #363b41; --heat: #56b4e9; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1060px; padding: 28px 24px 40px; color: var(--ink);
          background: var(--paper); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans",
          sans-serif; }
        h1 { font-size: 26px; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 0 0 10px; }
        header p, section p, footer { color: var(--soft); margin: 6px 0 0; font-size: 13.5px; }
        .empty { font-style: italic; }
        .warn { color: #d55e00; font-weight: 600; }
        .cards { display: flex; flex-wrap: wrap; gap: 10px; margin: 20px 0 26px; }
        .cards div { background: var(--box); border-radius: 8px; padding: 9px 15px; }
        .cards b { display: block; font-size: 19px; font-variant-numeric: tabular-nums; }
        .cards span { color: var(--soft); font-size: 12.5px; }
        main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 30px 34px; }
        section:nth-child(n + 4) { grid-column: 1 / -1; }
        section:nth-child(3) { grid-column: 1 / -1; }
        @media (max-width: 800px) { main { grid-template-columns: minmax(0, 1fr); } }
        figure { margin: 0; max-width: 720px; }
        svg { width: 100%; height: auto; display: block; }
        svg text { fill: var(--soft); font-size: 12px; }
        svg .title { fill: var(--ink); }
        .grid { stroke: var(--rule); }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .faint { fill: none; stroke-width: 1; opacity: 0.3; }
        .mark { stroke: var(--soft); stroke-dasharray: 4 4; }
        figcaption span { display: inline-block; margin: 2px 16px 0 0; font-size: 13px; }
        i { display: inline-block; width: 11px; height: 11px; border-radius: 3px;
          margin-right: 6px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        th { font-weight: 500; color: var(--soft); text-align: left; padding: 4px 12px 4px 0; }
        td { padding: 4px 12px 4px 0; }
        .plain tr { border-top: 1px solid var(--rule); }
        .plain td { overflow-wrap: anywhere; }
        .tiles td, .tiles th { padding: 0 8px 8px 0; }
        .tiles img { display: block; width: 148px; height: auto; border-radius: 4px;
          image-rendering: pixelated; background: var(--box); }
        .confusion td { text-align: right; padding: 5px 11px; border: 2px solid var(--paper);
          background: color-mix(in srgb, var(--heat) var(--part), var(--box)); min-width: 74px; }
        .confusion .match { outline: 2px solid var(--ink); outline-offset: -3px; }
        .confusion th { padding: 4px 11px; }
        .name { white-space: nowrap; }
        footer { margin-top: 34px; border-top: 1px solid var(--rule); padding-top: 10px; }
        """
}
