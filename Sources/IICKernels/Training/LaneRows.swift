/// Some rows of an image in lanes: `(rows, lanes, columns, 16)`.
///
/// Columns beyond the width hold nothing; they make a row an operand of
/// ``multiplyLanes(_:rows:depth:packed:lanes:into:capacity:)`` as it lies.
public struct LaneRows: Hashable, Sendable {
    /// Which rows of the image these are.
    public var rows: Range<Int>
    public var lanes: Int
    public var width: Int

    public init(rows: Range<Int>, channels: Int, width: Int) {
        self.rows = rows
        self.lanes = IICKernels.lanes(channels)
        self.width = width
    }

    /// A whole image.
    public init(height: Int, channels: Int, width: Int) {
        self.init(rows: 0..<height, channels: channels, width: width)
    }

    public var columns: Int {
        (width + LaneProduct.leftover - 1) / LaneProduct.leftover * LaneProduct.leftover
    }
    public var count: Int { rows.count * rowStride }
    /// Floats from one row to the next.
    public var rowStride: Int { lanes * laneStride }
    /// Floats from one lane of a row to the next.
    public var laneStride: Int { columns * laneWidth }

    /// The same for some rows of it.
    public func part(_ rows: Range<Int>) -> LaneRows {
        var part = self
        part.rows = rows
        return part
    }

    /// Where a tile begins, in floats; before the rows if that is where it reads from.
    ///
    /// - Parameter offset: pixels that it reads from above and to the left of its outputs.
    @inline(__always)
    func place(_ tile: TileGrid.Tile, offset: Int = 0, lane: Int = 0) -> Int {
        (tile.row - offset - rows.lowerBound) * rowStride + lane * laneStride
            + (tile.column - offset) * laneWidth
    }

    /// Where some of the rows lie.
    public func range(_ part: Range<Int>) -> Range<Int> {
        (part.lowerBound - rows.lowerBound) * rowStride..<(part.upperBound - rows.lowerBound)
            * rowStride
    }
}

/// How the outputs of one 3 × 3 convolution are cut into tiles of 4 × 4, and these into groups of
/// rows, each 4 · dilation high.
///
/// With dilation d a tile's outputs are d pixels apart, and d × d tiles interleave. Tiles at the
/// lower and right edge may reach beyond the image.
public struct TileGrid: Sendable {
    /// Where a tile's first output lies.
    public struct Tile: Hashable, Sendable {
        public var row: Int
        public var column: Int
    }

    public let shape: ConvolutionShape

    public init(_ shape: ConvolutionShape) { self.shape = shape }

    private var groupRows: Int { TileTransform.outputs * shape.dilation }
    public var groups: Int { (shape.outputHeight + groupRows - 1) / groupRows }
    /// Tiles of a group, at most.
    public var tilesPerGroup: Int { shape.dilation * starts(shape.outputWidth).count }

    /// The first outputs of all tiles along an axis.
    private func starts(_ size: Int) -> [Int] {
        stride(from: 0, to: size, by: groupRows).flatMap { start in
            start..<min(start + shape.dilation, size)
        }
    }

    public func tiles(_ groups: Range<Int>) -> [Tile] {
        let columns = starts(shape.outputWidth)
        let rows = outputRows(groups)
        return starts(rows.count).flatMap { row in
            columns.map { Tile(row: rows.lowerBound + row, column: $0) }
        }
    }

    /// The outputs of some groups.
    public func outputRows(_ groups: Range<Int>) -> Range<Int> {
        groups.lowerBound * groupRows..<min(groups.upperBound * groupRows, shape.outputHeight)
    }

    /// The inputs that tiles of some groups read, as far as they lie in the image.
    public func inputRows(_ groups: Range<Int>) -> Range<Int> {
        let first = groups.lowerBound * groupRows - shape.padding
        let last = groups.upperBound * groupRows - shape.padding + 2 * shape.dilation
        return (first..<last).clamped(to: 0..<shape.height)
    }
}
