/// A number for each parameter of a network, in one flat block: its weights and running statistics,
/// a gradient, a moment of Adam's, a running average.
///
/// Convolutions are `(3, 3, in, out)`, heads `(features, K)`: the rows of the matrix products. Files
/// hold the authors' order, see ``tensors``.
public struct ParameterBlock: Hashable, Sendable {
    public let layout: ParameterLayout
    /// As ``layout`` says.
    public private(set) var values: [Float]

    public init(zeros layout: ParameterLayout) {
        self.layout = layout
        values = Array(repeating: 0, count: layout.count)
    }

    /// A whole network of zeros, batch norms at rest: γ and the variance are 1.
    public init(atRest architecture: Architecture) {
        self.init(zeros: ParameterLayout(architecture))
        for layer in architecture.layers.indices {
            for tensor in [NetworkTensor.scale(layer), .runningVariance(layer)] {
                for index in layout[tensor] { values[index] = 1 }
            }
        }
    }

    public var architecture: Architecture { layout.architecture }

    /// The numbers of a range of the block, to read.
    @_lifetime(borrow self)
    public func span(_ range: Range<Int>) -> Span<Float> { values.span.extracting(range) }

    /// The numbers of a range of the block, to write.
    @_lifetime(&self)
    public mutating func mutableSpan(_ range: Range<Int>) -> MutableSpan<Float> {
        values.mutableSpan._consumingExtracting(range)
    }

    /// The numbers of one tensor, to read.
    @_lifetime(borrow self)
    public func span(_ tensor: NetworkTensor) -> Span<Float> { span(layout[tensor]) }

    /// The numbers of one tensor, to write.
    @_lifetime(&self)
    public mutating func mutableSpan(_ tensor: NetworkTensor) -> MutableSpan<Float> {
        mutableSpan(layout[tensor])
    }

    /// A copy of one tensor.
    public subscript(tensor: NetworkTensor) -> [Float] {
        get { Array(values[layout[tensor]]) }
        set {
            let range = layout[tensor]
            precondition(newValue.count == range.count, "\(tensor): \(newValue.count) \(range)")
            values.replaceSubrange(range, with: newValue)
        }
    }
}

// What is done to all numbers at once.
extension ParameterBlock {
    /// The name of a tensor that holds a number that is not finite; nil if none does.
    public var nonFiniteTensor: String? {
        values.firstIndex { !$0.isFinite }.map { layout.name(at: $0) }
    }

    /// Moves every number, running statistics included, by a share of its distance from `other`'s.
    ///
    /// - Precondition: both have one layout.
    public mutating func approach(_ other: ParameterBlock, by share: Float) {
        precondition(other.layout == layout)
        for index in values.indices {
            values[index] += share * (other.values[index] - values[index])
        }
    }

    /// Adds `addend` to one tensor, number by number.
    public mutating func add(_ addend: Span<Float>, to tensor: NetworkTensor) {
        var target = mutableSpan(tensor)
        precondition(addend.count == target.count, "\(tensor): \(addend.count) \(target.count)")
        for index in 0..<target.count { target[index] += addend[index] }
    }

    /// A network of another architecture, each of whose tensors is a copy of one of this network's.
    ///
    /// - Parameter source: which one.
    /// - Precondition: they have equal sizes.
    public func copied(
        to architecture: Architecture, from source: (NetworkTensor) -> NetworkTensor
    ) -> ParameterBlock {
        var copy = ParameterBlock(zeros: ParameterLayout(architecture))
        for entry in copy.layout.entries { copy[entry.tensor] = self[source(entry.tensor)] }
        return copy
    }
}
