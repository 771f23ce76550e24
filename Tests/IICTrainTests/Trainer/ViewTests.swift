import IICInfer
import IICKernels
import IICTrain
import Testing

/// Which outputs of a crop count.
@Suite struct ViewTests {
    @Test func `the border that a seamless crop leaves out is 15 pixels`() {
        let size = 40
        let mask = DependenceMask.mask(
            valid: Array(repeating: 1, count: size * size), size: size, border: true)
        for y in 0..<size {
            for x in 0..<size {
                let inside = (15..<size - 15).contains(x) && (15..<size - 15).contains(y)
                #expect(mask[y * size + x] == (inside ? 1 : 0), "\(x) \(y)")
            }
        }
    }

    /// Changes one input at a time and looks which outputs move: the mask's rule is the network's.
    @Test func `an output depends on the pixels that the mask says`() {
        let size = 48
        let weights = NetworkWeights(
            initial: Architecture(width: 1.0 / 16, overclusters: 4, classes: 3), seed: 3)
        let engine = PlainEngine(weights: weights, geometry: .seamless)
        func run(_ image: [Float]) -> [Float] {
            var output = [Float](repeating: 0, count: size * size * 3)
            var span = output.mutableSpan
            engine.probabilities(of: image.span, height: size, width: size, head: .B, into: &span)
            return output
        }
        let image = (0..<size * size * 4).map { Float(($0 * 7919) % 101) / 101 }
        let base = run(image)
        for (x, y) in [(23, 24), (24, 23), (20, 21)] {
            var changed = image
            for band in 0..<4 { changed[(y * size + x) * 4 + band] = 1e4 }
            let moved = run(changed)
            for v in 0..<size {
                for u in 0..<size where moved[(v * size + u) * 3] != base[(v * size + u) * 3] {
                    #expect(
                        DependenceMask.reach(u).contains(x) && DependenceMask.reach(v).contains(y),
                        "\(u) \(v) moves with \(x) \(y)")
                }
            }
        }
    }

    @Test func `one invalid pixel masks just the outputs that see it`() {
        let size = 64
        var valid = [UInt8](repeating: 1, count: size * size)
        valid[30 * size + 31] = 0
        let mask = DependenceMask.mask(valid: valid, size: size, border: false)
        for y in 0..<size {
            for x in 0..<size {
                let sees =
                    DependenceMask.reach(x).contains(31) && DependenceMask.reach(y).contains(30)
                #expect(mask[y * size + x] == (sees ? 0 : 1), "\(x) \(y)")
            }
        }
    }

    @Test func `8-bit jitter gives Pillow's values`() {
        // From Pillow 12: ImageEnhance on a row of three pixels, and hue moved by 20 of 256.
        let row: [SIMD3<Float>] = [SIMD3(200, 30, 77), SIMD3(5, 250, 128), SIMD3(90, 90, 91)]
        for (change, expected) in PillowCases.all {
            var pixels = row
            ByteColour.apply(change, to: &pixels, valid: [1, 1, 1])
            #expect(pixels == expected, "\(change)")
        }
    }
}
