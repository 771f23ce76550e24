/// Turns what heads say of a row into the bytes of its pixels.
///
/// A segmenter calls it where the row is computed, on several threads at once, and hands the bytes
/// of some rows on together.
public protocol RowEncoder: Sendable {
    /// Whose rows it needs.
    var heads: [Head] { get }
    /// Bytes of one pixel.
    var pixelBytes: Int { get }

    /// Bytes of memory that it, or what takes its pixels, keeps for a map of this size, beside
    /// rows in flight and GDAL's blocks; no more for a larger map from some size on.
    func memoryBytes(width: Int, height: Int) -> Int

    /// Bytes of memory that one call of ``encode(_:into:)`` takes for itself; nothing unless it says
    /// more.
    func workspaceBytes(pixels: Int, architecture: Architecture) -> Int

    /// Makes a row of pixels.
    ///
    /// - Parameter pixels: `(row.count, pixelBytes)`, overwritten, also where there is no data.
    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>)
}

extension RowEncoder {
    public func memoryBytes(width: Int, height: Int) -> Int { 0 }
    public func workspaceBytes(pixels: Int, architecture: Architecture) -> Int { 0 }
}

/// A row of the map to be made: what heads say of its pixels, and which of them hold data.
public struct PixelRow {
    private let scores: [ScoreRow]
    /// The pixels' places in the rows of scores.
    private let range: Range<Int>
    private let marks: [UInt8]

    init(scores: [ScoreRow], range: Range<Int>, marks: [UInt8]) {
        precondition(marks.count == range.count, "\(marks.count) marks for \(range)")
        self.scores = scores
        self.range = range
        self.marks = marks
    }

    /// Pixels of the row.
    public var count: Int { range.count }

    /// One a pixel: 0 where the scene holds no data, else 1.
    public var valid: Span<UInt8> {
        @_lifetime(borrow self)
        get { marks.span }
    }

    /// Classes of a head.
    public func classes(of head: Head) -> Int { self[head].classes }

    /// The most probable class of each pixel, from 0; of equal ones the lowest. Where there is no
    /// data it means nothing.
    @_lifetime(borrow self)
    public func labels(of head: Head) -> Span<UInt16> {
        let row = self[head]
        // The row that has them is kept as long as this.
        return unsafe _overrideLifetime(row.labels().extracting(range), borrowing: self)
    }

    /// A head's probabilities of some of the row's pixels, `(pixels.count, K)`, overwritten; their
    /// greatest, the first of equal ones, is the label, to the bit.
    public func probabilities(
        of head: Head, pixels: Range<Int>, into output: inout MutableSpan<Float>
    ) {
        precondition(pixels.lowerBound >= 0 && pixels.upperBound <= count, "\(pixels) of \(count)")
        self[head].probabilities(
            of: range.lowerBound + pixels.lowerBound..<range.lowerBound + pixels.upperBound,
            into: &output)
    }

    private subscript(head: Head) -> ScoreRow {
        guard let row = scores.first(where: { $0.head == head }) else {
            preconditionFailure("head \(head) does not run")
        }
        return row
    }
}

/// One head's labels, a byte a pixel; ``MapWriter/nodata`` where there is no data.
public struct LabelEncoder: RowEncoder {
    public let head: Head

    /// - Precondition: the head that it will read has at most 255 classes.
    public init(head: Head) { self.head = head }

    public var heads: [Head] { [head] }
    public var pixelBytes: Int { 1 }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let (labels, valid) = (row.labels(of: head), row.valid)
        for pixel in 0..<row.count {
            pixels[pixel] =
                valid[pixel] == 0 ? MapWriter.nodata : UInt8(truncatingIfNeeded: labels[pixel])
        }
    }
}
