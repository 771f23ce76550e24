/// The tiles of a scene, and what the network must see to label each.
///
/// The grid is always the scene's own, from its upper left pixel, so a part of a scene gets the
/// labels that it has in the map of the whole.
public struct TilePlan: Sendable {
    /// Output pixels a side.
    public static let tile = 200
    /// Context on each side in `seamless` geometry: an output pixel depends on at most 16 input
    /// pixels before and after it. The network takes what lies beyond its window for zeros, which
    /// is true at the scene's edges only, so there the window ends and elsewhere it goes on.
    public static let halo = 16

    /// One tile's work; both windows are in the scene's pixels.
    public struct Tile: Hashable, Sendable {
        /// What is labelled.
        public var output: PixelWindow
        /// What the network sees: holds `output`, and may reach beyond the scene in `paper`.
        public var input: PixelWindow
    }

    public let geometry: Geometry
    public let width: Int
    public let height: Int
    /// The part of the scene that is labelled.
    public let bounds: PixelWindow
    private let columns: Range<Int>
    private let rows: Range<Int>

    /// - Parameter bounds: the part of the scene to label; all of it if nil.
    public init(geometry: Geometry, width: Int, height: Int, bounds: PixelWindow? = nil) {
        let whole = PixelWindow(x: 0, y: 0, width: width, height: height)
        let bounds = (bounds ?? whole).clipped(toWidth: width, height: height)
        precondition(bounds.count > 0, "nothing to label in \(width) × \(height)")
        self.geometry = geometry
        self.width = width
        self.height = height
        self.bounds = bounds
        columns = bounds.x / Self.tile..<(bounds.x + bounds.width - 1) / Self.tile + 1
        rows = bounds.y / Self.tile..<(bounds.y + bounds.height - 1) / Self.tile + 1
    }

    /// The number of tiles, in rows from the top, each from the left.
    public var count: Int { columns.count * rows.count }

    /// Pixels of the largest input window.
    public var largestSide: Int {
        geometry == .paper ? Self.tile : Self.tile + 2 * Self.halo
    }

    public subscript(index: Int) -> Tile {
        precondition(index >= 0 && index < count, "tile \(index) of \(count)")
        let whole = PixelWindow(
            x: (columns.lowerBound + index % columns.count) * Self.tile,
            y: (rows.lowerBound + index / columns.count) * Self.tile, width: Self.tile,
            height: Self.tile)
        let left = max(whole.x, bounds.x)
        let top = max(whole.y, bounds.y)
        let output = PixelWindow(
            x: left, y: top,
            width: min(whole.x + whole.width, bounds.x + bounds.width) - left,
            height: min(whole.y + whole.height, bounds.y + bounds.height) - top)
        guard geometry == .seamless else { return Tile(output: output, input: whole) }
        // Even corners: the network's 2 × 2 cells are counted from the window's corner, and must
        // be the same cells in every window.
        let x = (output.x - Self.halo) & ~1
        let y = (output.y - Self.halo) & ~1
        let right = (output.x + output.width + Self.halo + 1) & ~1
        let bottom = (output.y + output.height + Self.halo + 1) & ~1
        let input = PixelWindow(x: x, y: y, width: right - x, height: bottom - y)
        return Tile(output: output, input: input.clipped(toWidth: width, height: height))
    }
}
