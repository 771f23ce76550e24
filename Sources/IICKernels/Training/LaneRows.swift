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

    /// Where a pixel of the first lane lies, in floats; before the rows if it is not among them.
    @inline(__always)
    func place(_ row: Int32, _ column: Int32) -> Int {
        (Int(row) - rows.lowerBound) * rowStride + Int(column) * laneWidth
    }

    /// Where some of the rows lie.
    public func range(_ part: Range<Int>) -> Range<Int> {
        (part.lowerBound - rows.lowerBound) * rowStride..<(part.upperBound - rows.lowerBound)
            * rowStride
    }
}
