import IICKernels

/// Turns what is known of a row into the bytes of its pixels.
///
/// A segmenter calls it where the row is computed, on several threads at once, and hands the bytes
/// of some rows on together.
public protocol RowEncoder: Sendable {
    /// What it needs to know.
    var labellings: [Labelling] { get }
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

/// A row of the map to be made: its pixels' labels, and which of them hold data.
public struct PixelRow {
    private let scores: [ScoreRow]
    private let readOut: any ReadOutRow
    /// The classes of each labelling that is wanted.
    private let classes: [Labelling: Int]
    /// The pixels' places in the rows of scores.
    private let range: Range<Int>
    private let marks: [UInt8]

    /// - Parameter readOut: has taken this row.
    init(
        scores: [ScoreRow], readOut: any ReadOutRow, classes: [Labelling: Int],
        range: Range<Int>, marks: [UInt8]
    ) {
        precondition(marks.count == range.count, "\(marks.count) marks for \(range)")
        self.scores = scores
        self.readOut = readOut
        self.classes = classes
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

    /// How many classes a labelling has.
    public func classes(of labelling: Labelling) -> Int {
        guard let count = classes[labelling] else {
            preconditionFailure("\(labelling) were not asked for")
        }
        return count
    }

    /// The most probable class of each pixel, from 0; of equal ones the lowest. Where there is no
    /// data it means nothing.
    @_lifetime(borrow self)
    public func labels(of labelling: Labelling) -> Span<UInt16> {
        // The rows that have them are kept as long as this.
        switch labelling {
        case .classes:
            return unsafe _overrideLifetime(readOut.labels(), borrowing: self)
        case .overclusters:
            let row = overclusters
            return unsafe _overrideLifetime(row.labels().extracting(range), borrowing: self)
        }
    }

    /// The probabilities of some of the row's pixels, `(pixels.count, K)`, overwritten; their
    /// greatest, the first of equal ones, is the label, to the bit.
    public func probabilities(
        of labelling: Labelling, pixels: Range<Int>, into output: inout MutableSpan<Float>
    ) {
        precondition(pixels.lowerBound >= 0 && pixels.upperBound <= count, "\(pixels) of \(count)")
        switch labelling {
        case .classes: readOut.probabilities(of: pixels, into: &output)
        case .overclusters:
            overclusters.probabilities(
                of: range.lowerBound + pixels.lowerBound..<range.lowerBound + pixels.upperBound,
                into: &output)
        }
    }

    private var overclusters: ScoreRow {
        guard let row = scores.first(where: { $0.head == .A }) else {
            preconditionFailure("head A does not run")
        }
        return row
    }
}

/// One labelling, a byte a pixel; ``MapWriter/nodata`` where there is no data.
public struct LabelEncoder: RowEncoder {
    public let labelling: Labelling

    /// - Precondition: it has at most 255 classes.
    public init(_ labelling: Labelling) { self.labelling = labelling }

    public var labellings: [Labelling] { [labelling] }
    public var pixelBytes: Int { 1 }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let (labels, valid) = (row.labels(of: labelling), row.valid)
        for pixel in 0..<row.count {
            pixels[pixel] =
                valid[pixel] == 0 ? MapWriter.nodata : UInt8(truncatingIfNeeded: labels[pixel])
        }
    }
}
