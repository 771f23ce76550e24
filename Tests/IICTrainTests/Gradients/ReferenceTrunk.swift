import IICInfer
import IICKernels
import ReferenceOperations

@testable import IICTrain

/// The trunk in training and back, the plain way: columns × matrix, batch norm pixel by pixel. What
/// checks ``GroupPass``.
struct ReferenceTrunk {
    let shape: NetworkShape
    let weights: ParameterBlock
    let norms: [Norm]
    /// What each layer reads, then the features; and what it computes before batch norm:
    /// `[layer][image]`, channels innermost.
    private let inputs: [[[Float]]]
    var products: [[[Float]]]

    struct Norm {
        var mean: [Double] = []
        var inverseDeviation: [Double] = []
        var scale: [Double] = []
        var shift: [Double] = []
        var moments: [Double]
        var count: Double
    }

    init(images: [[Float]], weights: ParameterBlock, shape: NetworkShape) {
        self.shape = shape
        self.weights = weights
        var inputs = [images]
        var products: [[[Float]]] = []
        var norms: [Norm] = []
        for (index, layer) in shape.architecture.layers.enumerated() {
            let convolution = shape.convolutions[index]
            let product = inputs[index].map {
                Self.convolve($0, weights[.convolution(index)], convolution)
            }
            let norm = Self.norm(of: product, weights, index)
            inputs.append(
                product.map { values in
                    let full = Self.rectified(values, norm)
                    guard layer.pooled else { return full }
                    let size = Self.pooled(convolution, shape.geometry)
                    var output = [Float](
                        repeating: .nan, count: size.height * size.width * layer.outputs)
                    var span = output.mutableSpan
                    maxPool(
                        full.span, into: &span, channels: layer.outputs,
                        height: convolution.outputHeight, width: convolution.outputWidth,
                        ceiling: shape.geometry == .seamless)
                    return output
                })
            products.append(product)
            norms.append(norm)
        }
        (self.inputs, self.products, self.norms) = (inputs, products, norms)
    }

    var features: [[Float]] { inputs[inputs.count - 1] }
    func moments(layer: Int) -> [Double] { norms[layer].moments }

    /// The gradient of everything that the trunk learns.
    func gradients(_ dFeatures: [[Float]]) -> ParameterBlock {
        var gradients = ParameterBlock(gradientOf: weights)
        var dOutputs = dFeatures
        for index in shape.architecture.layers.indices.reversed() {
            let convolution = shape.convolutions[index]
            let norm = norms[index]
            let channels = convolution.outputs
            if shape.architecture.layers[index].pooled {
                dOutputs = dOutputs.indices.map { image in
                    let full = Self.rectified(products[index][image], norm)
                    var result = full
                    var span = result.mutableSpan
                    let d = dOutputs[image]
                    backpropagateMaxPool(
                        d.span, input: full.span, into: &span, channels: channels,
                        height: convolution.outputHeight, width: convolution.outputWidth,
                        ceiling: shape.geometry == .seamless)
                    return result
                }
            }
            var sums = [Double](repeating: 0, count: 2 * channels)
            for (d, product) in zip(dOutputs, products[index]) {
                var span = sums.mutableSpan
                addNormGradients(
                    d.span, input: product.span, scale: norm.scale.span, shift: norm.shift.span,
                    mean: norm.mean.span, inverseDeviation: norm.inverseDeviation.span,
                    into: &span)
            }
            gradients[.shift(index)] = sums[..<channels].map { Float($0) }
            gradients[.scale(index)] = sums[channels...].map { Float($0) }
            let means = sums.map { $0 / norm.count }
            var dInputs: [[Float]] = []
            for (image, product) in products[index].enumerated() {
                var d = dOutputs[image]
                do {
                    var span = d.mutableSpan
                    backpropagateNorm(
                        &span, input: product.span, scale: norm.scale.span,
                        shift: norm.shift.span, mean: norm.mean.span,
                        inverseDeviation: norm.inverseDeviation.span, meanGradients: means.span)
                }
                var scratch = [Float](
                    repeating: 0, count: convolution.scratchCount(of: Float.self))
                var columns = scratch.mutableSpan
                var target = gradients.mutableSpan(.convolution(index))
                let input = inputs[index][image]
                addWeightGradient(
                    input.span, dOutput: d.span, into: &target, shape: convolution,
                    scratch: &columns)
                var transposed = weights[.convolution(index)]
                var transposedSpan = transposed.mutableSpan
                transposeWeights(
                    weights.span(.convolution(index)), into: &transposedSpan, shape: convolution)
                dInputs.append(Self.convolve(d, transposed, convolution.transposed))
            }
            dOutputs = dInputs
        }
        return gradients
    }

    private static func convolve(
        _ input: [Float], _ weights: [Float], _ shape: ConvolutionShape
    ) -> [Float] {
        var output = [Float](
            repeating: .nan, count: shape.outputHeight * shape.outputWidth * shape.outputs)
        var scratch = [Float](repeating: 0, count: shape.scratchCount(of: Float.self))
        var span = output.mutableSpan
        var columns = scratch.mutableSpan
        IICKernels.convolve(
            input.span, weights: weights.span, into: &span, shape: shape, scratch: &columns)
        return output
    }

    private static func pooled(
        _ shape: ConvolutionShape, _ geometry: Geometry
    ) -> (height: Int, width: Int) {
        pooledSize(
            height: shape.outputHeight, width: shape.outputWidth, ceiling: geometry == .seamless)
    }

    private static func rectified(_ values: [Float], _ norm: Norm) -> [Float] {
        var output = values
        var span = output.mutableSpan
        scaleAndRectify(
            values.span, scale: norm.scale.span, shift: norm.shift.span, into: &span)
        return output
    }

    private static func norm(of products: [[Float]], _ weights: ParameterBlock, _ layer: Int)
        -> Norm
    {
        let (gamma, beta) = (weights[.scale(layer)], weights[.shift(layer)])
        let channels = gamma.count
        var moments = [Double](repeating: 0, count: 2 * channels)
        for product in products {
            var span = moments.mutableSpan
            addMoments(product.span, into: &span, channels: channels)
        }
        let count = Double(products.reduce(0) { $0 + $1.count } / channels)
        var norm = Norm(moments: moments, count: count)
        for c in 0..<channels {
            let mean = moments[c] / count
            let variance = max(0, moments[channels + c] / count - mean * mean)
            let inverse = 1 / (variance + Double(Architecture.normEpsilon)).squareRoot()
            let scale = Double(gamma[c]) * inverse
            norm.mean.append(mean)
            norm.inverseDeviation.append(inverse)
            norm.scale.append(scale)
            norm.shift.append(Double(beta[c]) - mean * scale)
        }
        return norm
    }
}
