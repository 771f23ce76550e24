import Foundation
import IICInfer

/// What changes from step to step.
extension ReportPage {
    /// Colours of curves: Okabe and Ito's blue, orange and green.
    private static let colours = ["#0072b2", "#e69f00", "#009e73"]
    /// Steps that a loss is averaged over.
    private static let window = 20

    private var bestMark: (x: Double, text: String)? {
        best.map { (Double($0.step), "model: step \($0.step)") }
    }

    var lossChart: String {
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
        _ name: String, _ colour: Int, _ value: (SnapshotRecord) -> Double?
    ) -> Chart.Series {
        Chart.Series(
            name: name, colour: Self.colours[colour],
            points: passes.compactMap { pass in value(pass.record).map { (pass.step, $0) } })
    }

    var accuracyChart: String {
        guard tiles.hasTruth else {
            return "<p class=\"empty\">No truth is known: give --truth with a scene, or gt/N.mat "
                + "beside the tiles.</p>"
        }
        let share = snapshot?.matrix.map { percent($0.majorityShare, digits: 1) }
        return Chart(
            yTitle: "share of pixels",
            series: [
                curve("accuracy, classes matched one to one", 0) { $0.accuracy },
                curve("mean IoU", 1) { $0.meanIoU },
            ], yRange: 0...1, mark: bestMark
        ).html + "<p>On \(tiles.tiles.count) tiles of the training data. The largest true class "
            + "alone would give \(share ?? "–").</p>"
    }

    var sharesChart: String {
        let classes = passes.map(\.record.shares.count).max() ?? 0
        let same = passes.filter { $0.record.shares.count == classes }
        let model = same.firstIndex { $0.step == best.map { Double($0.step) } }
        let orders = ClassOrder.following(
            same.map(\.record), from: model ?? max(0, same.count - 1))
        let series = (0..<classes).map { index in
            Chart.Series(
                name: legend.entries.indices.contains(index)
                    ? legend.entries[index].name : "Class \(index + 1)",
                colour: css(colour(index)),
                points: zip(same, orders).map { ($0.step, $0.record.shares[$1[index]]) })
        }
        let dead = (passes.last?.record.dead ?? []).map { number in
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

    var evidenceChart: String {
        guard passes.contains(where: { $0.record.viewInformation != nil }) else { return "" }
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
}
