import IICInfer
import TestSupport
import Testing

@Suite struct SceneMatchingTests {
    private static let probabilities = [0, 0.25, 0.5, 0.75, 1]

    /// One band's values after matching.
    private static func matched(
        _ values: [Float], scene: [Float], training: [Float],
        at probabilities: [Double] = probabilities, valid: [UInt8]? = nil
    ) -> [Float] {
        let matching = SceneMatching(
            scene: BandQuantiles(probabilities: probabilities, bands: [scene]),
            training: BandQuantiles(probabilities: probabilities, bands: [training]))
        var values = values
        do {
            let valid = valid ?? .init(repeating: 1, count: values.count)
            var span = values.mutableSpan
            matching.apply(to: &span, valid: valid.span)
        }
        return values
    }

    @Test func `quantiles become the training's, and what lies between them lies between`() {
        let found = Self.matched(
            [0, 5, 10, 20, 30, 35, 40, -7, 99], scene: [0, 10, 20, 30, 40],
            training: [1, 2, 4, 8, 9])
        #expect(found == [1, 1.5, 2, 4, 8, 8.5, 9, 1, 9])
    }

    @Test func `a value that fills several quantiles goes to the middle of its probabilities`() {
        // 0 fills the lower half: the middle of it is at 0.25.
        let found = Self.matched(
            [0, 30, 40], scene: [0, 0, 0, 30, 40], training: [1, 2, 4, 8, 9])
        #expect(found == [2, 8, 9])
        // Two of them: the middle is at 0.875, between two of the training's.
        #expect(
            Self.matched([40], scene: [0, 10, 20, 40, 40], training: [1, 2, 4, 8, 9]) == [8.5])
    }

    @Test func `a constant band becomes the training's median`() {
        let found = Self.matched(
            [5, 4, 6], scene: [5, 5, 5, 5, 5], training: [1, 2, 4, 8, 9])
        #expect(found == [4, 4, 4])
        #expect(
            Self.matched([1, 2], scene: [1, 1, 1, 2, 2], training: [3, 3, 3, 3, 3]) == [3, 3])
    }

    @Test func `equal quantiles change nothing`() {
        let knots: [Float] = [-1e8, -0.1, 0.3, 0.3, 7e8]
        let values: [Float] = [-1e8, -5e6, -0.1, 0.1, 0.3, 12.7, 7e8]
        #expect(Self.matched(values, scene: knots, training: knots) == values)
    }

    @Test func `pixels without data stay as they are`() {
        let found = Self.matched(
            [.nan, 10, 10], scene: [0, 10, 20, 30, 40], training: [1, 2, 4, 8, 9],
            valid: [0, 0, 1])
        #expect(found[0].isNaN && found[1] == 10 && found[2] == 2)
    }

    @Test func `the largest numbers and the least differences do not break it`() {
        let huge = Float.greatestFiniteMagnitude
        let found = Self.matched(
            [-huge, 0, huge], scene: [-huge, -1, 0, 1, huge], training: [-huge, 0, 0, 0, huge])
        #expect(found == [-huge, 0, huge])
        let next = Float(1).nextUp
        let narrow = Self.matched(
            [1, next], scene: [1, 1, next, next, next], training: [0, 0, 5, huge, huge])
        #expect(narrow[0] == 0 && narrow[1] == huge)
        let least = Float.leastNonzeroMagnitude
        let steep = Self.matched(
            [0, least], scene: [0, 0, 0, least, least], training: [-huge, -huge, 0, huge, huge])
        #expect(steep == [-huge, huge])
    }

    @Test func `whole numbers become the same by a table as by a search`() {
        for first in [-32_768, 0, 200] {
            let knots = (0..<73).map { Float(first + $0 * $0 / 3) }
            let quantiles = BandQuantiles(probabilities: BandQuantiles.usual, bands: [knots])
            var other = quantiles
            other.bands[0] = knots.enumerated().map { $1 * 0.37 + Float($0) }
            let all = (first...first + 1728).map(Float.init)
            let found = [false, true].map { wholeNumbers in
                let matching = SceneMatching(
                    scene: quantiles, training: other, wholeNumbers: wholeNumbers)
                var values = all
                let valid = [UInt8](repeating: 1, count: values.count)
                do {
                    var span = values.mutableSpan
                    matching.apply(to: &span, valid: valid.span)
                }
                return values
            }
            #expect(found[0] == found[1])
        }
    }

    @Test func `curves never fall`() {
        let count = 73
        let probabilities = BandQuantiles.usual
        #expect(probabilities.count == count)
        for seed in 0..<200 {
            // Steps of very different sizes, many of them none.
            func knots(_ salt: Int) -> [Float] {
                var value: Float = -50
                return (0..<count).map { index in
                    let step = Float(noise(index, seed, salt)) - 100
                    let size = Float(noise(seed, index, salt + 1))
                    if step > 0 { value += step * (size > 200 ? 300 : size / 90) }
                    return value
                }
            }
            let scene = knots(1)
            let training = knots(5)
            let span = scene[count - 1] - scene[0]
            let values =
                ((0...500).map { scene[0] + span * Float($0) / 500 } + scene
                + scene.map(\.nextUp) + scene.map(\.nextDown)).sorted()
            let found = Self.matched(
                values, scene: scene, training: training, at: probabilities)
            let rises = zip(found, found.dropFirst()).allSatisfy { $0 <= $1 }
            let stays = found.allSatisfy { training[0] <= $0 && $0 <= training[count - 1] }
            #expect(rises && stays, "seed \(seed)")
        }
    }
}
