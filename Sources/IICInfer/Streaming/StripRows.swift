import IICKernels

/// A strip's rows on their way out: which pixels are valid, from when they are read until they are
/// labelled, and labels until there are enough of them to write.
final class StripRows {
    /// Rows that are written at once.
    private static let atOnce = 16
    /// Rows that an engine reads before it labels the first of them, and some.
    private static let inFlight = 128

    private let covered: PixelWindow
    private let wanted: PixelWindow
    /// Valid marks of rows read and not yet labelled, of the wanted columns.
    private var marks: [[UInt8]] = []
    /// The row of the first of them.
    private var firstMark: Int
    /// Labels waiting to be written.
    private var labels: [UInt8] = []
    private var firstLabel: Int

    /// - Parameters:
    ///   - covered: what the strip labels, in the scene's pixels.
    ///   - wanted: the part that is kept.
    init(covered: PixelWindow, wanted: PixelWindow) {
        self.covered = covered
        self.wanted = wanted
        firstMark = wanted.y
        firstLabel = wanted.y
        labels.reserveCapacity(Self.atOnce * wanted.width)
    }

    static func bytes(width: Int) -> Int { width * (inFlight + atOnce + 16) }

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

    /// Takes a row of labels of the covered columns; hands on those that are wanted, 255 where
    /// invalid, some rows at a time.
    func add(
        _ row: Span<UInt8>, row number: Int, write: (Span<UInt8>, PixelWindow) throws -> Void
    ) throws {
        guard rows.contains(number) else { return }
        precondition(number == firstMark && !marks.isEmpty, "row \(number) after \(firstMark)")
        let valid = marks.removeFirst()
        firstMark += 1
        let start = wanted.x - covered.x
        for column in 0..<wanted.width {
            labels.append(valid[column] == 0 ? MapWriter.nodata : row[start + column])
        }
        guard number + 1 - firstLabel == Self.atOnce || number + 1 == rows.upperBound else {
            return
        }
        let window = PixelWindow(
            x: wanted.x, y: firstLabel, width: wanted.width, height: number + 1 - firstLabel)
        let ready = labels
        labels.removeAll(keepingCapacity: true)
        firstLabel = number + 1
        try write(ready.span, window)
    }
}
