import IICInfer
import Foundation
import IICKernels

extension Affine {
    /// The map that draws gx from x, about the middle: the authors' `random_affine`.
    ///
    /// - Parameters:
    ///   - rotation: in degrees.
    ///   - shear: in degrees.
    ///   - scale: above 1 gx shows more of x.
    init(rotation: Double, shear: Double, scale: Double) {
        let (a, b) = (rotation * .pi / 180, (rotation + shear) * .pi / 180)
        self.init(
            xx: cos(a) * scale, xy: -sin(b) * scale, xt: 0, yx: sin(a) * scale,
            yy: cos(b) * scale, yt: 0)
    }

    /// One draw of each.
    init(_ range: RandomAffine, random: inout SplitMix64) {
        let rotation = range.rotation.draw(&random)
        let shear = range.shear.draw(&random)
        self.init(rotation: rotation, shear: shear, scale: range.scale.draw(&random))
    }

    /// The map back.
    ///
    /// - Precondition: it is no projection onto a line; within the limits of ``RandomAffine`` none is.
    var inverse: Affine {
        let determinant = xx * yy - xy * yx
        precondition(determinant != 0, "\(self)")
        let (a, b, c, d) = (
            yy / determinant, -xy / determinant, -yx / determinant, xx / determinant
        )
        return Affine(
            xx: a, xy: b, xt: -(a * xt + b * yt), yx: c, yy: d, yt: -(c * xt + d * yt))
    }

    /// The map back from an image whose left and right were exchanged after this map's inverse.
    var flipped: Affine {
        Affine(xx: 0 - xx, xy: 0 - xy, xt: 0 - xt, yx: yx, yy: yy, yt: yt)
    }

    /// The same after a move: where the target's pixel p was taken from, p + `shift` is.
    func moved(by shift: PixelShift, size: Int) -> Affine {
        let (u, v) = (2 * Double(shift.x) / Double(size), 2 * Double(shift.y) / Double(size))
        var moved = self
        moved.xt += xx * u + xy * v
        moved.yt += yx * u + yy * v
        return moved
    }
}

/// A move by whole pixels.
struct PixelShift: Hashable {
    var x = 0
    var y = 0

    static let none = PixelShift()

    init() {}

    init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }

    /// As many pixels as `range` says along each axis, either way.
    init(_ range: NumberRange, random: inout SplitMix64) {
        func draw() -> Int {
            let distance = range.drawWhole(&random)
            return random.unit() < 0.5 ? -distance : distance
        }
        x = draw()
        y = draw()
    }
}
