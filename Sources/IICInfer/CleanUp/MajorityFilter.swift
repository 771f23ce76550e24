import IICKernels

/// Gives each pixel of a map the most frequent class of the window around it, in place.
///
/// The pixel's own class wins where it is among the most frequent, else the lowest of them does.
/// What has no data has no say and stays as it is; windows end at the map's edges. The map is worked
/// on in strips of columns from left to right, each from the top down: what lies to the left of a strip
/// has changed by then, so that its last columns are kept as they were.
package struct MajorityFilter {
    /// Rows and columns of the window; odd.
    let size: Int
    let classes: Int
    /// Columns of a strip: two blocks of a map's temporary.
    var stripWidth = 1024
    /// Rows that are read and written at once.
    var rowsAtOnce = 64

    private var radius: Int { size / 2 }

    init(size: Int, classes: Int) {
        precondition(size % 2 == 1 && size <= MajorityRow.largestSize, "a window of \(size)")
        self.size = size
        self.classes = classes
    }

    /// Bytes that ``apply(width:height:read:write:progress:)`` takes.
    func memoryBytes(width: Int, height: Int) -> Int {
        let columns = min(width, stripWidth + 2 * radius)
        let row = size + MajorityRow.stride(classes: classes) + 2 * rowsAtOnce
        return columns * row + height * radius
    }

    /// Filters labels in memory, `(H, width)`.
    package static func apply(to labels: inout [UInt8], width: Int, size: Int, classes: Int) {
        let filter = MajorityFilter(size: size, classes: classes)
        let all = labels
        var done = labels
        do {
            try filter.apply(width: width, height: labels.count / width) { window, rows in
                rows = (0..<window.height).flatMap { row in
                    let first = (window.y + row) * width + window.x
                    return all[first..<first + window.width]
                }
            } write: { rows, window in
                for row in 0..<window.height {
                    for column in 0..<window.width {
                        done[(window.y + row) * width + window.x + column] =
                            rows[row * window.width + column]
                    }
                }
            } progress: { _ in
            }
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
        labels = done
    }

    /// Filters a map.
    ///
    /// - Parameters:
    ///   - read: gives the labels of a window, `(H, W)`, as they are now.
    ///   - write: takes them.
    ///   - progress: told the share that is done, 0…1.
    /// - Throws: what these throw.
    /// - Precondition: a strip is at least as wide as half the window.
    func apply(
        width: Int, height: Int, read: (PixelWindow, inout [UInt8]) throws -> Void,
        write: (Span<UInt8>, PixelWindow) throws -> Void, progress: (Double) throws -> Void
    ) throws {
        precondition(stripWidth >= radius && rowsAtOnce > 0, "\(stripWidth) columns")
        var strip = Strip(filter: self, width: width, height: height)
        for first in stride(from: 0, to: width, by: stripWidth) {
            strip.begin(first..<min(width, first + stripWidth))
            for row in 0..<height + radius {
                if row % rowsAtOnce == 0 {
                    let share = Double(row) / Double(height + radius)
                    try progress(
                        min(1, (Double(first) + share * Double(stripWidth)) / Double(width)))
                }
                try strip.take(row: row, read: read)
                if row >= radius { try strip.label(row: row - radius, write: write) }
            }
        }
        try progress(1)
    }

    /// The strip in hand.
    private struct Strip {
        let filter: MajorityFilter
        let width: Int
        let height: Int
        let stride: Int
        /// The columns to be filtered, and those that their windows reach.
        var columns = 0..<0
        var covered = 0..<0
        /// The last columns of the strip before as they were, `(height, radius)`.
        var edge: [UInt8]
        /// Rows as they were, `(size, covered)`; row y at y mod size.
        var rows = Buffer<UInt8>(uninitialized: 0)
        /// How often each class is among them, `(covered, stride)`.
        var counts = Buffer<UInt8>(uninitialized: 0)
        /// Rows read and not yet taken, and rows filtered and not yet written.
        var coming: [UInt8] = []
        var done = Buffer<UInt8>(uninitialized: 0)

        init(filter: MajorityFilter, width: Int, height: Int) {
            self.filter = filter
            self.width = width
            self.height = height
            stride = MajorityRow.stride(classes: filter.classes)
            edge = [UInt8](repeating: MapWriter.nodata, count: height * filter.radius)
        }

        mutating func begin(_ columns: Range<Int>) {
            self.columns = columns
            let first = max(0, columns.lowerBound - filter.radius)
            covered = first..<min(width, columns.upperBound + filter.radius)
            rows = Buffer(repeating: MapWriter.nodata, count: filter.size * covered.count)
            counts = Buffer(repeating: 0, count: covered.count * stride)
            done = Buffer(repeating: 0, count: filter.rowsAtOnce * columns.count)
        }

        /// Counts the row `size` rows above out, and this one in if there is one.
        mutating func take(
            row: Int, read: (PixelWindow, inout [UInt8]) throws -> Void
        ) throws {
            let place = row % filter.size * covered.count
            let slot = place..<place + covered.count
            if row >= filter.size && row - filter.size < height { count(slot, leaves: true) }
            guard row < height else { return }
            let fresh = columns.lowerBound..<covered.upperBound
            if row % filter.rowsAtOnce == 0 {
                let count = min(filter.rowsAtOnce, height - row)
                try read(
                    PixelWindow(x: fresh.lowerBound, y: row, width: fresh.count, height: count),
                    &coming)
            }
            fill(slot, row: row, fresh: fresh.count)
            count(slot, leaves: false)
        }

        /// Takes a row that was read, and what lies to the left of it as it was.
        private mutating func fill(_ slot: Range<Int>, row: Int, fresh: Int) {
            let rows = rows
            var line = rows.mutableSpan(slot)
            let left = slot.count - fresh
            let radius = filter.radius
            for column in 0..<left { line[column] = edge[(row + 1) * radius - left + column] }
            let first = row % filter.rowsAtOnce * fresh
            for column in 0..<fresh { line[left + column] = coming[first + column] }
            // For the next strip; the last one may have fewer columns and no next.
            guard columns.count >= radius else { return }
            let end = left + columns.count
            for column in 0..<radius { edge[row * radius + column] = line[end - radius + column] }
        }

        private func count(_ slot: Range<Int>, leaves: Bool) {
            var target = counts.mutableSpan()
            MajorityRow.count(
                rows.span(slot), leaves: leaves, nodata: MapWriter.nodata, into: &target,
                stride: stride)
        }

        /// Filters a row, all rows of whose windows have been taken.
        func label(
            row: Int, write: (Span<UInt8>, PixelWindow) throws -> Void
        ) throws {
            let place = row % filter.size * covered.count
            let first = row % filter.rowsAtOnce * columns.count
            let start = columns.lowerBound - covered.lowerBound
            var target = done.mutableSpan(first..<first + columns.count)
            MajorityRow.label(
                rows.span(place..<place + covered.count), counts: counts.span(), stride: stride,
                radius: filter.radius, columns: start..<start + columns.count,
                nodata: MapWriter.nodata, into: &target)
            let count = row % filter.rowsAtOnce + 1
            guard count == filter.rowsAtOnce || row + 1 == height else { return }
            try write(
                done.span(0..<count * columns.count),
                PixelWindow(
                    x: columns.lowerBound, y: row + 1 - count, width: columns.count,
                    height: count))
        }
    }
}
