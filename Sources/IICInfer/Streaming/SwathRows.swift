import IICKernels

/// A swath's rows on their way out: what was read of them and is needed again when they are
/// computed, and encoded pixels until there are enough of them to write.
final class SwathRows {
    /// Rows that are written at once.
    private static let atOnce = 16
    /// Rows that were read and are not emitted yet, and what is kept above them.
    private static func inFlight(_ readOut: any ReadOut) -> Int {
        RowStream.mostInFlight + max(1, readOut.pixelReach)
    }

    /// A row that was read.
    private struct Kept {
        /// Valid marks of the wanted columns.
        var marks: [UInt8]
        /// Whether one of them is set.
        var hasData: Bool
        /// Whether some of these are made of pixels with and without data.
        var isMixed: Bool
        /// Their pixels; nil where the read-out needs none.
        var line: PixelLine?
    }

    private let covered: PixelWindow
    private let wanted: PixelWindow
    private let encoders: [any RowEncoder]
    private let readOut: any ReadOut
    private let readOutRow: any ReadOutRow
    private let classes: [Labelling: Int]
    private let channels: Int
    /// Rows read and still needed, and the first one's number.
    private var kept: [Kept] = []
    private var firstKept: Int
    /// Lines to be used again.
    private var idle: [PixelLine] = []
    /// What lies beyond the scene, and a row of it without any data.
    private let outside: PixelLine?
    private let noMarks: [UInt8]
    /// What each encoder makes of a row without data, once there was one.
    private var emptyRows: [[UInt8]] = []
    /// Pixels waiting to be written, `(atOnce, width, pixelBytes)` of each encoder.
    private let pixels: [Buffer<UInt8>]
    /// ``Kept/isMixed`` of each of these rows.
    private var isMixed: [Bool] = []
    private var firstRow: Int
    /// Makes what brings a grid's pixels back to the file's, of a pixel without data of each encoder;
    /// nil where they are the file's.
    private let makeRestorer: ((_ empty: [[UInt8]]) -> GridRestorer)?
    private var restorer: GridRestorer?

    /// - Parameters:
    ///   - covered: what the swath computes, in the scene's pixels.
    ///   - wanted: the part that is kept.
    ///   - restorer: what brings pixels of a grid back to those of the file.
    init(
        covered: PixelWindow, wanted: PixelWindow, encoders: [any RowEncoder],
        readOut: any ReadOut, architecture: Architecture,
        restorer: ((_ empty: [[UInt8]]) -> GridRestorer)? = nil
    ) {
        makeRestorer = restorer
        self.covered = covered
        self.wanted = wanted
        self.encoders = encoders
        self.readOut = readOut
        readOutRow = readOut.row(pixels: wanted.width)
        classes = [.classes: readOut.classes, .overclusters: architecture.overclusters]
        channels = architecture.channels
        firstKept = wanted.y - readOut.pixelReach
        firstRow = wanted.y
        outside =
            readOut.readsPixels
            ? PixelLine(channels: channels, count: wanted.width, reach: readOut.pixelReach) : nil
        noMarks = [UInt8](repeating: 0, count: wanted.width)
        pixels = encoders.map {
            Buffer(repeating: 0, count: Self.atOnce * wanted.width * $0.pixelBytes)
        }
    }

    /// - Parameter pixelBytes: of all encoders together.
    static func bytes(
        width: Int, pixelBytes: Int, readOut: any ReadOut, channels: Int
    ) -> Int {
        let (inFlight, reach) = (inFlight(readOut), readOut.pixelReach)
        let line =
            reach > 0 ? PixelLine.bytes(channels: channels, count: width, reach: reach) : 0
        return width * (inFlight + 16 + pixelBytes * (atOnce + 1)) + inFlight * line
            + readOut.bytes(pixels: width)
    }

    private var rows: Range<Int> { wanted.y..<wanted.y + wanted.height }

    /// The rows that are kept: with neighbours above and below where pixels are read.
    private var needed: Range<Int> {
        rows.lowerBound - readOut.pixelReach..<rows.upperBound + readOut.pixelReach
    }

    /// Keeps what is needed of a window that was read; windows come in order.
    ///
    /// - Parameters:
    ///   - values: scaled, `(window.count, C)`.
    ///   - hasData: whether any pixel may be valid.
    func keep(
        _ values: Span<Float>, valid: Span<UInt8>, window: PixelWindow, hasData: Bool = true
    ) {
        let all = window.y..<window.y + window.height
        // Nothing lies above a scene.
        if kept.isEmpty, firstKept < all.lowerBound, needed.overlaps(all) {
            firstKept = all.lowerBound
        }
        for row in needed.clamped(to: all) {
            precondition(row == firstKept + kept.count, "row \(row)")
            guard hasData else {
                kept.append(Kept(marks: noMarks, hasData: false, isMixed: false, line: outside))
                continue
            }
            let first = (row - window.y) * window.width
            let start = wanted.x - window.x
            var marks = [UInt8](repeating: 0, count: wanted.width)
            var isMixed = false
            for column in 0..<wanted.width {
                let mark = valid[first + start + column]
                marks[column] = mark == 0 ? 0 : 1
                if mark > 1 { isMixed = true }
            }
            var line: PixelLine?
            if readOut.readsPixels {
                let taken =
                    idle.popLast()
                    ?? PixelLine(
                        channels: channels, count: wanted.width, reach: readOut.pixelReach)
                let range = first..<first + window.width
                taken.fill(
                    values.extracting(
                        range.lowerBound * channels..<range.upperBound * channels),
                    valid: valid.extracting(range), first: start - readOut.pixelReach)
                line = taken
            }
            kept.append(
                Kept(marks: marks, hasData: marks.contains(1), isMixed: isMixed, line: line))
        }
    }

