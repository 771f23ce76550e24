import IICKernels
import Testing

@Suite struct ConvolutionTests {
    static let shapes: [ConvolutionShape] = {
        var shapes: [ConvolutionShape] = []
        for (height, width) in [(1, 1), (1, 6), (7, 1), (5, 5), (6, 9), (11, 4)] {
            for dilation in [1, 2] {
                // From the least that leaves a pixel to one more than the kernel reaches.
                for padding in 0...2 * dilation + 1
                where min(height, width) + 2 * padding > 2 * dilation {
                    shapes.append(
                        ConvolutionShape(
                            inputs: 3, outputs: 5, height: height, width: width,
                            dilation: dilation, padding: padding))
                }
            }
        }
        return shapes + [
            ConvolutionShape(inputs: 4, outputs: 2, height: 3, width: 5, kernel: 1, padding: 0),
            ConvolutionShape(inputs: 2, outputs: 2, height: 9, width: 8, kernel: 5, padding: 2),
            ConvolutionShape(inputs: 1, outputs: 1, height: 4, width: 4, kernel: 2, padding: 0),
            parts,
        ]
    }()

    /// Two rows at a time and one at the end.
    static let parts = ConvolutionShape(
        inputs: 64, outputs: 3, height: 5, width: 100, padding: 1)

    private struct Case<T: BLASScalar> {
        let input: [Double]
        let weights: [Double]
        let dOutput: [Double]

        init(_ shape: ConvolutionShape) {
            var noise = Noise(shape.height * 31 + shape.padding)
            input = noise.integers(shape.height * shape.width * shape.inputs)
            weights = noise.integers(shape.taps * shape.outputs)
            dOutput = noise.integers(shape.outputHeight * shape.outputWidth * shape.outputs)
        }

        func convolve(
            _ values: [Double], _ weights: [T], _ shape: ConvolutionShape
        ) -> [T] {
            var scratch = [T](repeating: .nan, count: shape.scratchCount(of: T.self))
            let input: [T] = converted(values)
            return written(shape.outputHeight * shape.outputWidth * shape.outputs) { output in
                var scratch = scratch.mutableSpan
                IICKernels.convolve(
                    input.span, weights: weights.span, into: &output, shape: shape,
                    scratch: &scratch)
            }
        }
    }

    @Test(arguments: shapes) func `an output is the sum over the kernel`(
        _ shape: ConvolutionShape
    ) {
        func compare<T: BLASScalar>(_: T.Type) {
            let data = Case<T>(shape)
            let output = data.convolve(data.input, converted(data.weights), shape)
            #expect(output == converted(Oracle.convolve(data.input, data.weights, shape)))
        }
        compare(Float.self)
        compare(Double.self)
    }

    /// With the adjoint identity ⟨A x, y⟩ = ⟨x, Aᵀ y⟩, exact on whole numbers.
    @Test(arguments: shapes) func `the transposed weights carry gradients back to the input`(
        _ shape: ConvolutionShape
    ) {
        func compare<T: BLASScalar>(_: T.Type) {
            let data = Case<T>(shape)
            let weights: [T] = converted(data.weights)
            let transposed: [T] = written(weights.count) {
                transposeWeights(weights.span, into: &$0, shape: shape)
            }
            let output = data.convolve(data.input, weights, shape)
            let dInput = data.convolve(data.dOutput, transposed, shape.transposed)
            #expect(dot(output, data.dOutput) == dot(data.input, dInput))
        }
        compare(Float.self)
        compare(Double.self)
    }

    @Test(arguments: shapes) func `the gradient of the weights is added`(_ shape: ConvolutionShape)
    {
        func compare<T: BLASScalar>(_: T.Type) {
            let data = Case<T>(shape)
            let input: [T] = converted(data.input)
            let dOutput: [T] = converted(data.dOutput)
            var scratch = [T](repeating: .nan, count: shape.scratchCount(of: T.self))
            let dWeights: [T] = written(data.weights.count, over: 3) { dWeights in
                var scratch = scratch.mutableSpan
                addWeightGradient(
                    input.span, dOutput: dOutput.span, into: &dWeights, shape: shape,
                    scratch: &scratch)
            }
            let expected = Oracle.weightGradient(data.input, data.dOutput, shape)
            #expect(dWeights == converted(expected.map { $0 + 3 }))
            let output = data.convolve(data.input, converted(data.weights), shape)
            #expect(dot(output, data.dOutput) == dot(data.weights, expected))
        }
        compare(Float.self)
        compare(Double.self)
    }

    @Test func `weights that are transposed twice are themselves`() {
        let shape = ConvolutionShape(inputs: 2, outputs: 3, height: 4, width: 5, padding: 1)
        let weights = (0..<shape.taps * 3).map { Float($0) }
        let once: [Float] = written(weights.count) {
            transposeWeights(weights.span, into: &$0, shape: shape)
        }
        let twice: [Float] = written(weights.count) {
            transposeWeights(once.span, into: &$0, shape: shape.transposed)
        }
        #expect(once != weights && twice == weights)
        #expect(shape.transposed.transposed == shape)
    }

    /// Real numbers: another order of the sums would show in the last bits.
    @Test func `rows computed part by part have the bits of the whole`() {
        let shape = Self.parts
        let step = shape.rowsAtOnce(of: Float.self)
        #expect(step == 2)
        var noise = Noise(5)
        let input: [Float] = converted(noise.reals(shape.height * shape.width * shape.inputs))
        let weights: [Float] = converted(noise.reals(shape.taps * shape.outputs))
        func rows(_ rows: Range<Int>) -> [Float] {
            var scratch = [Float](repeating: .nan, count: shape.scratchCount(of: Float.self))
            return written(rows.count * shape.outputWidth * shape.outputs) { output in
                var scratch = scratch.mutableSpan
                convolve(
                    input.span, weights: weights.span, into: &output, shape: shape, rows: rows,
                    scratch: &scratch)
            }
        }
        let whole = rows(0..<shape.outputHeight)
        #expect(rows(0..<2) + rows(2..<4) + rows(4..<5) == whole)
        #expect(rows(0..<4) + rows(4..<5) == whole)
    }
}
