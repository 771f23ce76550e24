/// The joints of all displacements up to h at once, by fast Fourier transform.
///
/// A joint is a correlation: entry `(dy, dx, i, j)` is the sum over pixels u of first(u + (dy,
/// dx))[i] · second(u)[j]. So its transform is a product at each frequency, first[i] · second[j]*,
/// which adds up over images; one inverse transform a batch gives the joints. The gradient goes back
/// the same way: the transform of dJoints times that of one field is that of the other's gradient.
///
/// What it takes for one image: both fields are real and travel as one complex field, first +
/// i · second. ``transformRow(_:first:second:into:line:)`` does its rows; each column
/// (``columns``) then makes the rest of the way in cache: transform, separate the two fields,
/// multiply, join, transform back.
public struct JointTransform: Sendable {
    public let height: Int
    public let width: Int
    public let classes: Int
    public let displacementRadius: Int
    let rows: CorrelationAxis
    let across: CorrelationAxis
    let rowTransform: FourierTransform
    let columnTransform: FourierTransform
    /// Where frequency −f lies, for the f at each place of a column.
    let mirrors: [Int]

    /// - Precondition: 0 ≤ displacementRadius < height, width.
    public init(height: Int, width: Int, classes: Int, displacementRadius: Int) {
        self.height = height
        self.width = width
        self.classes = classes
        self.displacementRadius = displacementRadius
        rows = CorrelationAxis(extent: height, displacementRadius: displacementRadius)
        across = CorrelationAxis(extent: width, displacementRadius: displacementRadius)
        rowTransform = FourierTransform(points: across.points)
        columnTransform = FourierTransform(points: rows.points)
        let transform = columnTransform
        mirrors = transform.frequencies.map { transform.place(of: -$0) }
    }

    /// Lanes that hold a pixel's classes.
    public var lanes: Int { (classes + classLaneWidth - 1) / classLaneWidth }
    /// Blocks of one image.
    public var blocks: Int { rows.blocks * across.blocks }
    /// Displacements along one axis.
    public var displacements: Int { 2 * displacementRadius + 1 }

    /// Columns of frequencies that there are to do: the others are their conjugates.
    public var columns: Int { across.points / 2 + 1 }
    /// Frequencies in all, over all blocks.
    public var frequencies: Int { blocks * rows.points * columns }

    /// Elements of an image's spectrum, `(frequency across, block, lane, row)`.
    public var spectrumCount: Int { across.points * columnCount }
    /// Elements of one column of it.
    var columnCount: Int { blocks * lanes * rows.longestWindow }

    /// Elements of the operands of one column, `(frequency down, image and block, field, lane)`.
    public func operandCount(images: Int) -> Int { rows.points * images * blocks * 2 * lanes }

    /// Elements of one column's products, `(frequency down, i, lane of j)`.
    public var productCount: Int { rows.points * lanes * classLaneWidth * lanes }

    /// Elements of a line, of which every function needs one or two to work in.
    public var lineCount: Int { max(rows.points, across.points) }

    /// The parts of an image's spectrum that a column reads and writes: its own and that of its
    /// conjugate, which are the same for the first and the last column.
    public func parts(column: Int) -> (own: Range<Int>, mirrored: Range<Int>) {
        func part(_ frequency: Int) -> Range<Int> {
            let place = rowTransform.place(of: frequency)
            return place * columnCount..<(place + 1) * columnCount
        }
        return (part(column), part(-column))
    }
}
