import IICInfer

/// Takes so many of a polygon's pixels, one of each of as many equal parts in the order of rows: all
/// of them where it has no more.
struct PolygonSample {
    private let size: Int
    private let count: Int
    /// Pixels that have passed, and pixels that were taken.
    private var passed = 0
    private var taken = 0

    /// - Parameters:
    ///   - size: pixels of the polygon.
    ///   - count: to be taken at most.
    init(size: Int, count: Int) {
        self.size = size
        self.count = min(size, count)
    }

    /// Where the next one lies: anywhere in its part, so that rows make no pattern; the same always.
    private var next: Int {
        let (start, end) = (taken * size / count, (taken + 1) * size / count)
        return start + Int(SplitMix64.mix(UInt64(taken) + 1) % UInt64(end - start))
    }

    /// Gives `body` those of the polygon's next pixels that are taken.
    mutating func take(_ columns: Range<Int>, _ body: (Int) -> Void) {
        defer { passed += columns.count }
        while taken < count, next < passed + columns.count {
            body(columns.lowerBound + next - passed)
            taken += 1
        }
    }
}
