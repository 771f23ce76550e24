import IICInfer

/// The numbers, in tables that a screen reader can follow.
extension EvaluationPage {
    /// How well each true class was found.
    var classTable: String {
        func share(_ value: Double?) -> String { value.map { percent($0, digits: 1) } ?? "–" }
        // Class numbers have gaps: what no pixel has or is given is no class.
        let rows = report.classes.enumerated().filter { $1.iou != nil }.map { known, score in
            (
                name: Self.patch(trueColour(known)) + escaped(score.name),
                cells: [
                    grouped(score.pixels),
                    percent(Double(score.pixels) / Double(max(1, report.pixels)), digits: 1),
                    score.match.map { escaped(foundName($0)) } ?? "nothing", share(score.recall),
                    share(score.precision), share(score.f1), share(score.iou),
                ]
            )
        }
        return PageTable(
            name: "Scores of the classes",
            note: "Each found class stands for one true class, so that most pixels are right.",
            header: [
                "true class", "pixels", "share", "found as", "recall (producer's accuracy)",
                "precision (user's accuracy)", "F1", "IoU",
            ], rows: rows
        ).html
    }

    /// The labels' measures above those of clusterings.
    var measureTable: String {
        let rows =
            [(name: escaped(labels), cells: ["\(report.clusters)"] + report.measures.texts)]
            + report.baselines.map { score in
                (name: escaped(score.name), cells: ["\(score.clusters)"] + score.measures.texts)
            }
        return PageTable(
            name: "Measures beside those of baselines",
            note: "Many-to-one gives each found class the true class that it meets most, and "
                + "grows with the number of classes.",
            header: ["labels", "classes"] + LabelMeasures.names, rows: rows
        ).html
    }

    var originTable: String {
        let rows = ([("Labels", labels), ("Truth", truth)] + origin).map { name, value in
            "<tr><th scope=\"row\">\(escaped(name))</th><td>\(escaped(value))</td></tr>"
        }
        return
            "<div class=\"scroll\"><table class=\"plain\"><tbody>\(rows.joined())</tbody></table>"
            + "</div>"
    }
}
