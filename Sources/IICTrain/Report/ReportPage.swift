import Foundation
import IICInfer

/// A training on one page, `report.html`: it needs nothing but itself, and no network.
struct ReportPage {
    var model: String
    var settings: JSONValue
    var data: JSONValue
    var legend: Legend
    var records: [StepRecord]
    /// The checkpoint whose model it is; nil for the last.
    var best: BestCheckpoint?
    /// What the model makes of the monitoring tiles, if that is known.
    var snapshot: Snapshot?
    var tiles: MonitoringTiles
    /// Which of the tiles are shown.
    var shown: [Int]
    var history: LabelHistory
    /// Nil while it goes on.
    var end: TrainingEnd?

    /// The monitoring passes, by step.
    var passes: [(step: Double, record: SnapshotRecord)] {
        records.compactMap { record in record.snapshot.map { (Double(record.step), $0) } }
    }

    var html: String {
        let name = model.pathName.shown
        return Page(
            title: "\(name): training", heading: name,
            line:
                "\(escaped(settings["preset"]?.string ?? "")) · \(escaped(dataSentence))\(ending)",
            cards: cards,
            sections: [
                ("Loss", lossChart), ("Accuracy", accuracyChart),
                ("Classes", sharesChart + Self.galleryLine(ofModel: model)),
                ("Tiles", pictureTable), ("Confusion", confusionTable),
                ("The labels' own evidence", evidenceChart), ("Settings", table(settings)),
                ("Data", table(data)),
            ]
        ).html
    }

    private var dataSentence: String {
        switch data["kind"]?.string {
        case "tiles": "\(data["tiles"]?.integer ?? 0) tiles"
        default:
            (data["scenes"]?.array ?? []).compactMap { $0["name"]?.string }
                .joined(separator: ", ")
        }
    }

    private var ending: String {
        end?.words.map { " · ended: \(escaped($0))" } ?? ""
    }

    private var cards: [(name: String, value: String)] {
        guard let last = records.last(where: { $0.step > 0 }) else { return [] }
        var cards: [(name: String, value: String)] = [
            ("steps", "\(last.step)"), ("training", Self.duration(last.seconds)),
        ]
        for (head, loss) in [("A", \StepRecord.lossA), ("B", \StepRecord.lossB)] {
            if let value = records.last(where: { $0[keyPath: loss] != nil })?[keyPath: loss] {
                cards.append(("loss \(head)", fixed(value, 3)))
            }
        }
        if let accuracy = passes.last(where: { $0.record.accuracy != nil })?.record.accuracy {
            cards.append(("accuracy", percent(accuracy, digits: 1)))
        }
        if let best { cards.append(("step of the model", "\(best.step)")) }
        cards.append(("pairs a second", fixed(last.pairsPerSecond, 1)))
        let memory = records.map(\.memoryBytes).max() ?? 0
        cards.append(("most memory", "\(memory >> 20) MiB"))
        return cards
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 120 { return "\(whole) s" }
        if whole < 7200 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// An object's members, by name.
    private func table(_ value: JSONValue) -> String {
        guard case .object(let members) = value, !members.isEmpty else { return "" }
        let rows = members.sorted { $0.key < $1.key }.map { key, value in
            "<tr><th>\(escaped(key))</th><td>\(escaped(value.string ?? value.text))</td></tr>"
        }
        return "<div class=\"scroll\"><table class=\"plain\">\(rows.joined())</table></div>"
    }
}
