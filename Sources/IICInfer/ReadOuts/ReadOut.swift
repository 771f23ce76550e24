package import IICKernels

/// What an output shows of a pixel.
public enum Labelling: Sendable, Hashable, CaseIterable {
    /// The map's classes, as the read-out tells them.
    case classes
    /// Head A's.
    case overclusters
}

/// What makes the map's classes of a row of the network's scores and of the pixels' own values.
public protocol ReadOut: Sendable {
    var classes: Int { get }
    /// Whose scores it reads.
    var heads: [Head] { get }
    /// How far around a pixel it reads pixels' own values, in rows and columns; 0 for those that read
    /// none.
    var pixelReach: Int { get }

    /// Bytes of a ``ReadOutRow``.
    func bytes(pixels: Int) -> Int

    /// Makes rows of so many pixels, one after another; one thread at a time uses it.
    func row(pixels: Int) -> any ReadOutRow
}

/// One row's classes; used again for the next one.
public protocol ReadOutRow: AnyObject {
    /// Takes the next row.
    ///
    /// - Parameters:
    ///   - scores: of the read-out's heads and maybe others; they hold until the next call.
    ///   - range: the pixels' places in them.
    ///   - lines: the pixels' row, with as many above and below as it reads; nil if it reads none.
    func take(_ scores: [ScoreRow], range: Range<Int>, lines: PixelLines?)

    /// The class of each pixel, from 0.
    @_lifetime(borrow self)
    func labels() -> Span<UInt16>

    /// Probabilities of some pixels' classes, `(pixels.count, K)`, overwritten; their greatest, the
    /// first of equal ones, is the label, to the bit.
    func probabilities(of pixels: Range<Int>, into output: inout MutableSpan<Float>)
}

/// Some rows of a scene's pixels, one below the other.
public struct PixelLines {
    /// An odd number of them; the pixels' own row is in the middle.
    package let lines: [PixelLine]

    package init(_ lines: [PixelLine]) {
        precondition(lines.count % 2 == 1 && lines.count > 1, "\(lines.count) rows")
        self.lines = lines
    }

    package init(above: PixelLine, row: PixelLine, below: PixelLine) {
        self.init([above, row, below])
    }

    package var above: PixelLine { lines[lines.count / 2 - 1] }
    package var row: PixelLine { lines[lines.count / 2] }
    package var below: PixelLine { lines[lines.count / 2 + 1] }
}

extension ReadOut {
    /// Whether it reads pixels' own values.
    public var readsPixels: Bool { pixelReach > 0 }
}

/// Head B's classes as they are: the paper's.
public struct HeadReadOut: ReadOut {
    public let classes: Int

    public init(_ architecture: Architecture) { classes = architecture.classes }

    public var heads: [Head] { [.B] }
    public var pixelReach: Int { 0 }
    public func bytes(pixels: Int) -> Int { 0 }
    public func row(pixels: Int) -> any ReadOutRow { Row() }

    private final class Row: ReadOutRow {
        private var scores: ScoreRow?
        private var range = 0..<0

        func take(_ scores: [ScoreRow], range: Range<Int>, lines: PixelLines?) {
            self.scores = scores.first { $0.head == .B }
            self.range = range
        }

        private var row: ScoreRow {
            guard let scores else { preconditionFailure("head B does not run") }
            return scores
        }

        @_lifetime(borrow self)
        func labels() -> Span<UInt16> {
            let row = row
            // The row is kept as long as this.
            return unsafe _overrideLifetime(row.labels().extracting(range), borrowing: self)
        }

        func probabilities(of pixels: Range<Int>, into output: inout MutableSpan<Float>) {
            let first = range.lowerBound
            row.probabilities(
                of: first + pixels.lowerBound..<first + pixels.upperBound, into: &output)
        }
    }
}
