/// How many points and polygons of a file were left out, and why.
package struct PointExclusions: Hashable, Sendable {
    package enum Reason: String, CaseIterable, Sendable {
        case noPlace, notFinite, noShape, noClass, longClass, placeless, outside, noData, duplicate
        case contradictory

        /// Goes on from a number.
        fileprivate var text: String {
            switch self {
            case .noPlace: "without a place"
            case .notFinite: "with a coordinate that is no number"
            case .noShape: "that are neither points nor polygons"
            case .noClass: "without a class"
            case .longClass: "with a class of more than \(PointReader.mostNameBytes) bytes"
            case .placeless: "with no place in the raster's reference system"
            case .outside: "outside the raster"
            case .noData: "on pixels without data"
            case .duplicate: "on a pixel that others give the same class"
            case .contradictory: "on a pixel that others give another class"
            }
        }
    }

    private var counts: [Reason: Int] = [:]

    package init() {}

    package subscript(reason: Reason) -> Int { counts[reason] ?? 0 }

    package var total: Int { counts.values.reduce(0, +) }

    package mutating func count(_ reason: Reason, _ count: Int = 1) {
        if count > 0 { counts[reason, default: 0] += count }
    }

    /// For the log; nil if nothing was left out.
    package var sentence: String? {
        let parts = Reason.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.text)" }
        guard !parts.isEmpty else { return nil }
        return "Left out of the points: \(parts.joined(separator: ", "))."
    }

    /// Reasons and counts, in a fixed order.
    package var list: [(reason: Reason, count: Int)] {
        Reason.allCases.filter { self[$0] > 0 }.map { ($0, self[$0]) }
    }
}
