import Foundation

/// The scores of one labelling, ready to be shown or encoded.
public struct EvaluationReport: Codable, Sendable, Equatable {
    /// A true class and how well it was found.
    public struct ClassScore: Codable, Sendable, Equatable {
        public var name: String
        public var pixels: Int
        /// The predicted class that stands for it, if any does.
        public var match: Int?
        /// Share of its pixels that were found.
        public var recall: Double?
        /// Share of the match's pixels that are of this class.
        public var precision: Double?
        public var iou: Double?
    }

    /// What a labelling that needs no network reaches on the same pixels.
    public struct BaselineScore: Codable, Sendable, Equatable {
        /// A ``Baselines/Method``, or "majority": every pixel of the commonest true class.
        public var method: String
        /// As many as were asked for.
        public var clusters: Int
        public var accuracy: Double
        public var manyToOneAccuracy: Double
        public var meanIoU: Double
        public var nmi: Double
        public var ari: Double

        init(method: String, clusters: Int, matrix: ConfusionMatrix) {
            self.method = method
            self.clusters = clusters
            accuracy = matrix.oneToOneAccuracy
            manyToOneAccuracy = matrix.manyToOneAccuracy
            meanIoU = matrix.meanIoU
            nmi = matrix.normalizedMutualInformation
            ari = matrix.adjustedRandIndex
        }
    }

    public var pixels: Int
    /// Pixels without label or truth.
    public var ignored: Int
    /// Predicted classes that some pixel was given; many-to-one accuracy grows with them.
    public var clusters: Int
    public var accuracy: Double
    public var manyToOneAccuracy: Double
    public var meanIoU: Double
    public var nmi: Double
    public var ari: Double
    public var majorityShare: Double
    public var classes: [ClassScore]
    /// Rows: predicted classes; columns: true classes.
    public var confusion: [[Int]]
    /// Those that were asked for, and the majority class.
    public var baselines: [BaselineScore]

    /// - Parameters:
    ///   - names: of the true classes; missing ones are "class N", N their value.
    ///   - baselines: scores of the same pixels.
    public init(
        _ matrix: ConfusionMatrix, names: [String] = [], baselines: [Baselines.Score] = []
    ) {
        pixels = matrix.total
        ignored = matrix.ignored
        clusters = matrix.clustersPresent
        accuracy = matrix.oneToOneAccuracy
        manyToOneAccuracy = matrix.manyToOneAccuracy
        meanIoU = matrix.meanIoU
        nmi = matrix.normalizedMutualInformation
        ari = matrix.adjustedRandIndex
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
                iou: iou[c])
        }
        confusion = (0..<matrix.predictedClasses).map { k in
            (0..<matrix.trueClasses).map { matrix[k, $0] }
        }
        self.baselines =
            baselines.map {
                BaselineScore(
                    method: $0.method.rawValue, clusters: $0.clusters, matrix: $0.matrix)
            } + [BaselineScore(method: "majority", clusters: 1, matrix: matrix.majority)]
    }

    /// One JSON object on one line.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Tables for a terminal.
    ///
    /// - Parameter labels: what the first row calls them.
    public func text(labels: String) -> String {
        var lines = table(
            [
                ["labels", "clusters", "one-to-one", "many-to-one", "mean IoU", "NMI", "ARI"],
                [labels, "\(clusters)"]
                    + [accuracy, manyToOneAccuracy, meanIoU].map(percent)
                    + [nmi, ari].map(number),
            ]
                + baselines.map { score in
                    [
                        Baselines.Method(rawValue: score.method)?.name ?? "majority class",
                        "\(score.clusters)",
                    ] + [score.accuracy, score.manyToOneAccuracy, score.meanIoU].map(percent)
                        + [score.nmi, score.ari].map(number)
                })
        lines += [
            "",
            "\(pixels) pixels"
                + (ignored > 0 ? ", \(ignored) without label or truth left out" : ""),
            "",
        ]
        lines += table(
            [["class", "pixels", "match", "recall", "precision", "IoU"]]
                + classes.map { score in
                    [
                        score.name, "\(score.pixels)", score.match.map { "\($0)" } ?? "-",
                        score.recall.map(percent) ?? "-", score.precision.map(percent) ?? "-",
                        score.iou.map(percent) ?? "-",
                    ]
                })
        lines.append("")
        lines += table(
            [["predicted \\ true"] + classes.map(\.name)]
                + confusion.enumerated().map { k, row in ["\(k)"] + row.map { "\($0)" } })
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

    private func percent(_ value: Double) -> String { String(format: "%5.1f %%", value * 100) }
    private func number(_ value: Double) -> String { String(format: "%6.3f", value) }
}
