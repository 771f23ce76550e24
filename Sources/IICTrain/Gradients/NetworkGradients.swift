public import IICInfer

/// The gradient of a loss with respect to everything that a network learns, laid out as
/// ``NetworkWeights``.
public struct NetworkGradients: Sendable {
    public var convolutions: [[Float]]
    /// Of batch norm's γ and β.
    public var scales: [[Float]]
    public var shifts: [[Float]]
    public var headA: [[Float]]
    public var headB: [[Float]]

    /// Zeros for every tensor of `weights`.
    public init(zerosFor weights: NetworkWeights) {
        func zeros(_ arrays: [[Float]]) -> [[Float]] {
            arrays.map { Array(repeating: 0, count: $0.count) }
        }
        convolutions = zeros(weights.convolutions)
        scales = zeros(weights.norms.map(\.scale))
        shifts = scales
        headA = zeros(weights.headA)
        headB = zeros(weights.headB)
    }

    public subscript(head: Head) -> [[Float]] {
        get { head == .A ? headA : headB }
        set { if head == .A { headA = newValue } else { headB = newValue } }
    }

    /// Whether every number is one. ReLU turns NaN into 0, so a loss alone may hide it.
    var isFinite: Bool {
        [convolutions, scales, shifts, headA, headB].allSatisfy { arrays in
            arrays.allSatisfy { $0.allSatisfy(\.isFinite) }
        }
    }

    /// In the authors' names and order of elements, to compare with PyTorch's.
    package func tensors(for weights: NetworkWeights) -> [String: [Float]] {
        var copy = weights
        copy.convolutions = convolutions
        for index in copy.norms.indices {
            copy.norms[index].scale = scales[index]
            copy.norms[index].shift = shifts[index]
        }
        copy.headA = headA
        copy.headB = headB
        return copy.tensors.filter { !$0.key.contains("running") }
    }
}

/// Adds arrays in the order of a binary tree, whatever computed them: ((0 + 1) + (2 + 3)) + ….
func treeSum<T: FloatingPoint>(_ parts: [[T]]) -> [T] {
    var level = parts
    while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map { index in
            guard index + 1 < level.count else { return level[index] }
            var sum = level[index]
            let other = level[index + 1]
            for i in sum.indices { sum[i] += other[i] }
            return sum
        }
    }
    return level.first ?? []
}

/// `target += addend`, element by element.
func add<T: FloatingPoint>(_ addend: [T], to target: inout [T]) {
    for index in target.indices { target[index] += addend[index] }
}
