import IICKernels

/// The network layer by layer, each convolution as a product of matrices: slow, short, and the
/// reference that checks faster engines.
public struct ReferenceEngine: Engine {
    public let geometry: Geometry
    private let weights: ParameterBlock
    /// Batch norms with fixed statistics, as one scale and shift a channel.
    private let folded: [(scale: [Float], shift: [Float])]
    public let projection: Projection?

    public init(weights: ParameterBlock, geometry: Geometry, projection: Projection? = nil) {
        self.weights = weights
        self.geometry = geometry
        self.projection = projection
        folded = weights.architecture.layers.indices.map { weights.foldedNorm($0) }
    }

    public var architecture: Architecture { weights.architecture }
    public var name: String { "reference (columns × matrix, OpenBLAS)" }

    public func scratchBytes(height: Int, width: Int) -> Int {
        let shape = NetworkShape(
            architecture: architecture, geometry: geometry, height: height, width: width)
        let largest = shape.convolutions.map { $0.outputHeight * $0.outputWidth * $0.outputs }
        let columns = shape.convolutions.map { $0.scratchCount(of: Float.self) }
        let head =
            shape.headHeight * shape.headWidth
            * max(
                architecture.overclusters, projection?.rows ?? 0)
        return 4 * (2 * (largest.max() ?? 0) + (columns.max() ?? 0) + head)
    }

    public func probabilities(
        of images: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>
    ) {
        let shape = NetworkShape(
            architecture: architecture, geometry: geometry, height: height, width: width)
        let classes = self.classes(of: head)
        let map = Buffer<Float>(
            repeating: 0, count: shape.headHeight * shape.headWidth * classes)
        let size = height * width * architecture.channels
        let result = height * width * classes
        precondition(output.count * size == images.count * result, "\(output.count)")
        for image in 0..<images.count / size {
            let features = self.features(
                of: images.extracting(image * size..<(image + 1) * size), shape: shape)
            if head == .projection, let projection {
                project(features.span(), projection, into: map)
            } else {
                var span = map.mutableSpan()
                applyHead(
                    features.span(), weights: weights.span(.head(head, 0)), classes: classes,
                    into: &span, shape: shape)
            }
            var target = output._mutatingExtracting(image * result..<(image + 1) * result)
            resize(
                map.span(), into: &target, rows: shape.resizeRows, columns: shape.resizeColumns,
                channels: classes)
        }
    }

    /// - Precondition: the heads' map has no ring, as in `seamless` geometry.
    private func project(
        _ features: Span<Float>, _ projection: Projection, into map: Buffer<Float>
    ) {
        let (count, rows) = (architecture.features, projection.rows)
        precondition(features.count / count * rows == map.count, "\(features.count) \(map.count)")
        var output = map.mutableSpan()
        for place in 0..<map.count {
            let (pixel, row) = place.quotientAndRemainder(dividingBy: rows)
            output[place] = (0..<count).reduce(Float(0)) {
                $0 + projection.weights[row * count + $1] * features[pixel * count + $1]
            }
        }
    }

    /// The trunk's output, `(featureHeight, featureWidth, features)`.
    func features(of image: Span<Float>, shape: NetworkShape) -> Buffer<Float> {
        precondition(image.count == shape.height * shape.width * architecture.channels)
        let scratch = Buffer<Float>(
            repeating: 0,
            count: shape.convolutions.map { $0.scratchCount(of: Float.self) }.max() ?? 0)
        var columns = scratch.mutableSpan()
        var current = Buffer<Float>(repeating: 0, count: image.count)
        var copy = current.mutableSpan()
        for index in 0..<image.count { copy[index] = image[index] }
        for (index, layer) in architecture.layers.enumerated() {
            let convolution = shape.convolutions[index]
            let size = convolution.outputHeight * convolution.outputWidth * layer.outputs
            let activation = Buffer<Float>(repeating: 0, count: size)
            var span = activation.mutableSpan()
            convolve(
                current.span(), weights: weights.span(.convolution(index)), into: &span,
                shape: convolution, scratch: &columns)
            let (scale, shift) = folded[index]
            scaleAndRectify(&span, scale: scale.span, shift: shift.span)
            current = activation
            guard layer.pooled else { continue }
            let pooled = pooledSize(
                height: convolution.outputHeight, width: convolution.outputWidth,
                ceiling: geometry == .seamless)
            current = Buffer<Float>(
                repeating: 0, count: pooled.height * pooled.width * layer.outputs)
            var target = current.mutableSpan()
            maxPool(
                activation.span(), into: &target, channels: layer.outputs,
                height: convolution.outputHeight, width: convolution.outputWidth,
                ceiling: geometry == .seamless)
        }
        return current
    }
}
