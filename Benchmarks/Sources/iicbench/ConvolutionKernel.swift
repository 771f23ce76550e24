import IICKernels

/// One way to convolve, for timing: a new kernel is one more entry of ``all``.
struct ConvolutionKernel: Sendable {
    let name: String
    /// Makes buffers and packs weights for a shape; what it returns is one convolution.
    let prepare: @Sendable (ConvolutionShape) -> () -> Void

    static let all = [
        ConvolutionKernel(name: "reference", prepare: reference)
    ]

    /// Columns × matrix.
    private static func reference(_ shape: ConvolutionShape) -> () -> Void {
        let data = Data(shape)
        let scratch = Buffer<Float>(repeating: 0, count: shape.scratchCount(of: Float.self))
        return {
            var output = data.output.mutableSpan()
            var columns = scratch.mutableSpan()
            convolve(
                data.input.span(), weights: data.weights.span(), into: &output, shape: shape,
                scratch: &columns)
        }
    }

    /// What every kernel reads and writes.
    private struct Data {
        /// `(H, W, inputs)`.
        let input: Buffer<Float>
        /// `(3, 3, inputs, outputs)`.
        let weights: Buffer<Float>
        /// `(H′, W′, outputs)`.
        let output: Buffer<Float>

        init(_ shape: ConvolutionShape) {
            var noise = Noise(seed: 3)
            input = Buffer(
                (0..<shape.height * shape.width * shape.inputs).map { _ in noise.uniform(0...1) })
            weights = Buffer(
                (0..<shape.taps * shape.outputs).map { _ in noise.uniform(-0.1...0.1) })
            output = Buffer(
                repeating: 0, count: shape.outputHeight * shape.outputWidth * shape.outputs)
        }
    }
}
