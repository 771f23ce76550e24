import IICInfer

/// The class of each pixel and by how much it is more probable than the next one: a byte, 255 for no
/// data, and two of the margin in 65,535ths, the lower one first.
struct MarginEncoder: RowEncoder {
    /// Pixels whose probabilities are asked for at once.
    private static let block = 256

    var labellings: [Labelling] { [.classes] }
    var pixelBytes: Int { 3 }

    func workspaceBytes(pixels: Int, architecture: Architecture) -> Int {
        MemoryLayout<Float>.stride * Self.block * architecture.classes
    }

    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let classes = row.classes(of: .classes)
        let (labels, valid) = (row.labels(of: .classes), row.valid)
        var values = [Float](repeating: 0, count: Self.block * classes)
        for first in stride(from: 0, to: row.count, by: Self.block) {
            let block = first..<min(first + Self.block, row.count)
            do {
                var span = values.mutableSpan._consumingExtracting(0..<block.count * classes)
                row.probabilities(of: .classes, pixels: block, into: &span)
            }
            for pixel in block {
                var (greatest, second): (Float, Float) = (0, 0)
                for k in (pixel - first) * classes..<(pixel - first + 1) * classes {
                    if values[k] > greatest {
                        (greatest, second) = (values[k], greatest)
                    } else if values[k] > second {
                        second = values[k]
                    }
                }
                let margin = UInt16((max(0, min(1, greatest - second)) * 65_535).rounded())
                pixels[3 * pixel] =
                    valid[pixel] == 0
                    ? MapWriter.nodata : UInt8(truncatingIfNeeded: labels[pixel])
                pixels[3 * pixel + 1] = UInt8(truncatingIfNeeded: margin)
                pixels[3 * pixel + 2] = UInt8(truncatingIfNeeded: margin >> 8)
            }
        }
    }
}
