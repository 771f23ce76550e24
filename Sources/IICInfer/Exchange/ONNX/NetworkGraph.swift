import IICKernels

/// The network of a model as a graph, from the input to any head's probabilities at the input's size.
///
/// Batch norms are folded into weights and biases, in double precision, as the engine folds them.
/// Values beyond 0…1 are clamped as a scene's are, so an input need only be scaled.
struct NetworkGraph {
    let weights: ParameterBlock
    let geometry: Geometry
    var graph: ONNXGraph
    /// The input within 0…1, `N × C × H × W`.
    let pixels: String
    /// The trunk's, `N × F × H′ × W′`.
    private(set) var features = ""
    /// `[H, W]` of the input.
    private let size: String

    /// - Parameters:
    ///   - side: rows and columns of the input; nil for any.
    ///   - isHalf: whether the trunk computes with 16-bit floats.
    /// - Throws: ``ONNXExportError`` if a weight is beyond these.
    init(
        _ weights: ParameterBlock, geometry: Geometry, side: Int?, isHalf: Bool
    ) throws(ONNXExportError) {
        self.weights = weights
        self.geometry = geometry
        var graph = ONNXGraph(
            input: Self.value(
                "input", channels: weights.architecture.channels, side: side))
        let limits = [("zero", Float(0)), ("one", 1)].map { name, limit in
            graph.add(ONNXTensor([limit], shape: [], name: name))
        }
        pixels = graph.add("Clip", ["input"] + limits, name: "pixels")
        let whole = graph.add("Shape", ["input"], name: "input.shape")
        size = Self.part(of: whole, from: 2, to: 4, name: "input.size", in: &graph)
        self.graph = graph
        try addTrunk(isHalf: isHalf)
    }

    /// `N × channels × H × W`.
    static func value(_ name: String, channels: Int, side: Int?) -> ONNXGraph.Value {
        let (height, width) =
            side.map { (.fixed($0), .fixed($0)) }
            ?? (ONNXGraph.Side.any("height"), ONNXGraph.Side.any("width"))
        return ONNXGraph.Value(name: name, sides: [.any("batch"), .fixed(channels), height, width])
    }

    private static func part(
        of vector: String, from first: Int, to end: Int, name: String, in graph: inout ONNXGraph
    ) -> String {
        let bounds = [(first, "first"), (end, "end")].map { bound, side in
            graph.add(ONNXTensor([bound], name: "\(name).\(side)"))
        }
        return graph.add("Slice", [vector] + bounds, name: name)
    }

    private mutating func addTrunk(isHalf: Bool) throws(ONNXExportError) {
        var values = isHalf ? graph.cast(pixels, to: .float16, name: "pixels.half") : pixels
        for (index, layer) in weights.architecture.layers.enumerated() {
            let name = "trunk.features.\(layer.feature)"
            let (kernel, bias) = weights.foldedConvolution(index)
            let shape = [layer.outputs, layer.inputs, 3, 3]
            let (kernelName, biasName) = ("\(name).folded.weight", "\(name).folded.bias")
            let tensors =
                isHalf
                ? (
                    ONNXTensor(try half(kernel, layer: index), shape: shape, name: kernelName),
                    ONNXTensor(
                        try half(bias, layer: index), shape: [layer.outputs], name: biasName)
                )
                : (
                    ONNXTensor(kernel, shape: shape, name: kernelName),
                    ONNXTensor(bias, shape: [layer.outputs], name: biasName)
                )
            values = graph.convolve(
                values, weights: tensors.0, bias: tensors.1,
                padding: geometry == .paper ? 1 : layer.dilation, dilation: layer.dilation,
                name: name)
            values = graph.add("Relu", [values], name: "trunk.features.\(layer.feature + 2)")
            guard layer.pooled else { continue }
            values = graph.add(
                "MaxPool", [values],
                [
                    "ceil_mode": .integer(geometry == .seamless ? 1 : 0),
                    "kernel_shape": .integers([2, 2]), "strides": .integers([2, 2]),
                ], name: "trunk.features.\(layer.feature + 3)")
        }
        features = isHalf ? graph.cast(values, to: .float32, name: "features") : values
    }

