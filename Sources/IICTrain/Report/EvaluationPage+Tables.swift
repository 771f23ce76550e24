/// The numbers, in tables that a screen reader can follow.
extension EvaluationPage {
    private static func header(_ names: [String]) -> String {
        "<thead><tr>" + names.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
            + "</tr></thead>"
    }

    /// - Parameters:
    ///   - name: of the row, as HTML.
    ///   - cells: as HTML.
    private static func row(_ name: String, _ cells: [String]) -> String {
        "<tr><th scope=\"row\" class=\"name\">\(name)</th>"
            + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }

    /// - Parameters:
    ///   - name: for those who do not see it.
    ///   - note: above it.
    private static func table(
        _ name: String, note: String, header: [String], rows: [String]
    ) -> String {
        "<p>\(escaped(note))</p><div class=\"scroll\">"
            + "<table class=\"scores\" aria-label=\"\(escaped(name))\">"
            + Self.header(header) + "<tbody>\(rows.joined())</tbody></table></div>"
    }

    /// How well each true class was found.
    var classTable: String {
        func share(_ value: Double?) -> String { value.map { percent($0, digits: 1) } ?? "–" }
        // Class numbers have gaps: what no pixel has or is given is no class.
        let rows = report.classes.enumerated().filter { $1.iou != nil }.map { known, score in
            Self.row(
                Self.patch(trueColour(known)) + escaped(score.name),
                [
                    grouped(score.pixels),
                    percent(Double(score.pixels) / Double(max(1, report.pixels)), digits: 1),
                    score.match.map { escaped(foundName($0)) } ?? "nothing", share(score.recall),
                    share(score.precision), share(score.f1), share(score.iou),
                ])
        }
        return Self.table(
            "Scores of the classes",
            note: "Each found class stands for one true class, so that most pixels are right.",
            header: [
                "true class", "pixels", "share", "found as", "recall (producer's accuracy)",
                "precision (user's accuracy)", "F1", "IoU",
            ], rows: rows)
    }

    /// The labels' measures above those of clusterings.
    var measureTable: String {
        let rows =
            [Self.row(escaped(labels), ["\(report.clusters)"] + report.measures.texts)]
            + report.baselines.map { score in
                Self.row(escaped(score.name), ["\(score.clusters)"] + score.measures.texts)
            }
        return Self.table(
            "Measures beside those of baselines",
            note: "Many-to-one gives each found class the true class that it meets most, and "
                + "grows with the number of classes.",
            header: ["labels", "classes"] + LabelMeasures.names, rows: rows)
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
