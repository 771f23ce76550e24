/// The edges of polygons, in the pixels of a scene, found by the rows that they cross.
///
/// Rows are crossed at their centres; an edge owns its upper end and not its lower one, so that a ring
/// crosses each row an even number of times.
package struct AreaEdges: Sendable {
    /// One edge, its upper end first.
    struct Edge: Sendable {
        var x0: Double
        var y0: Double
        var x1: Double
        var y1: Double
        /// The number of its polygon.
        var polygon: Int32

        /// Where it crosses the centre of a row.
        func x(atRow row: Int) -> Double {
            x0 + (Double(row) + 0.5 - y0) * ((x1 - x0) / (y1 - y0))
        }

        /// The rows whose centres it crosses.
        var rows: Range<Int> {
            let first = Int((y0 - 0.5).rounded(.up))
            return first..<max(first, Int((y1 - 0.5).rounded(.up)))
        }
    }

    /// An edge of a row, which changes whether pixels lie in a polygon.
    private struct Crossing {
        var polygon: Int32
        var x: Double
    }

    private let height: Int
    /// By length: list k has those that cross at most 2ᵏ of the scene's rows, from the top.
    private var lists: [[Edge]] = []
    private(set) var count = 0

    /// - Parameter height: rows of the scene.
    init(height: Int) { self.height = height }

    static let bytes = MemoryLayout<Edge>.stride

    /// How often edges cross a row of the scene, in all.
    private(set) package var crossings = 0

    /// Takes an edge in either direction; those that cross no row of the scene are left out.
    mutating func add(
        from start: AreaOfInterest.Point, to end: AreaOfInterest.Point, polygon: Int32
    ) {
        let (upper, lower) = start.y <= end.y ? (start, end) : (end, start)
        let edge = Edge(x0: upper.x, y0: upper.y, x1: lower.x, y1: lower.y, polygon: polygon)
        let rows = edge.rows.clamped(to: 0..<height)
        guard !rows.isEmpty else { return }
        let list = Int.bitWidth - (rows.count - 1).leadingZeroBitCount
        while lists.count <= list { lists.append([]) }
        lists[list].append(edge)
        count += 1
        crossings += rows.count
    }

    /// Makes it ready to be asked.
    mutating func sort() {
        for index in lists.indices {
            lists[index].sort {
                ($0.y0, $0.x0, $0.y1, $0.x1, $0.polygon) < ($1.y0, $1.x0, $1.y1, $1.x1, $1.polygon)
            }
        }
    }

    /// Gives `body` the runs of pixels whose centres lie in a polygon, until it returns false. Runs of
    /// several polygons may overlap.
    func runs(
        in window: PixelWindow, _ body: (_ row: Int, _ columns: Range<Int>) -> Bool
    ) {
        runs(in: window) { row, columns, _ in body(row, columns) }
    }

    /// The same with the polygon's number: by rows, in each by polygons.
    package func runs(
        in window: PixelWindow, _ body: (_ row: Int, _ columns: Range<Int>, _ polygon: Int) -> Bool
    ) {
        let all = window.y..<window.y + window.height
        var crossings = [[Crossing]](repeating: [], count: window.height)
        for (index, list) in lists.enumerated() {
            // Nothing that begins higher reaches the window.
            let highest = Double(all.lowerBound - (1 << index) - 1)
            for edge in list[first(in: list, from: highest)...] {
                let rows = edge.rows
                if rows.lowerBound >= all.upperBound { break }
                for row in rows.clamped(to: all) {
                    crossings[row - all.lowerBound].append(
                        Crossing(polygon: edge.polygon, x: edge.x(atRow: row)))
                }
            }
        }
        let columns = window.x..<window.x + window.width
        for (row, found) in zip(all, crossings) {
            let sorted = found.sorted { ($0.polygon, $0.x) < ($1.polygon, $1.x) }
            for pair in stride(from: 0, to: sorted.count - 1, by: 2) {
                let run =
                    Self.first(
                        behind: sorted[pair].x, columns)..<max(
                        Self.first(behind: sorted[pair].x, columns),
                        Self.first(behind: sorted[pair + 1].x, columns))
                if !run.isEmpty && !body(row, run, Int(sorted[pair].polygon)) { return }
            }
        }
    }

    /// The first edge of a list whose upper end lies at `y` or below, or may have been cut off there.
    private func first(in list: [Edge], from y: Double) -> Int {
        guard y > 0 else { return 0 }
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle].y0 < y { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first of some columns whose centre does not lie to the left of `x`.
    private static func first(behind x: Double, _ columns: Range<Int>) -> Int {
        let column = (x - 0.5).rounded(.up)
        if column <= Double(columns.lowerBound) { return columns.lowerBound }
        return column >= Double(columns.upperBound) ? columns.upperBound : Int(column)
    }
}
