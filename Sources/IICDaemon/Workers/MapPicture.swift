package import IICInfer

/// The small picture of a map in the making: its rows as soon as they are whole, from the top.
///
/// Each of its pixels is that of the map at its centre. A map of at most ``MapRows/longestSide`` pixels
/// a side is its own picture.
package struct MapPicture: Sendable {
    /// Columns and rows of the map that those of the picture show.
    private let columns: [Int]
    private let rows: [Int]
    /// Labels, `(rows, columns)`.
    private var labels: [UInt8]
    /// Pixels that each row still lacks.
    private var missing: [Int]
    /// The first row that was not handed out.
    private var next = 0

    /// - Parameters:
    ///   - width: of the map, in pixels.
    ///   - height: the same.
    package init(width: Int, height: Int) {
        let longest = max(width, height)
        func places(_ size: Int) -> [Int] {
            let length =
                longest <= MapRows.longestSide
                ? size
                : max(1, (2 * size * MapRows.longestSide + longest) / (2 * longest))
            return (0..<length).map { (2 * $0 + 1) * size / (2 * length) }
        }
        columns = places(width)
        rows = places(height)
        labels = [UInt8](repeating: 255, count: columns.count * rows.count)
        missing = [Int](repeating: columns.count, count: rows.count)
    }

    /// Takes the labels of a window of the map, each pixel once.
    ///
    /// - Parameter window: `(H, W)`.
    /// - Returns: the rows that are whole now, with all those above them; nil if there are none.
    package mutating func add(_ window: Span<UInt8>, at place: PixelWindow) -> MapRows? {
        let taken = Self.range(of: columns, from: place.x, count: place.width)
        for row in Self.range(of: rows, from: place.y, count: place.height) {
            let line = (rows[row] - place.y) * place.width - place.x
            for column in taken {
                labels[row * columns.count + column] = window[line + columns[column]]
            }
            missing[row] -= taken.count
        }
        let first = next
        while next < rows.count && missing[next] <= 0 { next += 1 }
        guard next > first else { return nil }
        return MapRows(
            width: columns.count, height: rows.count, first: first,
            labels: Array(labels[first * columns.count..<next * columns.count]))
    }

    /// Which of `places`, in ascending order, lie in so many pixels of the map.
    private static func range(of places: [Int], from start: Int, count: Int) -> Range<Int> {
        func first(at place: Int) -> Int {
            var (low, high) = (0, places.count)
            while low < high {
                let middle = (low + high) / 2
                if places[middle] < place { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return first(at: start)..<first(at: start + count)
    }
}
