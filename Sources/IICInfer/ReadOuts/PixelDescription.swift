package import IICKernels

/// What a row's pixels tell of themselves and their surroundings: the x of ``NamedClasses``, then 1.
package final class PixelDescription {
    /// `(4 C + 1, stride)`: bands, their 3 × 3 means, their 7 × 7 means and standard deviations, 1.
    /// Columns beyond the pixels' are finite and mean nothing.
    package let values: Buffer<Float>
    /// Columns, at least one a pixel.
    package let stride: Int
    private let channels: Int
    private let scratch: Buffer<Float>

    package init(pixels: Int, channels: Int) {
        self.channels = channels
        stride = Self.stride(pixels)
        let count = NamedClasses.dimensions(channels: channels) * stride
        values = Buffer(repeating: 1, count: count + stride)
        scratch = Buffer(
            repeating: 0,
            count: PixelSurroundings.scratchCount(channels: channels, stride: stride))
    }

    /// Columns of a row of so many pixels.
    package static func stride(_ pixels: Int) -> Int { ClassScores.stride(pixels) }

    package static func bytes(pixels: Int, channels: Int) -> Int {
        let stride = stride(pixels)
        return MemoryLayout<Float>.stride
            * ((NamedClasses.dimensions(channels: channels) + 1) * stride
                + PixelSurroundings.scratchCount(channels: channels, stride: stride))
    }

    /// Takes the next row, with three above and three below.
    package func take(_ lines: PixelLines) {
        let near = PixelNeighbourhood.dimensions(channels: channels) * stride
        let (values, scratch) = (self.values, self.scratch)
        do {
            var span = values.mutableSpan(0..<near)
            PixelNeighbourhood.features(
                above: lines.above, row: lines.row, below: lines.below, into: &span,
                stride: stride)
        }
        var span = values.mutableSpan(near..<2 * near)
        var workspace = scratch.mutableSpan()
        PixelSurroundings.features(
            lines.lines, into: &span, stride: stride, scratch: &workspace)
    }
}
