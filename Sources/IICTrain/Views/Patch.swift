import IICKernels

/// A square crop of the training data.
package struct Patch: Sendable {
    /// Pixels a side.
    package private(set) var size: Int
    /// `(H, W, C)`, scaled to 0…1; 0 where invalid.
    package var values: [Float]
    /// `(H, W)`, 1 for valid, else 0.
    package var valid: [UInt8]
    /// Whether the values are n / 255 of 8-bit data, to be jittered in their arithmetic.
    package let isByte: Bool

    package init(size: Int, values: [Float], valid: [UInt8], isByte: Bool) {
        self.size = size
        self.values = values
        self.valid = valid
        self.isByte = isByte
    }

    var channels: Int { values.count / valid.count }

    /// A bilinear mixture of ones is 1 up to rounding; any 0 takes more away.
    private static let whole: Float = 1 - 1e-5

    /// Left and right exchanged.
    func flipped() -> Patch {
        let channels = channels
        var copy = self
        for y in 0..<size {
            for x in 0..<size {
                let (target, source) = (y * size + x, y * size + size - 1 - x)
                copy.valid[target] = valid[source]
                for c in 0..<channels {
                    copy.values[target * channels + c] = values[source * channels + c]
                }
            }
        }
        return copy
    }

    /// Drawn larger or smaller, bilinearly (half-pixel centres); 8-bit data stay whole numbers.
    ///
    /// A pixel that mixes an invalid one is invalid.
    func resized(to target: Int) -> Patch {
        guard target != size else { return self }
        let axis = ResizeAxis(
            source: size, target: target, scale: Double(size) / Double(target))
        return sampled(size: target) { input, channels in
            var output = [Float](repeating: 0, count: target * target * channels)
            var span = output.mutableSpan
            resize(input.span, into: &span, rows: axis, columns: axis, channels: channels)
            return output
        }
    }

    /// Drawn anew: each pixel is taken from where `affine` says, bilinearly. A pixel that mixes an
    /// invalid one or the outside is invalid.
    func warped(by affine: Affine) -> Patch {
        sampled(size: size) { input, channels in
            var output = [Float](repeating: 0, count: input.count)
            var span = output.mutableSpan
            warp(
                input.span, into: &span, affine: affine, height: size, width: size,
                channels: channels)
            return output
        }
    }

    private func sampled(
        size target: Int, _ sample: (_ input: [Float], _ channels: Int) -> [Float]
    ) -> Patch {
        let channels = channels
        var result = self
        result.size = target
        result.values = sample(values, channels)
        result.valid = sample(valid.map(Float.init), 1).map { $0 > Self.whole ? 1 : 0 }
        for pixel in result.valid.indices {
            for index in pixel * channels..<(pixel + 1) * channels {
                if result.valid[pixel] == 0 {
                    result.values[index] = 0
                } else if isByte && target != size {
                    result.values[index] = (result.values[index] * 255).rounded() / 255
                }
            }
        }
        return result
    }
}
