/// The part of a raster that is done: rectangles that share no pixel.
struct FinishedArea: Hashable, Sendable {
    private(set) var parts: [PixelWindow] = []

    init(_ parts: [PixelWindow] = []) { self.parts = parts }

    /// The number of pixels.
    var count: Int { parts.reduce(0) { $0 + $1.count } }

    func overlaps(_ window: PixelWindow) -> Bool {
        parts.contains { $0.intersection(window).count > 0 }
    }

    /// - Precondition: nothing of it is done.
    mutating func add(_ window: PixelWindow) {
        // A swath's rows come one below the other.
        let above = parts.lastIndex {
            $0.x == window.x && $0.width == window.width && $0.y + $0.height == window.y
        }
        if let above { parts[above].height += window.height } else { parts.append(window) }
    }

    /// What is left of `bounds`: rectangles that share no pixel, from the top, in each row from the
    /// left. They are as high as they can be, since swaths run down a scene.
    func rest(of bounds: PixelWindow) -> [PixelWindow] {
        let parts = parts.map { $0.intersection(bounds) }.filter { $0.count > 0 }
        let edges = Set(
            parts.flatMap { [$0.x, $0.x + $0.width] } + [bounds.x, bounds.x + bounds.width]
        )
        .sorted()
        var rest: [PixelWindow] = []
        var columns = bounds.x..<bounds.x
        var gaps: [Range<Int>] = []
        func addColumns() {
            rest += gaps.map {
                PixelWindow(
                    x: columns.lowerBound, y: $0.lowerBound, width: columns.count, height: $0.count)
            }
        }
        for (left, right) in zip(edges, edges.dropFirst()) {
            let now = Self.gaps(
                between: parts.filter { $0.x <= left && right <= $0.x + $0.width },
                rows: bounds.y..<bounds.y + bounds.height)
            if now == gaps {
                columns = columns.lowerBound..<right
            } else {
                addColumns()
                (columns, gaps) = (left..<right, now)
            }
        }
        addColumns()
        return rest.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
    }

    /// The rows in which none of `parts` lies.
    private static func gaps(between parts: [PixelWindow], rows: Range<Int>) -> [Range<Int>] {
        var gaps: [Range<Int>] = []
        var row = rows.lowerBound
        for part in parts.sorted(by: { $0.y < $1.y }) {
            if part.y > row { gaps.append(row..<part.y) }
            row = part.y + part.height
        }
        if row < rows.upperBound { gaps.append(row..<rows.upperBound) }
        return gaps
    }
}
