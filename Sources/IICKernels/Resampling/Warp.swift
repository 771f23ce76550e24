/// A 2 × 3 map from a target's coordinates to a source's, both −1…1 across the image
/// (`torch.nn.functional.affine_grid`): x′ = xx · x + xy · y + xt, y′ = yx · x + yy · y + yt.
public struct Affine: Hashable, Sendable, Codable {
    public var xx: Double
    public var xy: Double
    public var xt: Double
    public var yx: Double
    public var yy: Double
    public var yt: Double

    public init(xx: Double, xy: Double, xt: Double, yx: Double, yy: Double, yt: Double) {
        self.xx = xx
        self.xy = xy
        self.xt = xt
        self.yx = yx
        self.yy = yy
        self.yt = yt
    }

    public static let identity = Affine(xx: 1, xy: 0, xt: 0, yx: 0, yy: 1, yt: 0)
    /// Left and right exchanged.
    public static let flip = Affine(xx: -1, xy: 0, xt: 0, yx: 0, yy: 1, yt: 0)

    /// The source position, in pixels from 0, of the target pixel (x, y); half-pixel centres.
    @inline(__always)
    func source(x: Int, y: Int, height: Int, width: Int) -> (x: Double, y: Double) {
        let u = Double(2 * x + 1) / Double(width) - 1
        let v = Double(2 * y + 1) / Double(height) - 1
        return (
            ((xx * u + xy * v + xt + 1) * Double(width) - 1) / 2,
            ((yx * u + yy * v + yt + 1) * Double(height) - 1) / 2
        )
    }
}

/// The four pixels that a bilinear sample mixes; −1 for one outside the image, whose value is 0.
@inline(__always)
private func corners(
    _ position: (x: Double, y: Double), height: Int, width: Int
) -> (pixels: SIMD4<Int>, weights: SIMD4<Double>) {
    // Far outside (or NaN) there is nothing to mix, and Int(position) could trap.
    guard position.x > -1, position.y > -1, position.x < Double(width),
        position.y < Double(height)
    else { return (SIMD4(repeating: -1), .zero) }
    let left = position.x.rounded(.down)
    let top = position.y.rounded(.down)
    let u = position.x - left
    let v = position.y - top
    let x = Int(left)
    let y = Int(top)
    let row = y * width
    let leftIn = x >= 0
    let rightIn = x + 1 < width
    let topIn = y >= 0
    let bottomIn = y + 1 < height
    return (
        SIMD4(
            topIn && leftIn ? row + x : -1, topIn && rightIn ? row + x + 1 : -1,
            bottomIn && leftIn ? row + width + x : -1,
            bottomIn && rightIn ? row + width + x + 1 : -1),
        SIMD4((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)
    )
}

/// Brings an image into another frame: each target pixel samples the source where `affine` says,
/// bilinearly, zeros outside (`grid_sample` with `align_corners=False`).
///
/// - Parameters:
///   - input: `(H, W, K)`.
///   - output: `(H, W, K)`, overwritten.
@specialized(where T == Float)
@specialized(where T == Double)
public func warp<T: BLASScalar>(
    _ input: Span<T>, into output: inout MutableSpan<T>, affine: Affine, height: Int, width: Int,
    channels: Int
) {
    check(input.count == height * width * channels && output.count == input.count)
    for y in 0..<height {
        for x in 0..<width {
            let (pixels, weights) = corners(
                affine.source(x: x, y: y, height: height, width: width), height: height,
                width: width)
            let o = (y * width + x) * channels
            for k in 0..<channels { output[o + k] = 0 }
            for corner in 0..<4 where pixels[corner] >= 0 && weights[corner] != 0 {
                let i = pixels[corner] * channels
                let weight = T(weights[corner])
                for k in 0..<channels { output[o + k] += weight * input[i + k] }
            }
        }
    }
}

/// Carries a gradient back through ``warp(_:into:affine:height:width:channels:)``.
///
/// - Parameters:
///   - dOutput: `(H, W, K)`.
///   - dInput: `(H, W, K)`, overwritten.
@specialized(where T == Float)
@specialized(where T == Double)
public func backpropagateWarp<T: BLASScalar>(
    _ dOutput: Span<T>, into dInput: inout MutableSpan<T>, affine: Affine, height: Int, width: Int,
    channels: Int
) {
    check(dOutput.count == height * width * channels && dInput.count == dOutput.count)
    for index in 0..<dInput.count { dInput[index] = 0 }
    for y in 0..<height {
        for x in 0..<width {
            let (pixels, weights) = corners(
                affine.source(x: x, y: y, height: height, width: width), height: height,
                width: width)
            let o = (y * width + x) * channels
            for corner in 0..<4 where pixels[corner] >= 0 && weights[corner] != 0 {
                let i = pixels[corner] * channels
                let weight = T(weights[corner])
                for k in 0..<channels { dInput[i + k] += weight * dOutput[o + k] }
            }
        }
    }
}
