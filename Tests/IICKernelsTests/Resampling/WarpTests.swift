import Foundation
import IICKernels
import Testing

@Suite struct WarpTests {
    static let affines = [
        Affine.identity, .flip,
        Affine(xx: 0, xy: 1, xt: 0, yx: -1, yy: 0, yt: 0),  // a quarter turn
        Affine(xx: cos(0.4), xy: -sin(0.4), xt: 0.1, yx: sin(0.4), yy: cos(0.4), yt: -0.2),
        Affine(xx: 1.7, xy: 0.3, xt: 0, yx: 0, yy: 0.6, yt: 0),
        Affine(xx: 1, xy: 0, xt: 0.5, yx: 0, yy: 1, yt: -0.25),
        Affine(xx: 1, xy: 0, xt: 5, yx: 0, yy: 1, yt: 0),  // nothing of the image is left
    ]
    static let sizes = [(1, 1), (1, 4), (5, 1), (5, 7), (8, 6)]

    /// The definition, `grid_sample` with `align_corners=False`: zeros beyond the edges.
    private func expected(
        _ input: [Double], _ affine: Affine, _ height: Int, _ width: Int, _ k: Int
    ) -> [Double] {
        let image = Oracle.Image(height: height, width: width, channels: k, values: input)
        var output: [Double] = []
        for y in 0..<height {
            for x in 0..<width {
                let u = (Double(x) + 0.5) / Double(width) * 2 - 1
                let v = (Double(y) + 0.5) / Double(height) * 2 - 1
                let across = affine.xx * u + affine.xy * v + affine.xt
                let down = affine.yx * u + affine.yy * v + affine.yt
                for channel in 0..<k {
                    output.append(
                        Oracle.sample(
                            image, y: (down + 1) / 2 * Double(height) - 0.5,
                            x: (across + 1) / 2 * Double(width) - 0.5, channel: channel))
                }
            }
        }
        return output
    }

    @Test(arguments: affines, sizes)
    func `pixels are sampled where the map says, and gradients go back there`(
        _ affine: Affine, _ size: (Int, Int)
    ) {
        compare(Float.self, affine, size, tolerance: 1e-5)
        compare(Double.self, affine, size, tolerance: 1e-12)
    }

    private func compare<T: BLASScalar>(
        _: T.Type, _ affine: Affine, _ size: (Int, Int), tolerance: Double
    ) {
        let (height, width) = size
        let k = 2
        var noise = Noise(height * width)
        let input = noise.reals(height * width * k)
        let values: [T] = converted(input)
        let output: [T] = written(input.count) {
            warp(
                values.span, into: &$0, affine: affine, height: height, width: width, channels: k)
        }
        #expect(distance(output, expected(input, affine, height, width, k)) <= tolerance)

        // ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, for each unit vector x: each element of Aᵀ y.
        let dOutput = noise.reals(input.count)
        let d: [T] = converted(dOutput)
        let dInput: [T] = written(input.count) {
            backpropagateWarp(
                d.span, into: &$0, affine: affine, height: height, width: width, channels: k)
        }
        let adjoint = input.indices.map { index in
            var unit = [Double](repeating: 0, count: input.count)
            unit[index] = 1
            return dot(expected(unit, affine, height, width, k), dOutput)
        }
        #expect(distance(dInput, adjoint) <= tolerance)
    }

    @Test(arguments: [Double.nan, .infinity, 1e30, -1e30])
    func `a map to nowhere gives zeros`(_ shift: Double) {
        let affine = Affine(xx: 1, xy: 0, xt: shift, yx: 0, yy: 1, yt: 0)
        let values = [Float](repeating: 1, count: 12)
        let output: [Float] = written(12) {
            warp(values.span, into: &$0, affine: affine, height: 3, width: 4, channels: 1)
        }
        let dInput: [Float] = written(12) {
            backpropagateWarp(
                values.span, into: &$0, affine: affine, height: 3, width: 4, channels: 1)
        }
        #expect(output.allSatisfy { $0 == 0 } && dInput.allSatisfy { $0 == 0 })
    }
}
