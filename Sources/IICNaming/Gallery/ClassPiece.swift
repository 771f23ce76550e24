import IICInfer

/// One window: labels and margins as ``MarginEncoder`` makes them, and the scene's values.
struct ClassPiece {
    var scene: Int
    /// Of the scene.
    var size: (width: Int, height: Int)
    var window: PixelWindow
    var encoded: [UInt8]
    /// `(H, W, C)`.
    var values: [Float]
    var valid: [UInt8]

    /// The class of a pixel; nil without data.
    func label(_ pixel: Int) -> Int? {
        let label = encoded[3 * pixel]
        return label == MapWriter.nodata || valid[pixel] == 0 ? nil : Int(label)
    }

    func margin(_ pixel: Int) -> UInt16 {
        UInt16(encoded[3 * pixel + 1]) | UInt16(encoded[3 * pixel + 2]) << 8
    }

    /// Whether the ground around a pixel, as a chip shows it, leaves the data. What lies in another
    /// window is not known.
    func isCut(x: Int, y: Int) -> Bool {
        let reach = Gallery.chipSize / 2 - 1
        return [-reach, 0, reach].contains { down in
            [-reach, 0, reach].contains { right in
                let (column, row) = (x + right, y + down)
                guard (0..<window.width).contains(column), (0..<window.height).contains(row)
                else {
                    return !(0..<size.width).contains(window.x + column)
                        || !(0..<size.height).contains(window.y + row)
                }
                return valid[row * window.width + column] == 0
            }
        }
    }

    /// Whether all of the 5 × 5 pixels around one lie in the window.
    func isInner(x: Int, y: Int) -> Bool {
        x >= 2 && y >= 2 && x + 2 < window.width && y + 2 < window.height
    }

    /// Pixels of a class among the 5 × 5 around an inner one.
    func company(x: Int, y: Int) -> Int {
        let class_ = encoded[3 * (y * window.width + x)]
        var count = 0
        for row in y - 2...y + 2 {
            for pixel in row * window.width + x - 2...row * window.width + x + 2
            where encoded[3 * pixel] == class_ { count += 1 }
        }
        return count
    }
}
