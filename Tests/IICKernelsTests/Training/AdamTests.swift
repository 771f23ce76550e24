import Foundation
import IICKernels
import Testing

@Suite struct AdamTests {
    @Test(arguments: [1e-3, 0.1])
    func `steps are those of the algorithm in double precision`(_ rate: Double) {
        var noise = Noise(3)
        let count = 37
        let start = noise.reals(count)
        // From 1e-9, where ε is all, to 1.
        let sizes = (0..<count).map { pow(10, -Double($0 % 10)) }
        var (weights, first, second): ([Float], [Float], [Float]) = (
            converted(start), Array(repeating: 0, count: count), Array(repeating: 0, count: count)
        )
        var (w, m, v) = (
            start, [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
        )
        for step in 1...20 {
            let gradient = zip(noise.reals(count), sizes).map { Double(Float($0 * $1)) }
            for i in 0..<count {
                m[i] = 0.9 * m[i] + 0.1 * gradient[i]
                v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
                let mean = m[i] / (1 - pow(0.9, Double(step)))
                let square = v[i] / (1 - pow(0.999, Double(step)))
                w[i] -= rate * mean / (square.squareRoot() + 1e-8)
            }
            let values: [Float] = converted(gradient)
            var weightSpan = weights.mutableSpan
            var firstSpan = first.mutableSpan
            var secondSpan = second.mutableSpan
            stepAdam(
                gradient: values.span, weights: &weightSpan, m: &firstSpan,
                v: &secondSpan, step: step, rate: rate)
        }
        // 20 steps' roundings: of weights of about 1, and 1 in 10⁵ of each step.
        #expect(distance(weights, w) <= 20 * (0x1p-23 + 1e-5 * rate))
        #expect(distance(first, m) <= 1e-6)
        #expect(distance(second, v) <= 1e-6)
        #expect(distance(start, w) > 5 * rate)
    }

    @Test func `a tensor without gradients stays`() {
        let gradient: [Float] = [0, 0]
        var weights: [Float] = [1, -2]
        var (first, second): ([Float], [Float]) = ([0, 0], [0, 0])
        do {
            var weightSpan = weights.mutableSpan
            var firstSpan = first.mutableSpan
            var secondSpan = second.mutableSpan
            stepAdam(
                gradient: gradient.span, weights: &weightSpan, m: &firstSpan,
                v: &secondSpan, step: 1, rate: 0.1)
        }
        #expect(weights == [1, -2] && first == [0, 0] && second == [0, 0])
    }
}
