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
        let weights = ParameterBlock(
            initial: Architecture(width: 1.0 / 16, overclusters: 4, classes: 3), seed: 3)
        let engine = ReferenceEngine(weights: weights, geometry: .seamless)
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
                        DependenceMask.halo(around: u).contains(x)
                            && DependenceMask.halo(around: v).contains(y),
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
                    DependenceMask.halo(around: x).contains(31)
                    && DependenceMask.halo(around: y).contains(30)
                #expect(mask[y * size + x] == (sees ? 0 : 1), "\(x) \(y)")
            }
        }
    }

    /// Every third level of red, green and blue: 636,056 colours.
    @Test func `8-bit jitter gives Pillow's values`() {
        let levels = stride(from: Float(0), through: 255, by: 3)
        let colours = levels.flatMap { r in
            levels.flatMap { g in levels.map { b in SIMD3(r, g, b) } }
        }
        let valid = [UInt8](repeating: 1, count: colours.count)
        for (changes, expected) in PillowCases.all {
            var pixels = colours
            for change in changes { ByteColour.apply(change, to: &pixels, valid: valid) }
            #expect(checksum(pixels) == expected, "\(changes)")
        }
    }

    /// FNV-1a of the bytes, eight at a time.
    private func checksum(_ pixels: [SIMD3<Float>]) -> UInt64 {
        var bytes = pixels.flatMap { [UInt8($0.x), UInt8($0.y), UInt8($0.z)] }
        while !bytes.count.isMultiple(of: 8) { bytes.append(0) }
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for start in stride(from: 0, to: bytes.count, by: 8) {
            let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
            value = (value ^ word) &* 0x100_0000_01B3
        }
        return value
    }
}
