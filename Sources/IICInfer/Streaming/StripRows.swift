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
    private let heads: [Head]
    /// Valid marks of rows read and not yet labelled, of the wanted columns.
    private var marks: [[UInt8]] = []
    /// The row of the first of them.
    private var firstMark: Int
    /// Labels waiting to be written, of each head.
    private var labels: [[UInt8]]
    private var firstLabel: Int

    /// - Parameters:
    ///   - covered: what the strip labels, in the scene's pixels.
    ///   - wanted: the part that is kept.
    init(covered: PixelWindow, wanted: PixelWindow, heads: [Head]) {
        self.covered = covered
        self.wanted = wanted
        self.heads = heads
        firstMark = wanted.y
        firstLabel = wanted.y
        labels = heads.map { _ in [] }
        for index in heads.indices {
            labels[index].reserveCapacity(Self.atOnce * wanted.width)
        }
    }

    static func bytes(width: Int, heads: Int) -> Int {
        width * (inFlight + 16 + heads * atOnce)
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

    /// Takes a row of labels of the covered columns, of each head in turn; hands on those that are wanted, 255 where
    /// invalid, some rows at a time.
    func add(
        _ row: Span<UInt8>, of head: Head, row number: Int,
        write: (Span<UInt8>, Head, PixelWindow) throws -> Void
    ) throws {
        guard rows.contains(number) else { return }
        guard let index = heads.firstIndex(of: head) else { return }
        precondition(number == firstMark && !marks.isEmpty, "row \(number) after \(firstMark)")
        let start = wanted.x - covered.x
        for column in 0..<wanted.width {
            labels[index].append(marks[0][column] == 0 ? MapWriter.nodata : row[start + column])
        }
        guard index == heads.count - 1 else { return }
        marks.removeFirst()
        firstMark += 1
        guard number + 1 - firstLabel == Self.atOnce || number + 1 == rows.upperBound else {
            return
        }
        let window = PixelWindow(
            x: wanted.x, y: firstLabel, width: wanted.width, height: number + 1 - firstLabel)
        firstLabel = number + 1
        for index in heads.indices {
            let ready = labels[index]
            try write(ready.span, heads[index], window)
            labels[index].removeAll(keepingCapacity: true)
        }
    }
}
