package import IICInfer
import IICKernels

/// Which outputs of a crop count: those that see nothing but valid pixels of the crop.
///
/// In `seamless` geometry an output at an even coordinate x depends on inputs x − 16…x + 15, at an
/// odd one on x − 15…x + 16; so a border of 15 pixels (16 on the far side of an odd size) is left
/// out. In `paper` geometry the border counts, as it does in the paper; invalid pixels take the
/// same surroundings with them.
package enum DependenceMask {
    /// The inputs along one axis that the output at `position` depends on.
    package static func reach(_ position: Int) -> ClosedRange<Int> {
        position.isMultiple(of: 2) ? position - 16...position + 15 : position - 15...position + 16
    }

    /// `(H, W)`: 1 where the output counts, else 0.
    package static func mask(valid: [UInt8], size: Int, geometry: Geometry) -> [UInt8] {
        // Number of invalid pixels above and to the left of each corner.
        var sums: [Int32] = []
        if valid.contains(0) {
            sums = Array(repeating: 0, count: (size + 1) * (size + 1))
            for y in 0..<size {
                var row: Int32 = 0
                for x in 0..<size {
                    row += valid[y * size + x] == 0 ? 1 : 0
                    sums[(y + 1) * (size + 1) + x + 1] = sums[y * (size + 1) + x + 1] + row
                }
            }
        }
        var mask = [UInt8](repeating: 0, count: size * size)
        for y in 0..<size {
            let rows = reach(y)
            for x in 0..<size {
                let columns = reach(x)
                if geometry == .seamless
                    && (rows.lowerBound < 0 || rows.upperBound >= size || columns.lowerBound < 0
                        || columns.upperBound >= size)
                {
                    continue
                }
                if !sums.isEmpty {
                    let (top, bottom) = (max(0, rows.lowerBound), min(size, rows.upperBound + 1))
                    let (left, right) = (
                        max(0, columns.lowerBound), min(size, columns.upperBound + 1)
                    )
                    let stride = size + 1
                    let invalid =
                        sums[bottom * stride + right] - sums[top * stride + right]
                        - sums[bottom * stride + left] + sums[top * stride + left]
                    if invalid > 0 { continue }
                }
                mask[y * size + x] = 1
            }
        }
        return mask
    }

    /// The mask of a view pair in x's frame: 1 where x's output counts and every output of gx that
    /// its warp mixes counts too.
    static func pair(first: [UInt8], second: [UInt8], affine: Affine, size: Int) -> [Double] {
        let source = second.map { Double($0) }
        var warped = [Double](repeating: 0, count: source.count)
        var span = warped.mutableSpan
        warp(
            source.span, into: &span, affine: affine, height: size, width: size, channels: 1)
        // A mixture of ones is 1 up to rounding; any 0, or the outside, takes more away.
        return zip(first, warped).map { $0 != 0 && $1 > 1 - 1e-6 ? 1 : 0 }
    }
}
