import IICKernels

/// Brings pixels that were computed on a grid back to those of the scene's file.
///
/// Each of the file's pixels gets what the grid's pixel says in which its centre lies, and no data
/// where it holds none itself: a map has data exactly where its scene has.
final class GridRestorer {
    /// Rows of the grid, as they were encoded.
    struct Block {
        /// Where they lie in the grid.
        var window: PixelWindow
        /// `(H, W, pixelBytes)` of each encoder.
        var pixels: [Buffer<UInt8>]
        /// Whether some of a row's pixels are made of pixels with and without data.
        var isMixed: [Bool]
    }

    /// Bytes that are handed on at once, where a row has no more.
    private static let piece = 1 << 20

    private let grid: SceneGrid
    /// The part of the file that is mapped.
    private let bounds: PixelWindow
    private let sizes: [Int]
    /// A pixel without data, of each encoder.
    private let empty: [[UInt8]]
    /// Which of the file's pixels are valid.
    private let marks: (_ window: PixelWindow) throws -> [UInt8]

    /// - Parameters:
    ///   - empty: a pixel without data, of each encoder.
    ///   - marks: 1 for each of the file's pixels in a window that is valid, else 0.
    init(
        grid: SceneGrid, bounds: PixelWindow, empty: [[UInt8]],
        marks: @escaping (_ window: PixelWindow) throws -> [UInt8]
    ) {
        self.grid = grid
        self.bounds = bounds
        self.empty = empty
        sizes = empty.map(\.count)
        self.marks = marks
    }

    /// What one call of ``restore(_:write:)`` takes, for so many of the file's columns.
    static func bytes(columns: Int, pixelBytes: Int) -> Int {
        // The pixels, their marks, and each column's place.
        max(piece, columns * max(1, pixelBytes)) + max(piece, columns) + 16 * columns
    }

    /// - Parameter write: takes `(H, W, pixelBytes)` pixels of an encoder, and where they lie in the
    ///   file.
    func restore(
        _ block: Block,
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void
    ) throws {
        let target = grid.pixels(in: block.window).intersection(bounds)
        guard target.count > 0 else { return }
        let columns = (target.x..<target.x + target.width).map {
            grid.columns.place(of: $0) - block.window.x
        }
        let atOnce = max(1, Self.piece / (target.width * max(1, sizes.max() ?? 1)))
        for y in stride(from: target.y, to: target.y + target.height, by: atOnce) {
            let part = PixelWindow(
                x: target.x, y: y, width: target.width,
                height: min(atOnce, target.y + target.height - y))
            let rows = (y..<y + part.height).map { grid.rows.place(of: $0) - block.window.y }
            let valid = rows.contains { block.isMixed[$0] } ? try marks(part) : []
            for encoder in sizes.indices {
                let pixels = expand(
                    block.pixels[encoder], width: block.window.width, encoder: encoder,
                    columns: columns, rows: rows, valid: valid)
                try write(encoder, pixels.span, part)
            }
        }
    }

    /// `(rows.count, columns.count, size)` of one encoder.
    ///
    /// - Parameters:
    ///   - width: pixels of a row of `source`.
    ///   - valid: one a pixel, or nothing where none is to be hidden.
    private func expand(
        _ source: Buffer<UInt8>, width: Int, encoder: Int, columns: [Int], rows: [Int],
        valid: [UInt8]
    ) -> [UInt8] {
        let (size, empty) = (sizes[encoder], empty[encoder])
        let pixels = source.span()
        var output: [UInt8] = []
        output.reserveCapacity(rows.count * columns.count * size)
        for row in rows {
            for column in columns {
                let first = (row * width + column) * size
                for byte in first..<first + size { output.append(pixels[byte]) }
            }
        }
        for pixel in valid.indices where valid[pixel] == 0 {
            for byte in 0..<size { output[pixel * size + byte] = empty[byte] }
        }
        return output
    }
}
