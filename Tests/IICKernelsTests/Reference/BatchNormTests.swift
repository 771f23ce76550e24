import IICKernels
import ReferenceOperations
import Testing

@Suite struct BatchNormTests {
    /// Pixels and channels.
    static let sizes = [(1, 1), (1, 5), (7, 1), (24, 3), (50, 17)]

    @Test(arguments: sizes) func `sums and sums of squares are added`(
        _ pixels: Int, _ channels: Int
    ) {
        var noise = Noise(pixels)
        let input = noise.integers(pixels * channels)
        let values: [Float] = converted(input)
        let sums: [Double] = written(2 * channels, over: 5) {
            addMoments(values.span, into: &$0, channels: channels)
        }
        var expected = [Double](repeating: 5, count: 2 * channels)
        for index in input.indices {
            expected[index % channels] += input[index]
            expected[channels + index % channels] += input[index] * input[index]
        }
        #expect(sums == expected)
    }

    @Test(arguments: sizes) func `values are scaled, shifted and cut at 0`(
        _ pixels: Int, _ channels: Int
    ) {
        var noise = Noise(channels)
        let input = noise.reals(pixels * channels)
        let (scale, shift) = (noise.reals(channels), noise.reals(channels))
        let expected = input.indices.map {
            max(0, input[$0] * scale[$0 % channels] + shift[$0 % channels])
        }
        let values: [Float] = converted(input)
        let (scales, shifts): ([Float], [Float]) = (converted(scale), converted(shift))
        let inPlace: [Float] = written(over: values) {
            scaleAndRectify(&$0, scale: scales.span, shift: shifts.span)
        }
        let precise: [Float] = written(input.count) {
            scaleAndRectify(values.span, scale: scale.span, shift: shift.span, into: &$0)
        }
        // Two roundings of numbers below 2; one, of the result.
        #expect(distance(inPlace, expected) <= 2 * 0x1p-24 * 2)
        #expect(distance(precise, expected) <= 0x1p-24)
    }

    /// Against central differences of the whole, statistics included, in double precision.
    @Test(arguments: [(9, 1), (24, 3), (50, 17)])
    func `gradients pass ReLU and a batch norm of its own statistics`(
        _ pixels: Int, _ channels: Int
    ) {
        var noise = Noise(pixels * channels)
        let input = noise.reals(pixels * channels).map { 3 * $0 + 1 }
        let gamma = noise.reals(channels).map { $0 + 1.5 }
        let beta = noise.reals(channels)
        let dOutput = noise.reals(input.count)
        func loss(_ input: [Double], _ gamma: [Double], _ beta: [Double]) -> Double {
            dot(Oracle.normAndRectify(input, gamma: gamma, beta: beta), dOutput)
        }

        let (mean, variance) = Oracle.moments(input, channels: channels)
        let inverse = variance.map { 1 / ($0 + 1e-5).squareRoot() }
        let scale = zip(gamma, inverse).map { $0 * $1 }
        let shift = beta.indices.map { beta[$0] - mean[$0] * scale[$0] }
        let dBeta = Oracle.gradient(at: beta) { loss(input, gamma, $0) }
        let dGamma = Oracle.gradient(at: gamma) { loss(input, $0, beta) }
        let expected = Oracle.gradient(at: input) { loss($0, gamma, beta) }
        let (values, d): ([Float], [Float]) = (converted(input), converted(dOutput))
        let sums: [Double] = written(2 * channels, over: 0) {
            addNormGradients(
                d.span, input: values.span, scale: scale.span, shift: shift.span, mean: mean.span,
                inverseDeviation: inverse.span, into: &$0)
        }
        let again: [Double] = written(over: sums) {
            addNormGradients(
                d.span, input: values.span, scale: scale.span, shift: shift.span, mean: mean.span,
                inverseDeviation: inverse.span, into: &$0)
        }
        let averages = sums.map { $0 / Double(pixels) }
        let dInput: [Float] = written(over: d) {
            backpropagateNorm(
                &$0, input: values.span, scale: scale.span, shift: shift.span, mean: mean.span,
                inverseDeviation: inverse.span, meanGradients: averages.span)
        }
        // Single precision's rounding of the result, and the differences' own error.
        #expect(distance(sums, dBeta + dGamma) <= 1e-6)
        #expect(distance(again, (dBeta + dGamma).map { 2 * $0 }) <= 2e-6)
        #expect(distance(dInput, expected) <= 1e-6)
    }
}
