/// The numbers of one network, laid out for the kernels.
///
/// Convolutions are `(3, 3, in, out)`, heads `(features, K)`: the rows of the matrix products.
/// ``tensors`` and ``init(tensors:architecture:)`` translate from and to the authors' names and
/// shapes (`[out, in, 3, 3]`, `[K, features, 1, 1]`).
public struct NetworkWeights: Sendable, Equatable {
    /// A batch norm: what it learns and what it has seen, each `(C)`.
    public struct Norm: Sendable, Equatable {
        public var scale: [Float]
        public var shift: [Float]
        public var runningMean: [Float]
        public var runningVariance: [Float]

        public init(channels: Int) {
            scale = Array(repeating: 1, count: channels)
            shift = Array(repeating: 0, count: channels)
            runningMean = shift
            runningVariance = scale
        }
    }

    /// PyTorch's ε of batch norm, as the authors use it.
    public static let epsilon: Float = 1e-5

    public let architecture: Architecture
    /// One a trunk layer.
    public var convolutions: [[Float]]
    public var norms: [Norm]
    /// One a sub-head.
    public var headA: [[Float]]
    public var headB: [[Float]]
    /// How often running statistics were updated (`num_batches_tracked`).
    public var updates: Int

    /// A network of zeros, batch norms at rest.
    public init(zeros architecture: Architecture) {
        self.architecture = architecture
        let layers = architecture.layers
        convolutions = layers.map { Array(repeating: 0, count: 9 * $0.inputs * $0.outputs) }
        norms = layers.map { Norm(channels: $0.outputs) }
        func zeros(_ head: Head) -> [[Float]] {
            let count = architecture.features * architecture.classes(of: head)
            return Array(
                repeating: Array(repeating: 0, count: count),
                count: architecture.subheads(of: head))
        }
        headA = zeros(.A)
        headB = zeros(.B)
        updates = 0
    }

    /// The weights of one head's sub-heads.
    public subscript(head: Head) -> [[Float]] {
        get { head == .A ? headA : headB }
        set { if head == .A { headA = newValue } else { headB = newValue } }
    }

    /// From the authors' state.
    ///
    /// - Precondition: every tensor of ``Architecture/tensors`` is there in its size; readers of
    ///   files check that first.
    public init(tensors: [String: [Float]], architecture: Architecture) {
        self.init(zeros: architecture)
        func tensor(_ name: String, _ count: Int) -> [Float] {
            guard let values = tensors[name], values.count == count else {
                preconditionFailure("tensor \(name) of \(count) values")
            }
            return values
        }
        for (index, layer) in architecture.layers.enumerated() {
            let count = 9 * layer.inputs * layer.outputs
            convolutions[index] = reorder(
                tensor("trunk.features.\(layer.feature).weight", count), outer: layer.outputs,
                middle: layer.inputs, inner: 9)
            let norm = "trunk.features.\(layer.feature + 1)"
            norms[index].scale = tensor("\(norm).weight", layer.outputs)
            norms[index].shift = tensor("\(norm).bias", layer.outputs)
            norms[index].runningMean = tensor("\(norm).running_mean", layer.outputs)
            norms[index].runningVariance = tensor("\(norm).running_var", layer.outputs)
        }
        for head in Head.allCases {
            let classes = self.classes(of: head)
            for subhead in 0..<architecture.subheads(of: head) {
                self[head][subhead] = reorder(
                    tensor(
                        "head_\(head.rawValue).heads.\(subhead).0.weight",
                        architecture.features * classes), outer: classes, middle: 1,
                    inner: architecture.features)
            }
        }
    }

    /// In the authors' names, shapes and order of elements.
    public var tensors: [String: [Float]] {
        var tensors: [String: [Float]] = [:]
        for (index, layer) in architecture.layers.enumerated() {
            tensors["trunk.features.\(layer.feature).weight"] = reorder(
                convolutions[index], outer: 9, middle: layer.inputs, inner: layer.outputs)
            let norm = "trunk.features.\(layer.feature + 1)"
            tensors["\(norm).weight"] = norms[index].scale
            tensors["\(norm).bias"] = norms[index].shift
            tensors["\(norm).running_mean"] = norms[index].runningMean
            tensors["\(norm).running_var"] = norms[index].runningVariance
        }
        for head in Head.allCases {
            for subhead in 0..<architecture.subheads(of: head) {
                tensors["head_\(head.rawValue).heads.\(subhead).0.weight"] = reorder(
                    self[head][subhead], outer: architecture.features, middle: 1,
                    inner: classes(of: head))
            }
        }
        return tensors
    }

    public func classes(of head: Head) -> Int {
        architecture.classes(of: head)
    }

    /// Moves every number, running statistics included, by a share of its distance from `other`'s.
    public mutating func approach(_ other: NetworkWeights, by share: Float) {
        func approach(_ values: inout [Float], _ others: [Float]) {
            for index in values.indices { values[index] += share * (others[index] - values[index]) }
        }
        for index in convolutions.indices {
            approach(&convolutions[index], other.convolutions[index])
            approach(&norms[index].scale, other.norms[index].scale)
            approach(&norms[index].shift, other.norms[index].shift)
            approach(&norms[index].runningMean, other.norms[index].runningMean)
            approach(&norms[index].runningVariance, other.norms[index].runningVariance)
        }
        for head in Head.allCases {
            for index in self[head].indices { approach(&self[head][index], other[head][index]) }
        }
        updates = other.updates
    }
}

/// `(outer, middle, inner)` as `(inner, middle, outer)`.
private func reorder(_ values: [Float], outer: Int, middle: Int, inner: Int) -> [Float] {
    var result = [Float](repeating: 0, count: values.count)
    for o in 0..<outer {
        for m in 0..<middle {
            for i in 0..<inner {
                result[(i * middle + m) * outer + o] = values[(o * middle + m) * inner + i]
            }
        }
    }
    return result
}
