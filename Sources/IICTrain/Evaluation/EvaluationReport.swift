import Foundation
import IICInfer

/// The scores of one labelling, ready to be shown or encoded.
public struct EvaluationReport: Sendable, Equatable {
    /// A true class and how well it was found.
    public struct ClassScore: Codable, Sendable, Equatable {
        public var name: String
        public var pixels: Int
        /// The predicted class that stands for it, if any does.
        public var match: Int?
        /// Share of its pixels that were found: the producer's accuracy.
        public var recall: Double?
        /// Share of the match's pixels that are of this class: the user's accuracy.
        public var precision: Double?
        /// Harmonic mean of both, 0 without a match; nil for a class that no pixel has or is given.
        public var f1: Double?
        public var iou: Double?
    }

    /// What a labelling that needs no network reaches on the same pixels.
    public struct BaselineScore: Sendable, Equatable {
        /// A ``Baselines/Method``, or "majority": every pixel of the commonest true class.
        public var method: String
        /// As many as were asked for.
        public var clusters: Int
        public var measures: LabelMeasures

        /// As tables show it.
        var name: String { Baselines.Method(rawValue: method)?.name ?? "majority class" }
    }

    public var pixels: Int
    /// Pixels without label or truth.
    public var ignored: Int
    /// Predicted classes that some pixel was given; many-to-one accuracy grows with them.
    public var clusters: Int
    public var measures: LabelMeasures
    public var majorityShare: Double
    public var classes: [ClassScore]
    /// Rows: predicted classes; columns: true classes.
    public var confusion: [[Int]]
    /// Those that were asked for, and the majority class.
    public var baselines: [BaselineScore]
    /// What had to be taken for granted, as sentences.
    public var notes: [String]

    /// - Parameters:
    ///   - names: of the true classes; missing ones are "class N", N their value.
    ///   - baselines: scores of the same pixels.
    public init(
        _ matrix: ConfusionMatrix, names: [String] = [], baselines: [Baselines.Score] = [],
        notes: [String] = []
    ) {
        pixels = matrix.total
        ignored = matrix.ignored
        clusters = matrix.clustersPresent
        measures = LabelMeasures(matrix)
        majorityShare = matrix.majorityShare
        let matching = matrix.matching
        let (predicted, truth, iou) = (matrix.predictedTotals, matrix.trueTotals, matrix.classIoU)
        classes = (0..<matrix.trueClasses).map { c in
            let match = matching.firstIndex(of: c)
            let both = match.map { Double(matrix[$0, c]) }
            return ClassScore(
                name: names.indices.contains(c) && !names[c].isEmpty ? names[c] : "class \(c)",
                pixels: truth[c], match: match,
                recall: truth[c] == 0 ? nil : (both ?? 0) / Double(truth[c]),
                precision: match.flatMap { k in
                    predicted[k] == 0 ? nil : (both ?? 0) / Double(predicted[k])
                },
                // Twice what both have in common over the sum of both.
                f1: iou[c].map { 2 * $0 / (1 + $0) }, iou: iou[c])
        }
        confusion = (0..<matrix.predictedClasses).map { k in
            (0..<matrix.trueClasses).map { matrix[k, $0] }
        }
        self.baselines =
            baselines.map {
                BaselineScore(
                    method: $0.method.rawValue, clusters: $0.clusters,
                    measures: LabelMeasures($0.matrix))
            } + [
                BaselineScore(
                    method: "majority", clusters: 1, measures: LabelMeasures(matrix.majority))
            ]
        self.notes = notes
    }

    /// Tables for a terminal.
    ///
    /// - Parameter labels: what the first row calls them.
    public func text(labels: String) -> String {
        var lines = table(
            [
                ["labels", "clusters"] + LabelMeasures.names,
                [labels, "\(clusters)"] + measures.texts,
            ] + baselines.map { [$0.name, "\($0.clusters)"] + $0.measures.texts })
        lines += [
            "",
            "\(pixels) pixels"
                + (ignored > 0 ? ", \(ignored) without label or truth left out" : ""),
            "",
        ]
        func share(_ value: Double?) -> String { value.map { percent($0, digits: 1) } ?? "-" }
        // Codes of classes may leave many numbers between them unused.
        let used = classes.indices.filter { classes[$0].pixels > 0 }
        lines += table(
            [["class", "pixels", "match", "recall", "precision", "F1", "IoU"]]
                + used.map { classes[$0] }.map { score in
                    [score.name, "\(score.pixels)", score.match.map { "\($0)" } ?? "-"]
                        + [score.recall, score.precision, score.f1, score.iou].map(share)
                })
        lines.append("")
        lines += table(
            [["predicted \\ true"] + used.map { classes[$0].name }]
                + confusion.enumerated().map { k, row in ["\(k)"] + used.map { "\(row[$0])" } })
        return lines.joined(separator: "\n")
    }

    /// The first column to the left, the others to the right.
    private func table(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                let blank = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + blank : blank + text
            }
            return cells.joined(separator: "  ")
        }
    }
}
