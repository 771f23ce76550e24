import IICKernels

/// A network's weights as the fast engine wants them: batch norms folded in, transformed, packed.
final class PreparedNetwork: Sendable {
    let architecture: Architecture
    /// The first convolution, `(9 · channels, outputs)` packed.
    let first: Buffer<Float>
    /// Transformed 3 × 3 weights of the other layers; none for the first.
    let winograd: [Buffer<Float>]
    /// Shifts of the folded batch norms, zeros to whole lanes.
    let biases: [Buffer<Float>]
    /// The first sub-head of each head, and the projection, packed.
    private let heads: [Head: Buffer<Float>]
    let projection: Projection?

    init(_ weights: ParameterBlock, projection: Projection?, pool: ComputePool) {
        let architecture = weights.architecture
        self.architecture = architecture
        self.projection = projection
        let folded = architecture.layers.indices.map { weights.foldedNorm($0) }
        biases = folded.map { norm in
            let padding = lanes(norm.shift.count) * laneWidth - norm.shift.count
            return Buffer(norm.shift + Array(repeating: 0, count: padding))
        }
        first = Self.packFirst(weights, scale: folded[0].scale)
        winograd = architecture.layers.enumerated().map { index, layer in
            Buffer(
                repeating: 0,
                count: index == 0
                    ? 0
                    : WinogradEngine.algorithm.packedCount(
                        inputs: layer.inputs, outputs: layer.outputs))
        }
        var heads: [Head: Buffer<Float>] = [:]
        for head in Head.allCases {
            heads[head] = Self.pack(
                weights[.head(head, 0)], classes: architecture.classes(of: head),
                features: architecture.features)
        }
        if let projection {
            heads[.projection] = Self.pack(
                projection.transposed, classes: projection.rows, features: architecture.features)
        }
        self.heads = heads

        let rows = WinogradEngine.algorithm.inputs
        let transformed = winograd
        // The largest layers first, so that no thread is left with one at the end.
        pool.forEach((architecture.layers.count - 1) * rows) { _, task in
            let index = architecture.layers.count - 1 - task / rows
            let layer = architecture.layers[index]
            let size = transformed[index].count / rows
            let row = task % rows
            let (scale, target) = (folded[index].scale, transformed[index])
            var packed = target.mutableSpan(row * size..<(row + 1) * size)
            WinogradEngine.algorithm.transformWeights(
                weights.span(.convolution(index)), scale: scale.span, inputs: layer.inputs,
                outputs: layer.outputs, row: row, into: &packed)
        }
    }

    /// The same network with another projection; its weights are shared.
    init(_ other: PreparedNetwork, projection: Projection) {
        architecture = other.architecture
        first = other.first
        winograd = other.winograd
        biases = other.biases
        self.projection = projection
        var heads = other.heads
        heads[.projection] = Self.pack(
            projection.transposed, classes: projection.rows, features: architecture.features)
        self.heads = heads
    }

    var bytes: Int {
        4 * (winograd + biases + heads.values + [first]).reduce(0) { $0 + $1.count }
    }

    func head(_ head: Head) -> Buffer<Float> {
        guard let packed = heads[head] else { preconditionFailure("no head \(head)") }
        return packed
    }

    private static func packFirst(_ weights: ParameterBlock, scale: [Float]) -> Buffer<Float> {
        let layer = weights.architecture.layers[0]
        let buffer = Buffer<Float>(
            repeating: 0,
            count: LaneProduct.packedCount(
                depth: FirstLayer.depth(channels: layer.inputs), lanes: lanes(layer.outputs)))
        var packed = buffer.mutableSpan()
        FirstLayer.pack(
            weights.span(.convolution(0)), scale: scale.span, channels: layer.inputs, into: &packed)
        return buffer
    }

    /// - Parameter matrix: `(features, classes)`.
    private static func pack(_ matrix: [Float], classes: Int, features: Int) -> Buffer<Float> {
        precondition(matrix.count == features * classes, "\(matrix.count) \(features) \(classes)")
        let depth = lanes(features) * laneWidth
        let buffer = Buffer<Float>(
            repeating: 0, count: LaneProduct.packedCount(depth: depth, lanes: lanes(classes)))
        var packed = buffer.mutableSpan()
        LaneProduct.pack(depth: depth, lanes: lanes(classes), into: &packed) { k, n in
            k < features && n < classes ? matrix[k * classes + n] : 0
        }
        return buffer
    }
}

extension ParameterBlock {
    /// A layer's batch norm with fixed statistics, as one scale and shift a channel.
    func foldedNorm(_ layer: Int) -> (scale: [Float], shift: [Float]) {
        let (gamma, beta) = (span(.scale(layer)), span(.shift(layer)))
        let (mean, variance) = (span(.runningMean(layer)), span(.runningVariance(layer)))
        var (scale, shift): ([Float], [Float]) = ([], [])
        for c in 0..<gamma.count {
            scale.append(gamma[c] / (variance[c] + Architecture.normEpsilon).squareRoot())
            shift.append(beta[c] - mean[c] * scale[c])
        }
        return (scale, shift)
    }
}
