import IICKernels

extension SceneReader {
    /// Pixels of the file that are read at once for a grid, where a row is no longer than that.
    static let piece = 1 << 18

    /// From now on the scene is read at another pixel size; its map is to come back on its own grid.
    ///
    /// - Parameter size: in metres; nil for a model that does not know its own.
    /// - Throws: ``SegmentError`` if the sizes are not known or far apart.
    func resample(to size: Double?) throws(SegmentError) {
        guard let size else { throw .noPixelSize }
        guard
            let sizes = PixelSizes(
                of: georeference, width: fileWidth, height: fileHeight, model: size)
        else { throw .unknownPixelSize(path: path) }
        guard !sizes.areFarApart else { throw .pixelSizes(path: path, sizes) }
        guard !sizes.areSame else { return }
        grid = SceneGrid(
            width: fileWidth, height: fileHeight, step: sizes.model / sizes.scene)
    }

    /// Reads a window of the grid; what lies outside is 0 and not valid.
    ///
    /// The file's pixels are read in pieces of bounded size. The values of a pixel depend on the grid
    /// alone, not on the window.
    func read(
        _ window: PixelWindow, on grid: SceneGrid, into values: inout MutableSpan<Float>,
        valid: inout MutableSpan<UInt8>
    ) throws(RasterError) {
        for index in valid.indices { valid[index] = 0 }
        for index in values.indices { values[index] = 0 }
        let inside = window.clipped(toWidth: grid.width, height: grid.height)
        guard inside.count > 0 else { return }
        let channels = bands.count
        let rows = AxisWeights(grid.rows, places: inside.y..<inside.y + inside.height)
        var source = FileRows(
            of: self,
            columns: AxisWeights(grid.columns, places: inside.x..<inside.x + inside.width),
            end: rows.pixels.upperBound)
        var line = WeightedRow(places: inside.width, channels: channels)
        for row in 0..<inside.height {
            line.clear()
            for part in rows.parts(of: row) {
                line.add(try source.row(part.pixel), weight: part.weight, isOwn: part.isOwn)
            }
            let first = (inside.y + row - window.y) * window.width + inside.x - window.x
            var target = values._mutatingExtracting(
                first * channels..<(first + inside.width) * channels)
            var marks = valid._mutatingExtracting(first..<first + inside.width)
            line.means(into: &target, valid: &marks)
        }
    }

    /// Which of the file's own pixels are valid: `(H, W)`, 1 for valid, else 0.
    ///
    /// - Precondition: the window lies in the file.
    func marks(inFile window: PixelWindow) throws(RasterError) -> [UInt8] {
        var marks = [UInt8](repeating: 0, count: window.count)
        let atOnce = max(1, Self.piece / max(1, window.width))
        for row in stride(from: 0, to: window.height, by: atOnce) {
            let part = PixelWindow(
                x: window.x, y: window.y + row, width: window.width,
                height: min(atOnce, window.height - row))
            scratch.grow(pixels: part.count, channels: bands.count)
            let buffer = scratch.values
            var values = buffer.mutableSpan(0..<part.count * bands.count)
            let first = row * window.width
            var all = marks.mutableSpan
            var line = all._mutatingExtracting(first..<first + part.count)
            try readFile(part, into: &values, valid: &line)
        }
        return marks
    }

    /// Bytes that reading a window of so many columns takes beside the window, and that bringing its
    /// pixels back to the file's grid takes.
    ///
    /// - Parameter pixelBytes: of the largest pixels that come back.
    func gridBytes(columns: Int, pixelBytes: Int) -> Int {
        guard let grid else { return 0 }
        let wide = Int((Double(columns) * grid.step).rounded(.up)) + 2
        let weights = 4 * wide + 48 * columns
        return max(Self.piece, wide) * (4 * bands.count + 1) + weights
            + 4 * WeightedRow.bytes(places: columns, channels: bands.count)
            + GridRestorer.bytes(columns: wide, pixelBytes: pixelBytes)
    }
}

/// What a reader keeps from one window to the next.
struct FileScratch {
    private(set) var values = Buffer<Float>(repeating: 0, count: 0)
    private(set) var valid = Buffer<UInt8>(repeating: 0, count: 0)

    mutating func grow(pixels: Int, channels: Int) {
        if values.count < pixels * channels {
            values = Buffer(repeating: 0, count: pixels * channels)
        }
        if valid.count < pixels { valid = Buffer(repeating: 0, count: pixels) }
    }
}

/// Rows of a file, from the top, each summed over the columns of a grid.
private struct FileRows {
    private let reader: SceneReader
    private let columns: AxisWeights
    /// Behind the last row.
    private let end: Int
    private let atOnce: Int
    /// Rows that were read and not yet summed.
    private var loaded = 0..<0
    /// The last two rows: what lies between two centres needs both.
    private var recent: [(pixel: Int, row: WeightedRow)] = []

    init(of reader: SceneReader, columns: AxisWeights, end: Int) {
        self.reader = reader
        self.columns = columns
        self.end = end
        atOnce = max(1, SceneReader.piece / columns.pixels.count)
    }

    mutating func row(_ pixel: Int) throws(RasterError) -> WeightedRow {
        if let found = recent.first(where: { $0.pixel == pixel }) { return found.row }
        if !loaded.contains(pixel) { try load(from: pixel) }
        let (width, channels) = (columns.pixels.count, reader.bands.count)
        var row =
            recent.count == 2
            ? recent.removeFirst().row
            : WeightedRow(places: columns.count, channels: channels)
        let first = (pixel - loaded.lowerBound) * width
        let scratch = reader.scratch
        row.sum(
            scratch.values.span(first * channels..<(first + width) * channels),
            valid: scratch.valid.span(first..<first + width), columns: columns)
        recent.append((pixel, row))
        return row
    }

    private mutating func load(from pixel: Int) throws(RasterError) {
        let (width, channels) = (columns.pixels.count, reader.bands.count)
        let window = PixelWindow(
            x: columns.pixels.lowerBound, y: pixel, width: width, height: min(atOnce, end - pixel))
        reader.scratch.grow(pixels: window.count, channels: channels)
        let scratch = reader.scratch
        var values = scratch.values.mutableSpan(0..<window.count * channels)
        var marks = scratch.valid.mutableSpan(0..<window.count)
        try reader.readFile(window, into: &values, valid: &marks)
        loaded = pixel..<pixel + window.height
    }
}
