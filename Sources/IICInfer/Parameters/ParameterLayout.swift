/// One tensor of a network; layers and sub-heads count from 0.
public enum NetworkTensor: Hashable, Sendable {
    /// The 3 × 3 weights of a layer.
    case convolution(Int)
    /// γ and β of a layer's batch norm.
    case scale(Int)
    case shift(Int)
    /// What a layer's batch norm has seen.
    case runningMean(Int)
    case runningVariance(Int)
    /// The weights of one sub-head.
    case head(Head, Int)

    /// Where a block holds it.
    var section: ParameterLayout.Section {
        switch self {
        case .convolution, .scale, .shift: .trunk
        case .head(let head, _): .init(head)
        case .runningMean, .runningVariance: .running
        }
    }
}

/// Where each tensor of a network lies in one flat block of numbers.
///
///     |            trunk             |   head A   |   head B   |         running          |
///     | convolution, γ, β of layer 0 | sub-head 0 | sub-head 0 | mean, variance of layer 0 |
///     | convolution, γ, β of layer 1 | sub-head 1 | sub-head 1 | mean, variance of layer 1 |
///     | …                            | …          | …          | …                        |
///
/// What is updated together is one range. A gradient has no running statistics; the offsets of the
/// other sections are the same in its layout.
public struct ParameterLayout: Sendable {
    /// A part of a block, in the order of their places.
    public enum Section: Hashable, Sendable, CaseIterable {
        case trunk, headA, headB
        /// The running statistics: the only numbers that are not learned.
        case running

        public init(_ head: Head) { self = head == .A ? .headA : .headB }

        public static let learned: [Section] = [.trunk, .headA, .headB]
    }

    /// What the layout says of one tensor.
    public struct Entry: Sendable {
        public let tensor: NetworkTensor
        /// In the authors' state, and in files.
        public let name: String
        /// There, too: `[out, in, 3, 3]`, `[K, features, 1, 1]` or `[out]`.
        public let shape: [Int]
        /// Its place in the block.
        public let range: Range<Int>
    }

    public let architecture: Architecture
    /// Every tensor, in the authors' order, which is not that of their places.
    public let entries: [Entry]
    private let sections: [Section: Range<Int>]
    private let ranges: [NetworkTensor: Range<Int>]

    /// - Parameter sections: those that a block has; the others' tensors are left out.
    public init(_ architecture: Architecture, sections: [Section] = Section.allCases) {
        let tensors = architecture.tensors.filter { sections.contains($0.tensor.section) }
        var (places, ranges): ([Section: Range<Int>], [NetworkTensor: Range<Int>]) = ([:], [:])
        var end = 0
        for section in Section.allCases where sections.contains(section) {
            let start = end
            for (tensor, _, shape) in tensors where tensor.section == section {
                let count = shape.reduce(1, *)
                ranges[tensor] = end..<end + count
                end += count
            }
            places[section] = start..<end
        }
        self.architecture = architecture
        self.sections = places
        self.ranges = ranges
        entries = tensors.compactMap { tensor, name, shape in
            ranges[tensor].map { Entry(tensor: tensor, name: name, shape: shape, range: $0) }
        }
    }

    /// How many numbers a block has.
    public var count: Int { sections.values.map(\.upperBound).max() ?? 0 }

    /// The place of one tensor.
    ///
    /// - Precondition: the network has it, in one of the layout's sections.
    public subscript(tensor: NetworkTensor) -> Range<Int> {
        guard let range = ranges[tensor] else { preconditionFailure("no tensor \(tensor)") }
        return range
    }

    /// The place of a section; empty if the layout has none.
    public subscript(section: Section) -> Range<Int> { sections[section] ?? 0..<0 }

    /// The name of the tensor that the number at an index belongs to.
    func name(at index: Int) -> String {
        guard let entry = entries.first(where: { $0.range.contains(index) }) else {
            preconditionFailure("index \(index) of \(count)")
        }
        return entry.name
    }
}

extension ParameterLayout: Hashable {
    public static func == (a: ParameterLayout, b: ParameterLayout) -> Bool {
        a.architecture == b.architecture && a.sections == b.sections
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(architecture)
        hasher.combine(sections)
    }
}

extension Architecture {
    /// Name and shape of every float tensor in the state, in the authors' order.
    ///
    /// `num_batches_tracked` (one integer a layer) is not among them.
    fileprivate var tensors: [(tensor: NetworkTensor, name: String, shape: [Int])] {
        var list: [(tensor: NetworkTensor, name: String, shape: [Int])] = []
        for (index, layer) in layers.enumerated() {
            let norm = "trunk.features.\(layer.feature + 1)"
            let vector = [layer.outputs]
            list += [
                (
                    .convolution(index), "trunk.features.\(layer.feature).weight",
                    [layer.outputs, layer.inputs, 3, 3]
                ),
                (.scale(index), "\(norm).weight", vector),
                (.shift(index), "\(norm).bias", vector),
                (.runningMean(index), "\(norm).running_mean", vector),
                (.runningVariance(index), "\(norm).running_var", vector),
            ]
        }
        for head in Head.allCases {
            for subhead in 0..<subheads(of: head) {
                list.append(
                    (
                        .head(head, subhead), "head_\(head.rawValue).heads.\(subhead).0.weight",
                        [classes(of: head), features, 1, 1]
                    ))
            }
        }
        return list
    }
}
