import Foundation

/// A range of numbers with round marks.
package struct Axis {
    package let low: Double
    package let high: Double
    package let ticks: [Double]
    private let digits: Int

    /// - Parameters:
    ///   - marks: at most so many.
    ///   - isWhole: whether marks between whole numbers make no sense.
    package init(_ range: ClosedRange<Double>, marks: Int, isWhole: Bool = false) {
        let span = max(range.upperBound - range.lowerBound, abs(range.upperBound) * 1e-6, 1e-9)
        let rough = span / Double(marks)
        let power = pow(10, log10(rough).rounded(.down))
        let round = [1, 2, 5, 10].first { $0 * power >= rough } ?? 10
        let step = isWhole ? max(1, round * power) : round * power
        low = isWhole ? range.lowerBound : (range.lowerBound / step).rounded(.down) * step
        high =
            isWhole
            ? range.upperBound : max(low + step, (range.upperBound / step).rounded(.up) * step)
        let first = Int((low / step).rounded(.up))
        let last = Int((high / step + 1e-9).rounded(.down))
        ticks = first <= last ? (first...last).map { Double($0) * step } : []
        digits = max(0, -Int(log10(step).rounded(.down)))
    }

    /// 0 at the low end, 1 at the high one.
    package func place(_ value: Double) -> Double { (value - low) / (high - low) }

    package func text(_ value: Double) -> String { fixed(value, digits) }
}
