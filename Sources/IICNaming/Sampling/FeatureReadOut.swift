import IICInfer
import IICKernels

/// A read-out that passes on what it reads: what ``NamedClasses`` are learnt from.
///
/// The “probabilities” of a pixel are the numbers that describe it, then the engine's projection;
/// they have no labels. For a ``FeatureEncoder`` alone.
struct FeatureReadOut: ReadOut {
    let channels: Int
    /// Of the engine's projection.
    let rows: Int

    /// Numbers that describe the pixel itself.
    var near: Int { NamedClasses.dimensions(channels: channels) }

    var classes: Int { near + rows }
    var heads: [Head] { [.projection] }
    var pixelReach: Int { PixelSurroundings.reach }

    func bytes(pixels: Int) -> Int {
        PixelDescription.bytes(pixels: pixels, channels: channels)
            + MemoryLayout<Float>.stride * rows * PixelDescription.stride(pixels)
            + MemoryLayout<UInt16>.stride * pixels
    }

    func row(pixels: Int) -> any ReadOutRow { Row(self, pixels: pixels) }

    private final class Row: ReadOutRow {
        private let readOut: FeatureReadOut
        private let description: PixelDescription
        private let trunk: Buffer<Float>
        private let labelBuffer: Buffer<UInt16>

        init(_ readOut: FeatureReadOut, pixels: Int) {
            self.readOut = readOut
            description = PixelDescription(pixels: pixels, channels: readOut.channels)
            trunk = Buffer(repeating: 0, count: readOut.rows * description.stride)
            labelBuffer = Buffer(repeating: 0, count: pixels)
        }

        func take(_ rows: [ScoreRow], range: Range<Int>, lines: PixelLines?) {
            guard let lines, let row = rows.first(where: { $0.head == .projection }) else {
                preconditionFailure("features need pixels and a projection")
            }
            description.take(lines)
            let trunk = self.trunk
            var span = trunk.mutableSpan()
            row.planes(of: range, into: &span, stride: description.stride)
        }

        @_lifetime(borrow self)
        func labels() -> Span<UInt16> {
            let buffer = labelBuffer
            // The buffer is this object's own as long as it lives.
            return unsafe _overrideLifetime(buffer.span(), borrowing: self)
        }

        func probabilities(of pixels: Range<Int>, into output: inout MutableSpan<Float>) {
            let (count, stride) = (readOut.classes, description.stride)
            precondition(output.count == pixels.count * count, "\(output.count)")
            let (values, projected) = (description.values, trunk)
            let (near, far) = (values.span(), projected.span())
            for (index, pixel) in pixels.enumerated() {
                for k in 0..<readOut.near { output[index * count + k] = near[k * stride + pixel] }
                for k in 0..<readOut.rows {
                    output[index * count + readOut.near + k] = far[k * stride + pixel]
                }
            }
        }
    }
}

/// Hands out the numbers of a ``FeatureReadOut`` as they lie in memory, NaN where there is no data.
struct FeatureEncoder: RowEncoder {
    /// Numbers a pixel.
    let count: Int

    var labellings: [Labelling] { [.classes] }
    var pixelBytes: Int { count * MemoryLayout<Float>.stride }

    func workspaceBytes(pixels: Int, architecture: Architecture) -> Int {
        pixels * pixelBytes
    }

    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        var values = [Float](repeating: 0, count: row.count * count)
        do {
            var span = values.mutableSpan
            row.probabilities(of: .classes, pixels: 0..<row.count, into: &span)
        }
        let valid = row.valid
        for index in values.indices {
            let bits = (valid[index / count] == 0 ? Float.nan : values[index]).bitPattern
            for byte in 0..<4 {
                pixels[4 * index + byte] = UInt8(truncatingIfNeeded: bits >> (8 * UInt32(byte)))
            }
        }
    }

    /// A pixel's numbers in what ``encode(_:into:)`` has made.
    func values(_ pixels: Span<UInt8>, at pixel: Int) -> [Float] {
        (0..<count).map { index in
            let first = pixel * pixelBytes + 4 * index
            let bits = (0..<4).reduce(UInt32(0)) {
                $0 | UInt32(pixels[first + $1]) << (8 * UInt32($1))
            }
            return Float(bitPattern: bits)
        }
    }
}
