import Foundation
import IICKernels
import Testing

@Suite struct FourierTransformTests {
    static let points = [1, 2, 4, 8, 16, 32, 64, 128, 256]

    private func noise(_ points: Int) -> [ComplexLane] {
        var noise = Noise(points)
        return (0..<points).map { _ in
            ComplexLane(re: ClassLane(noise.reals(8)), im: ClassLane(noise.reals(8)))
        }
    }

    @Test(arguments: points)
    func `it is the sum that defines it, for each lane`(_ points: Int) {
        let transform = FourierTransform(points: points)
        let input = noise(points)
        var line = input
        var span = line.mutableSpan
        transform.forward(&span)
        for frequency in 0..<points {
            var sum = ComplexLane()
            for n in 0..<points {
                let angle = -2 * Double.pi * Double(frequency * n % points) / Double(points)
                sum.re += input[n].re * cos(angle) - input[n].im * sin(angle)
                sum.im += input[n].re * sin(angle) + input[n].im * cos(angle)
            }
            let value = line[transform.place(of: frequency)]
            // Sums of up to 256 numbers below 1.
            #expect(distance(value, sum) < 1e-12)
        }
    }

    @Test(arguments: points)
    func `back and forth is the number of points times the line`(_ points: Int) {
        let transform = FourierTransform(points: points)
        let input = noise(points)
        var line = input
        var span = line.mutableSpan
        transform.forward(&span)
        transform.inverse(&span)
        for (value, expected) in zip(line, input) {
            let scaled = ComplexLane(
                re: expected.re * Double(points), im: expected.im * Double(points))
            #expect(distance(value, scaled) < 1e-12 * Double(points))
        }
    }

    private func distance(_ a: ComplexLane, _ b: ComplexLane) -> Double {
        var worst = 0.0
        for k in 0..<classLaneWidth {
            worst = max(worst, abs(a.re[k] - b.re[k]), abs(a.im[k] - b.im[k]))
        }
        return worst
    }

    /// Each pair of pixels that a displacement joins must meet in one block, and in no other way.
    @Test(arguments: [1, 2, 7, 31, 32, 45, 88, 97, 200, 256, 500], [0, 1, 3, 10, 32, 199])
    func `blocks cover an axis and wrap nothing into the displacements`(
        _ extent: Int, _ displacementRadius: Int
    ) {
        guard displacementRadius < extent else { return }
        let axis = CorrelationAxis(extent: extent, displacementRadius: displacementRadius)
        #expect((0..<axis.blocks).flatMap { Array(axis.own($0)) } == Array(0..<extent))
        for block in 0..<axis.blocks {
            let (own, window) = (axis.own(block), axis.window(block))
            #expect(window.count <= axis.points)
            for u in [own.lowerBound, own.upperBound - 1] {
                for v in window where abs(v - u) > displacementRadius {
                    let wrapped = abs(v - u) - axis.points
                    #expect(abs(wrapped) > displacementRadius, "\(axis) \(u) \(v)")
                }
            }
        }
    }
}
