import IICKernels

/// What one head says of a row of pixels: class probabilities, kept as the engine has them until
/// labels or all of them are asked for.
///
/// Engines reuse it for the next row. One thread at a time.
public final class ScoreRow {
    public let head: Head
    public let classes: Int
    /// `(K, columns.width)`, each class's probabilities side by side.
    private let values: Buffer<Float>
    private let columns: HeadRows.Columns
    private let labelBuffer: Buffer<UInt16>
    private var hasLabels = false

    /// - Parameters:
    ///   - values: `(K, columns.width)`; whoever changes it calls ``renew()``.
    ///   - columns: where the pixels lie in it.
    init(head: Head, classes: Int, values: Buffer<Float>, columns: HeadRows.Columns) {
        precondition(
            values.count == classes * columns.width,
            "\(values.count) values, \(classes) × \(columns.width)")
        self.head = head
        self.classes = classes
        self.values = values
        self.columns = columns
        labelBuffer = Buffer(repeating: 0, count: columns.count)
    }

    /// Bytes of a row beside its values.
    static func bytes(pixels: Int) -> Int {
        pixels * (MemoryLayout<HeadRows.Place>.stride + 1 + MemoryLayout<UInt16>.stride)
    }

    /// Pixels of the row.
    public var count: Int { columns.count }

    /// The values are those of another row now.
    func renew() { hasLabels = false }

    /// The most probable class of each pixel, from 0; of equal ones the lowest.
    @_lifetime(borrow self)
    public func labels() -> Span<UInt16> {
        let (values, buffer) = (self.values, labelBuffer)
        if !hasLabels {
            var span = buffer.mutableSpan()
            HeadRows.label(values.span(), classes: classes, columns: columns, into: &span)
            hasLabels = true
        }
        // The buffer is this object's own as long as it lives.
        return unsafe _overrideLifetime(buffer.span(), borrowing: self)
    }

    /// All probabilities of some pixels, `(range.count, K)`, overwritten.
    public func probabilities(
        of range: Range<Int>, into output: inout MutableSpan<Float>
    ) {
        let values = values
        HeadRows.spread(
            values.span(), classes: classes, columns: columns, range: range, into: &output)
    }

    /// All probabilities of some pixels, class by class: `(K, stride)`, of which the first
    /// `range.count` columns are overwritten.
    package func planes(of range: Range<Int>, into output: inout MutableSpan<Float>, stride: Int) {
        let values = values
        HeadRows.planes(
            values.span(), classes: classes, columns: columns, range: range, into: &output,
            stride: stride)
    }
}
