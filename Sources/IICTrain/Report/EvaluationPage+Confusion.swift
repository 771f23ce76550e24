import IICInfer

/// The confusion matrix, of a size that a page can show.
extension EvaluationPage {
    /// Rows and columns, at most; smaller classes are added up.
    private static let most = 40

    /// Which classes have a row or column of their own, and which share one.
    private static func split(_ counts: [Int]) -> (shown: [Int], others: [Int]) {
        let present = counts.indices.filter { counts[$0] > 0 }
        guard present.count > most else { return (present, []) }
        let bySize = present.sorted { (counts[$1], $0) < (counts[$0], $1) }
        return (bySize.prefix(most).sorted(), bySize.dropFirst(most).sorted())
    }

    var confusionTable: String {
        let (columns, otherColumns) = Self.split(report.classes.map(\.pixels))
        let (rows, otherRows) = Self.split(report.confusion.map { $0.reduce(0, +) })
        // In the order of the true classes that they stand for.
        let places = match.map { known in known.flatMap { columns.firstIndex(of: $0) } ?? .max }
        let ordered = rows.sorted { (places[$0], $0) < (places[$1], $1) }

        var head = columns.map { Self.patch(trueColour($0)) + escaped(report.classes[$0].name) }
        if !otherColumns.isEmpty { head.append("\(otherColumns.count) others") }
        let header = (["found \\ true"] + head + ["all"]).map { "<th scope=\"col\">\($0)</th>" }
        var body = ordered.map { value in
            row(
                Self.patch(found[value].colour) + escaped(foundName(value)), of: [value],
                columns: columns, others: otherColumns, match: match[value])
        }
        if !otherRows.isEmpty {
            body.append(
                row(
                    "\(otherRows.count) others", of: otherRows, columns: columns,
                    others: otherColumns))
        }
        body.append(
            row(
                "all", of: Array(report.confusion.indices), columns: columns, others: otherColumns))
        return "<p>Pixels, and their share of the row: of all pixels that were found as one class, "
            + "how many are truly what. A frame marks the true class that a found one stands "
            + "for.</p><div class=\"scroll\">"
            + "<table class=\"confusion\" aria-label=\"Confusion matrix\">"
            + "<thead><tr>\(header.joined())</tr></thead><tbody>\(body.joined())</tbody></table>"
            + "</div>"
    }

    /// - Parameters:
    ///   - name: as HTML.
    ///   - values: predicted classes that are added up.
    ///   - others: true classes that share a column; none if it is empty.
    private func row(
        _ name: String, of values: [Int], columns: [Int], others: [Int], match: Int? = nil
    ) -> String {
        let line = report.classes.indices.map { known in
            values.reduce(0) { $0 + report.confusion[$1][known] }
        }
        let total = line.reduce(0, +)
        var cells = columns.map { (count: line[$0], isMatch: $0 == match) }
        if !others.isEmpty { cells.append((others.reduce(0) { $0 + line[$1] }, false)) }
        let text = cells.map { cell in
            let share = Double(cell.count) / Double(max(1, total))
            // Less than the whole colour, so that the text stays readable on it.
            return "<td\(cell.isMatch ? " class=\"match\"" : "") style=\"--part:"
                + "\(fixed(share * 45, 0))%\">"
                + (cell.isMatch ? "<span class=\"unseen\">match: </span>" : "")
                + "\(grouped(cell.count))<small>\(percent(share, digits: 1))</small></td>"
        }
        return "<tr><th scope=\"row\" class=\"name\">\(name)</th>\(text.joined())"
            + "<td style=\"--part:0%\">\(grouped(total))</td></tr>"
    }
}