    /// Takes what heads say of a row of the covered columns; encodes the wanted ones, and hands on
    /// some rows at a time.
    ///
    /// - Parameters:
    ///   - isLast: whether no more rows come, though they were wanted.
    ///   - write: called for each encoder in order with `(H, W, pixelBytes)`.
    func add(
        _ scores: [ScoreRow], row number: Int, isLast: Bool = false,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void
    ) throws {
        guard rows.contains(number) else { return }
        let index = number - firstKept
        precondition(kept.indices.contains(index), "row \(number) after \(firstKept)")
        if kept[index].hasData || emptyRows.isEmpty {
            encode(scores, row: number)
            if !kept[index].hasData { emptyRows = encoded(row: number) }
        } else {
            for (empty, pixels) in zip(emptyRows, pixels) {
                let first = (number - firstRow) * empty.count
                var line = pixels.mutableSpan(first..<first + empty.count)
                for index in empty.indices { line[index] = empty[index] }
            }
        }
        isMixed.append(kept[index].isMixed)
        forget(before: number + 1 - readOut.pixelReach)
        let count = number + 1 - firstRow
        guard count == Self.atOnce || isLast || number + 1 == rows.upperBound else { return }
        let window = PixelWindow(x: wanted.x, y: firstRow, width: wanted.width, height: count)
        firstRow = number + 1
        defer { isMixed = [] }
        if let restorer {
            let block = GridRestorer.Block(window: window, pixels: pixels, isMixed: isMixed)
            return try restorer.restore(block, write: write)
        }
        for (index, encoder) in encoders.enumerated() {
            let ready = pixels[index]
            try write(
                index, ready.span(0..<count * wanted.width * encoder.pixelBytes), window)
        }
    }

    private func encode(_ scores: [ScoreRow], row number: Int) {
        let index = number - firstKept
        let start = wanted.x - covered.x
        let range = start..<start + wanted.width
        readOutRow.take(scores, range: range, lines: lines(around: index))
        func encode(marks: [UInt8]) {
            let row = PixelRow(
                scores: scores, readOut: readOutRow, classes: classes, range: range, marks: marks)
            for (encoder, pixels) in zip(encoders, pixels) {
                let size = wanted.width * encoder.pixelBytes
                let first = (number - firstRow) * size
                var line = pixels.mutableSpan(first..<first + size)
                encoder.encode(row, into: &line)
            }
        }
        if let makeRestorer, restorer == nil {
            // No data looks the same in every pixel, and only its encoder knows how.
            encode(marks: [UInt8](repeating: 0, count: wanted.width))
            restorer = makeRestorer(
                zip(encoders, pixels).map { encoder, pixels in
                    let first = (number - firstRow) * wanted.width * encoder.pixelBytes
                    let span = pixels.span(first..<first + encoder.pixelBytes)
                    return span.indices.map { span[$0] }
                })
        }
        encode(marks: kept[index].marks)
    }

    /// What each encoder has made of a row: where it holds no data, that is what it makes of every
    /// such row, since bytes without data do not depend on the scores.
    private func encoded(row number: Int) -> [[UInt8]] {
        zip(encoders, pixels).map { encoder, pixels in
            let size = wanted.width * encoder.pixelBytes
            let first = (number - firstRow) * size
            let line = pixels.span(first..<first + size)
            return line.indices.map { line[$0] }
        }
    }

    /// The pixels of a kept row and its neighbours; nil where the read-out needs none.
    private func lines(around index: Int) -> PixelLines? {
        guard let outside, let row = kept[index].line else { return nil }
        func line(_ index: Int) -> PixelLine {
            kept.indices.contains(index) ? kept[index].line ?? outside : outside
        }
        let reach = readOut.pixelReach
        return PixelLines(
            (index - reach...index + reach).map { $0 == index ? row : line($0) })
    }

    private func forget(before row: Int) {
        let count = row - firstKept
        guard count > 0 else { return }
        for old in kept.prefix(count) {
            if let line = old.line, line !== outside { idle.append(line) }
        }
        kept.removeFirst(count)
        firstKept = row
    }
}