    private func half(_ values: [Float], layer: Int) throws(ONNXExportError) -> [Float16] {
        let half = values.map { Float16($0) }
        guard half.allSatisfy(\.isFinite) else { throw .beyondHalf(layer: layer + 1) }
        return half
    }

    /// Adds the first sub-head of a head.
    ///
    /// - Returns: its probabilities, `N × K × H × W`.
    mutating func add(_ head: Head, name: String) -> String {
        let architecture = weights.architecture
        let weights = ONNXTensor(
            weights.authorsOrder(of: .head(head, 0)),
            shape: [architecture.classes(of: head), architecture.features, 1, 1],
            name: "head_\(head.rawValue).heads.0.0.weight")
        let logits = graph.convolve(
            features, weights: weights, padding: geometry == .paper ? 1 : 0, name: "\(name).logits")
        return grow(graph.softmax(logits, name: "\(name).map"), name: name)
    }

    /// Adds linear functions of the features, resized as probabilities are.
    ///
    /// - Returns: `N × rows × H × W`.
    mutating func add(_ projection: Projection, name: String) -> String {
        let weights = ONNXTensor(
            projection.weights,
            shape: [projection.rows, weights.architecture.features, 1, 1], name: "\(name).weight")
        return grow(graph.convolve(features, weights: weights, name: "\(name).map"), name: name)
    }

    /// Resizes a head's map to the input's size, with half-pixel centres.
    private mutating func grow(_ map: String, name: String) -> String {
        let form: [String: ONNXGraph.Attribute] = [
            "coordinate_transformation_mode": .text("half_pixel"), "mode": .text("linear"),
        ]
        guard geometry == .seamless else {
            let whole = graph.add("Shape", [map], name: "\(name).shape")
            let first = Self.part(of: whole, from: 0, to: 2, name: "\(name).kept", in: &graph)
            let sizes = graph.join([first, size], axis: 0, name: "\(name).sizes")
            return graph.add("Resize", [map, "", "", sizes], form, name: name)
        }
        let scales = graph.add(
            ONNXTensor([1, 1, 2, 2] as [Float], shape: [4], name: "\(name).scales"))
        let twice = graph.add("Resize", [map, "", scales], form, name: "\(name).twice")
        let start = graph.add(ONNXTensor([0, 0], name: "\(name).start"))
        let axes = graph.add(ONNXTensor([2, 3], name: "\(name).axes"))
        return graph.add("Slice", [twice, start, size, axes], name: name)
    }

    /// Makes a value of `channels` an output.
    mutating func addOutput(_ name: String, channels: Int) {
        let input = graph.input.sides
        graph.outputs.append(
            ONNXGraph.Value(name: name, sides: [input[0], .fixed(channels)] + input[2...]))
    }
}

extension ParameterBlock {
    /// A layer's 3 × 3 weights, `(out, in, 3, 3)`, and biases with its batch norm in them.
    fileprivate func foldedConvolution(_ layer: Int) -> (weights: [Float], bias: [Float]) {
        let (gamma, beta) = (self[.scale(layer)], self[.shift(layer)])
        let (mean, variance) = (self[.runningMean(layer)], self[.runningVariance(layer)])
        let scale = gamma.indices.map { c -> Double in
            Double(gamma[c])
                / (Double(variance[c]) + Double(Architecture.normEpsilon)).squareRoot()
        }
        let bias = beta.indices.map { Float(Double(beta[$0]) - Double(mean[$0]) * scale[$0]) }
        let plain = authorsOrder(of: .convolution(layer))
        let each = plain.count / gamma.count
        return (plain.indices.map { Float(Double(plain[$0]) * scale[$0 / each]) }, bias)
    }

    /// A tensor as files hold it.
    fileprivate func authorsOrder(of tensor: NetworkTensor) -> [Float] {
        guard let entry = layout.entries.first(where: { $0.tensor == tensor }) else {
            preconditionFailure("no tensor \(tensor)")
        }
        return self[entry]
    }
}
