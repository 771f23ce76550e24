import Foundation
import IICInfer

/// A line chart, or one of stacked areas, as SVG that takes its colours from the page.
struct Chart {
    struct Series {
        var name: String
        /// A CSS colour.
        var colour: String
        var points: [(x: Double, y: Double)]
        /// Drawn faintly below the others, without an entry in the legend.
        var isFaint = false
    }

    var yTitle: String
    var xTitle = "step"
    var series: [Series]
    /// The vertical axis; as the data are if nil.
    var yRange: ClosedRange<Double>?
    /// A vertical line with a word on it.
    var mark: (x: Double, text: String)?
    /// Whether each series stands on the ones before it.
    var isStacked = false

    private static let (width, height) = (720.0, 260.0)
    private static let (left, right, top, bottom) = (62.0, 14.0, 14.0, 44.0)
    /// More points than pixels are no use.
    private static let mostPoints = 600

    /// The chart, or a sentence if there is nothing to draw.
    var html: String {
        let points = series.flatMap(\.points)
        guard let low = points.map(\.x).min(), let high = points.map(\.x).max() else {
            return "<p class=\"empty\">Nothing to show yet.</p>"
        }
        let x = Axis(low...max(high, low + 1), marks: 8, isWhole: true)
        let y = Axis(
            yRange ?? (points.map(\.y).min() ?? 0)...(points.map(\.y).max() ?? 1), marks: 5)
        func px(_ value: Double) -> Double {
            Self.left + x.place(value) * (Self.width - Self.left - Self.right)
        }
        func py(_ value: Double) -> Double {
            Self.height - Self.bottom - y.place(value) * (Self.height - Self.top - Self.bottom)
        }
        func pair(_ point: (x: Double, y: Double)) -> String {
            "\(fixed(px(point.x), 1)),\(fixed(py(point.y), 1))"
        }

        var svg =
            "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
            + "aria-label=\"\(escaped(yTitle)) by \(escaped(xTitle))\">"
        for tick in y.ticks {
            let at = fixed(py(tick), 1)
            svg +=
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" "
                + "y1=\"\(at)\" y2=\"\(at)\"/>"
                + "<text x=\"\(Self.left - 7)\" y=\"\(at)\" dy=\"0.35em\" text-anchor=\"end\">"
                + "\(y.text(tick))</text>"
        }
        for tick in x.ticks {
            svg +=
                "<text x=\"\(fixed(px(tick), 1))\" y=\"\(Self.height - Self.bottom + 17)\" "
                + "text-anchor=\"middle\">\(x.text(tick))</text>"
        }
        svg +=
            "<text class=\"title\" x=\"\(fixed(px((x.low + x.high) / 2), 0))\" "
            + "y=\"\(Self.height - 8)\" text-anchor=\"middle\">\(escaped(xTitle))</text>"
            + "<text class=\"title\" transform=\"translate(13 "
            + "\(fixed(py((y.low + y.high) / 2), 0))) rotate(-90)\" text-anchor=\"middle\">"
            + "\(escaped(yTitle))</text>"
        if isStacked {
            svg += areas(pair)
        } else {
            for series in series where !series.points.isEmpty {
                let thin = Self.thinned(series.points)
                let style = series.isFaint ? "class=\"faint\"" : "class=\"line\""
                if thin.count == 1 {
                    svg +=
                        "<circle cx=\"\(fixed(px(thin[0].x), 1))\" "
                        + "cy=\"\(fixed(py(thin[0].y), 1))\" r=\"3\" fill=\"\(series.colour)\"/>"
                } else {
                    svg +=
                        "<polyline \(style) stroke=\"\(series.colour)\" points=\""
                        + thin.map(pair).joined(separator: " ") + "\"/>"
                }
            }
        }
        if let mark, mark.x >= x.low, mark.x <= x.high {
            let at = px(mark.x)
            let isRight = at > Self.width * 0.7
            svg +=
                "<line class=\"mark\" x1=\"\(fixed(at, 1))\" x2=\"\(fixed(at, 1))\" "
                + "y1=\"\(Self.top)\" y2=\"\(Self.height - Self.bottom)\"/>"
                + "<text x=\"\(fixed(at + (isRight ? -5 : 5), 1))\" y=\"\(Self.top + 10)\" "
                + "text-anchor=\"\(isRight ? "end" : "start")\">\(escaped(mark.text))</text>"
        }
        svg += "</svg>"
        let named = series.filter { !$0.isFaint }
        let legend = named.map {
            "<span><i style=\"background:\($0.colour)\"></i>\(escaped($0.name))</span>"
        }.joined()
        return "<figure>\(svg)<figcaption>\(legend)</figcaption></figure>"
    }

    private func areas(_ pair: ((x: Double, y: Double)) -> String) -> String {
        var base: [Double] = []
        var result = ""
        for series in series {
            let points = Self.thinned(series.points)
            if base.isEmpty { base = points.map { _ in 0 } }
            guard points.count == base.count else { continue }
            let top = zip(points, base).map { (x: $0.x, y: $0.y + $1) }
            let below = zip(points, base).map { (x: $0.x, y: $1) }.reversed()
            result +=
                "<polygon fill=\"\(series.colour)\" points=\""
                + (top + below).map(pair).joined(separator: " ") + "\"/>"
            base = top.map(\.y)
        }
        return result
    }

    private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard points.count > mostPoints else { return points }
        return (0..<mostPoints).map { points[$0 * (points.count - 1) / (mostPoints - 1)] }
    }
}
