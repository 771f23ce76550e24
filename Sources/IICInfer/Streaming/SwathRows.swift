import IICKernels

/// A swath's rows on their way out: which pixels are valid, from when they are read until they are
/// computed, and encoded pixels until there are enough of them to write.
final class SwathRows {
    /// Rows that are written at once.
    private static let atOnce = 16
    /// Rows that an engine reads before it emits the first of them, and some.
    private static let inFlight = 128

    private let covered: PixelWindow
    private let wanted: PixelWindow
    private let encoders: [any RowEncoder]
    /// Valid marks of rows read and not yet computed, of the wanted columns.
    private var marks: [[UInt8]] = []
    /// The row of the first of them.
    private var firstMark: Int
    /// Pixels waiting to be written, `(atOnce, width, pixelBytes)` of each encoder.
    private let pixels: [Buffer<UInt8>]
    private var firstRow: Int

    /// - Parameters:
    ///   - covered: what the swath computes, in the scene's pixels.
    ///   - wanted: the part that is kept.
    init(covered: PixelWindow, wanted: PixelWindow, encoders: [any RowEncoder]) {
        self.covered = covered
        self.wanted = wanted
        self.encoders = encoders
        firstMark = wanted.y
        firstRow = wanted.y
        pixels = encoders.map {
            Buffer(repeating: 0, count: Self.atOnce * wanted.width * $0.pixelBytes)
        }
    }

    /// - Parameter pixelBytes: of all encoders together.
    static func bytes(width: Int, pixelBytes: Int) -> Int {
        width * (inFlight + 16 + pixelBytes * atOnce)
    }

    private var rows: Range<Int> { wanted.y..<wanted.y + wanted.height }

    /// Keeps what a window that was read says of the wanted pixels; windows come in order.
    func keep(_ valid: Span<UInt8>, window: PixelWindow) {
        for row in rows.clamped(to: window.y..<window.y + window.height) {
            precondition(row == firstMark + marks.count, "row \(row)")
            let start = (row - window.y) * window.width + wanted.x - window.x
            var line = [UInt8](repeating: 0, count: wanted.width)
            for column in 0..<wanted.width { line[column] = valid[start + column] }
            marks.append(line)
        }
    }

    /// Takes what heads say of a row of the covered columns; encodes the wanted ones, and hands on
    /// some rows at a time.
    ///
    /// - Parameter write: called for each encoder in order with `(H, W, pixelBytes)`.
    func add(
        _ scores: [ScoreRow], row number: Int,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void
    ) throws {
        guard rows.contains(number) else { return }
        precondition(number == firstMark && !marks.isEmpty, "row \(number) after \(firstMark)")
        let start = wanted.x - covered.x
        let row = PixelRow(
            scores: scores, range: start..<start + wanted.width, marks: marks.removeFirst())
        firstMark += 1
        for (encoder, pixels) in zip(encoders, pixels) {
            let size = wanted.width * encoder.pixelBytes
            let first = (number - firstRow) * size
            var line = pixels.mutableSpan(first..<first + size)
            encoder.encode(row, into: &line)
        }
        let count = number + 1 - firstRow
        guard count == Self.atOnce || number + 1 == rows.upperBound else { return }
        let window = PixelWindow(x: wanted.x, y: firstRow, width: wanted.width, height: count)
        firstRow = number + 1
        for (index, encoder) in encoders.enumerated() {
            let ready = pixels[index]
            try write(
                index, ready.span(0..<count * wanted.width * encoder.pixelBytes), window)
        }
    }
}
