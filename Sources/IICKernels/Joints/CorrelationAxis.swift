/// How the correlation of two fields is cut into circular ones of a power of two of points, along
/// one axis.
///
/// The second field is cut into blocks; each meets the window of the first that lies up to h pixels
/// around it, and both are filled up with zeros:
///
///     second      · · · · · b b b b b b · · · · ·     own pixels of a block
///     first       · · · a a a a a a a a a a · · ·     its window, h = 2
public struct CorrelationAxis: Hashable, Sendable {
    public let extent: Int
    public let displacementRadius: Int
    /// Of each transform.
    public let points: Int
    public let blocks: Int
    private let step: Int

    /// - Precondition: 0 ≤ displacementRadius < extent.
    public init(extent: Int, displacementRadius: Int) {
        check(
            displacementRadius >= 0 && displacementRadius < extent,
            "\(displacementRadius) of \(extent)")
        self.extent = extent
        self.displacementRadius = displacementRadius
        var best = (points: 1, blocks: 1, cost: Int.max)
        var points = 1
        repeat {
            points *= 2
            // One block leaves zeros on one side that its displacements may wrap into; between
            // blocks they must not wrap at all.
            let whole = points >= extent + displacementRadius
            guard whole || points >= max(2 * displacementRadius + 1, Self.leastPoints) else {
                continue
            }
            let step = points - 2 * displacementRadius
            let blocks = whole ? 1 : (extent + step - 1) / step
            let cost = blocks * points * (points.trailingZeroBitCount + Self.otherPasses)
            if cost < best.cost { best = (points, blocks, cost) }
        } while points < extent + displacementRadius
        self.points = best.points
        step = (extent + best.blocks - 1) / best.blocks
        blocks = (extent + step - 1) / step
    }

    /// Shorter transforms are mostly bookkeeping.
    private static let leastPoints = 32
    /// What the rest of the work on one frequency costs, in halves of a radix-4 pass.
    private static let otherPasses = 8

    public func own(_ block: Int) -> Range<Int> {
        let first = min(block * step, extent)
        return first..<min(first + step, extent)
    }

    /// Also where the block's transforms begin.
    public func window(_ block: Int) -> Range<Int> {
        let own = own(block)
        return max(
            0, own.lowerBound - displacementRadius)..<min(
                extent, own.upperBound + displacementRadius)
    }

    /// Pixels of the largest window.
    var longestWindow: Int { (0..<blocks).reduce(0) { max($0, window($1).count) } }
}
