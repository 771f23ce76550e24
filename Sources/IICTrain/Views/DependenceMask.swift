import IICInfer
import IICKernels

/// Which outputs of a crop count: those that see nothing but valid pixels of the crop.
///
/// In `seamless` geometry an output at an even coordinate x depends on inputs x − 16…x + 15, at an
/// odd one on x − 15…x + 16; so a border of 15 pixels (16 on the far side of an odd size) is left
/// out. In `paper` geometry the border counts, as it does in the paper (see ``LossMask``); invalid
/// pixels take the same surroundings with them.
package enum DependenceMask {
    /// The inputs along one axis that the output at `position` depends on.
    package static func halo(around position: Int) -> ClosedRange<Int> {
        position.isMultiple(of: 2) ? position - 16...position + 15 : position - 15...position + 16
    }

    /// `(H, W)`: 1 where the output counts, else 0.
    ///
    /// - Parameter border: whether to leave out the outputs that see beyond the crop.
    package static func mask(valid: [UInt8], size: Int, border: Bool) -> [UInt8] {
        let inside = (0..<size).filter { position in
            !border
                || halo(around: position).lowerBound >= 0
                    && halo(around: position).upperBound < size
        }
        var mask = [UInt8](repeating: 0, count: size * size)
        guard let first = inside.first, let last = inside.last else { return mask }
        guard valid.contains(0) else {
            for y in inside {
                for x in first...last { mask[y * size + x] = 1 }
            }
            return mask
        }
        // Number of invalid pixels above and to the left of each corner.
        let stride = size + 1
        var sums = [Int32](repeating: 0, count: stride * stride)
        for y in 0..<size {
            var row: Int32 = 0
            for x in 0..<size {
                row += valid[y * size + x] == 0 ? 1 : 0
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row
            }
        }
        let corners = (0..<size).map { position in
            (
                max(0, halo(around: position).lowerBound),
                min(size, halo(around: position).upperBound + 1)
            )
        }
        for y in inside {
            let (top, bottom) = corners[y]
            for x in first...last {
                let (left, right) = corners[x]
                let invalid =
                    sums[bottom * stride + right] - sums[top * stride + right]
                    - sums[bottom * stride + left] + sums[top * stride + left]
                mask[y * size + x] = invalid > 0 ? 0 : 1
            }
        }
        return mask
    }

    /// The mask of a view pair in x's frame: 1 where x's output counts and every output of gx that
    /// its warp mixes counts too.
    ///
    /// - Parameters:
    ///   - affine: brings gx's outputs into x's frame.
    ///   - shift: how they are moved there; what comes from outside the frame does not count.
    static func pair(
        first: [UInt8], second: [UInt8], affine: Affine, shift: PixelShift = .none, size: Int
    ) -> [Double] {
        var warped = second.map { Double($0) }
        if affine == .flip {
            for y in 0..<size { warped[y * size..<(y + 1) * size].reverse() }
        } else if affine != .identity {
            let source = warped
            var span = warped.mutableSpan
            warp(
                source.span, into: &span, affine: affine, height: size, width: size, channels: 1)
        }
        var mask = [Double](repeating: 0, count: size * size)
        for y in 0..<size where (0..<size).contains(y + shift.y) {
            for x in 0..<size where (0..<size).contains(x + shift.x) {
                let (here, there) = (y * size + x, (y + shift.y) * size + x + shift.x)
                // A mixture of ones is 1 up to rounding; any 0, or the outside, takes more away.
                if first[here] != 0 && warped[there] > 1 - 1e-6 { mask[here] = 1 }
            }
        }
        return mask
    }
}
