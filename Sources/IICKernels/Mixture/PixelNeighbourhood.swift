/// A row of scaled pixels, band by band, with some columns more on either side: what a neighbourhood
/// is read from.
///
/// `(C + 1, stride)`: the values of each band, 0 where invalid, then 1 for each valid pixel and 0 for
/// the others. Pixel x lies in column x + ``reach``.
public final class PixelLine: @unchecked Sendable {
    public let channels: Int
    /// Pixels without the columns at the ends.
    public let count: Int
    /// Columns at each end: 1 for neighbourhoods of 3 × 3 pixels, 3 for those of 7 × 7.
    public let reach: Int
    let stride: Int
    let values: Buffer<Float>

    /// A row without any valid pixel, such as one beyond a scene.
    public init(channels: Int, count: Int, reach: Int = 1) {
        self.channels = channels
        self.count = count
        self.reach = reach
        stride = Self.stride(count, reach)
        values = Buffer(repeating: 0, count: (channels + 1) * stride)
    }

    private static func stride(_ count: Int, _ reach: Int) -> Int {
        lanes(count + 2 * reach) * laneWidth + laneWidth
    }

    public static func bytes(channels: Int, count: Int, reach: Int = 1) -> Int {
        (channels + 1) * stride(count, reach) * MemoryLayout<Float>.stride
    }

    /// Takes a row of pixels, those at the ends included where the scene has any.
    ///
    /// - Parameters:
    ///   - pixels: `(columns, C)`, scaled to 0…1, 0 where invalid.
    ///   - valid: one a pixel.
    ///   - first: which of them lies ``reach`` columns in front of pixel 0; below 0 where the scene
    ///     begins.
    public func fill(_ pixels: Span<Float>, valid: Span<UInt8>, first: Int) {
        check(pixels.count == valid.count * channels)
        let values = values
        var target = values.mutableSpan()
        for column in 0..<count + 2 * reach {
            let source = first + column
            guard source >= 0, source < valid.count, valid[source] != 0 else {
                for plane in 0...channels { target[plane * stride + column] = 0 }
                continue
            }
            for c in 0..<channels { target[c * stride + column] = pixels[source * channels + c] }
            target[channels * stride + column] = 1
        }
    }
}

/// What the mixture knows of a row's pixels: their own values, and the means of the valid ones among
/// their 3 × 3 neighbours, themselves included.
public enum PixelNeighbourhood {
    /// Numbers a pixel.
    public static func dimensions(channels: Int) -> Int { 2 * channels }

    /// - Parameters:
    ///   - output: `(2 C, stride)`, overwritten; bands first, then their means. Columns beyond the
    ///     row's are finite and mean nothing.
    public static func features(
        above: PixelLine, row: PixelLine, below: PixelLine,
        into output: inout MutableSpan<Float>, stride: Int
    ) {
        let (channels, count) = (row.channels, row.count)
        check(above.count == count && below.count == count)
        check(above.channels == channels && below.channels == channels)
        check(stride.isMultiple(of: laneWidth) && stride >= count)
        check(output.count == 2 * channels * stride)
        let (step, reach) = (row.stride, row.reach)
        check(above.reach == reach && below.reach == reach && reach > 0)
        let (upper, middle, lower) = (above.values, row.values, below.values)
        upper.span().withUnsafeBufferPointer { above in
            middle.span().withUnsafeBufferPointer { row in
                lower.span().withUnsafeBufferPointer { below in
                    output.withUnsafeMutableBufferPointer { output in
                        guard let above = above.baseAddress, let row = row.baseAddress,
                            let below = below.baseAddress, let output = output.baseAddress
                        else { return }
                        for column in Swift.stride(from: 0, to: stride, by: laneWidth) {
                            guard column < count else {
                                for plane in 0..<2 * channels {
                                    storeLane(Lane(), output + plane * stride + column)
                                }
                                continue
                            }
                            let marks = channels * step + column + reach - 1
                            let number = largest(
                                sum(above + marks, row + marks, below + marks), Lane(repeating: 1))
                            for c in 0..<channels {
                                let start = c * step + column + reach - 1
                                storeLane(load(row + start + 1), output + c * stride + column)
                                storeLane(
                                    sum(above + start, row + start, below + start) / number,
                                    output + (channels + c) * stride + column)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Of 3 × 3, for 16 pixels side by side.
    @inline(__always)
    private static func sum(
        _ above: UnsafePointer<Float>, _ row: UnsafePointer<Float>, _ below: UnsafePointer<Float>
    ) -> Lane {
        column(above, row, below, 0) + column(above, row, below, 1) + column(above, row, below, 2)
    }

    @inline(__always)
    private static func column(
        _ above: UnsafePointer<Float>, _ row: UnsafePointer<Float>, _ below: UnsafePointer<Float>,
        _ offset: Int
    ) -> Lane {
        load(above + offset) + load(row + offset) + load(below + offset)
    }

    @inline(__always)
    private static func load(_ source: UnsafePointer<Float>) -> Lane {
        UnsafeRawPointer(source).loadUnaligned(as: Lane.self)
    }
}
