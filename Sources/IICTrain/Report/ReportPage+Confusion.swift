import Foundation
import IICInfer

extension ReportPage {
    var confusionTable: String {
        guard let matrix = snapshot?.matrix else { return "" }
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
        tiles.names.indices.contains(truth) && !tiles.names[truth].isEmpty
            ? tiles.names[truth] : "true \(truth)"
    }
}
