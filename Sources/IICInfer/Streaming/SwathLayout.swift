import Glibc

/// How a scene is cut into swaths that are labelled one by one, on any thread.
///
/// Labels do not depend on the cut, only time and memory do: a swath computes up to about 80 pixels
/// beyond its sides again, its halo in whole Winograd tiles. In `paper` geometry swaths are rows of
/// tiles of the scene's own grid.
struct SwathLayout: Hashable, Sendable {
    /// Output pixels a side of a tile, the unit of `paper` geometry and of progress.
    static let tile = 200
    /// Pixels that a swath computes again at its sides, in full layers' worth.
    private static let overlap = 58.0

    /// One swath, and where its labels go.
    struct Job: Hashable, Sendable {
        var swath: Swath
        /// Where the swath's pixel (0, 0) lies in the scene.
        var x: Int
        var y: Int
        /// What its labels cover, in the scene's pixels.
        var covered: PixelWindow
        /// The part of that to be kept: tiles in `paper` geometry may reach beyond the bounds.
        var wanted: PixelWindow
        /// The part of the scene's file to which its pixels come back where they are those of a grid;
        /// nil for all of what is mapped.
        var target: PixelWindow?
    }

    let bounds: PixelWindow
    /// From the top, in each row from the left, so that neighbours in time read the same blocks.
    let jobs: [Job]

    /// In `seamless` geometry: parts of nearly equal size, so many across and down.
    init(width: Int, height: Int, bounds: PixelWindow, across: Int, down: Int) {
        self.bounds = bounds
        let columns = Self.cut(bounds.x..<bounds.x + bounds.width, into: across)
        let rows = Self.cut(bounds.y..<bounds.y + bounds.height, into: down)
        jobs = rows.flatMap { rows in
            columns.map { columns in
                let window = PixelWindow(
                    x: columns.lowerBound, y: rows.lowerBound, width: columns.count,
                    height: rows.count)
                return Job(
                    swath: Swath(height: height, rows: rows, width: width, columns: columns),
                    x: 0, y: 0, covered: window, wanted: window)
            }
        }
    }

    /// In `paper` geometry: at most `together` tiles of one row of the grid.
    init(bounds: PixelWindow, together: Int) {
        self.bounds = bounds
        let tile = Self.tile
        let columns = bounds.x / tile..<(bounds.x + bounds.width - 1) / tile + 1
        let rows = bounds.y / tile..<(bounds.y + bounds.height - 1) / tile + 1
        let parts = Self.cut(columns, into: (columns.count + together - 1) / together)
        jobs = rows.flatMap { row in
            parts.map { part in
                let covered = PixelWindow(
                    x: part.lowerBound * tile, y: row * tile, width: part.count * tile,
                    height: tile)
                return Job(
                    swath: Swath(
                        height: tile, rows: 0..<tile, width: tile, columns: 0..<tile,
                        copies: part.count),
                    x: covered.x, y: covered.y, covered: covered,
                    wanted: covered.intersection(bounds))
            }
        }
    }

    /// Parts of nearly equal length. They begin 2 pixels after a multiple of 24: there one of the two
    /// neighbours needs nothing of the coarsest grid's tile on the other side.
    private static func cut(_ range: Range<Int>, into count: Int) -> [Range<Int>] {
        var start = range.lowerBound
        return (1...max(1, count)).compactMap { part in
            var end = range.lowerBound + range.count * part / count
            if range.count >= 64 * count && part < count { end = cut(end) }
            defer { start = end }
            return end > start ? start..<end : nil
        }
    }

    /// The best place for a cut near `place`.
    static func cut(_ place: Int) -> Int { place / 24 * 24 + 2 }

    /// How many parts across and down cost the least time on `threads` threads.
    ///
    /// - Parameters:
    ///   - widest: columns that fit the memory of one thread.
    ///   - wholeRows: where reading any part of a row costs all of it, rows that can be kept.
    static func parts(
        of bounds: PixelWindow, widest: Int, threads: Int, wholeRows: Int? = nil
    ) -> (across: Int, down: Int) {
        let least = (bounds.width + widest - 1) / widest
        // A scene wider than that has swaths of the one width that all such scenes have: memory
        // does not grow with it.
        let most = least > 1 ? least : max(1, min(bounds.width / 64, 4 * threads))
        let fewest = least == 1 ? 1 : wholeRows.map { (bounds.height + $0 - 1) / $0 } ?? 1
        var best = (across: least, down: fewest)
        var lowest = Double.infinity
        for across in least...most {
            // Enough to share among the threads, and parts that are not all overlap.
            let deepest = max(1, min(bounds.height / 64, (8 * threads + across - 1) / across))
            for down in fewest...max(fewest, deepest) {
                let jobs = Double(across * down)
                let rounds = (jobs / Double(threads)).rounded(.up)
                let idle = rounds * Double(threads) / jobs
                // Threads never end together: at a last job's end all others wait for half of it.
                let waiting = 1 + 0.1 * Double(min(threads - 1, 1)) / rounds
                let cost =
                    (1 + overlap * Double(across) / Double(bounds.width))
                    * (1 + overlap * Double(down) / Double(bounds.height)) * idle * waiting
                if cost < lowest - 1e-9 {
                    lowest = cost
                    best = (across, down)
                }
            }
        }
        return best
    }
}
