public import IICInfer
import IICKernels

/// Adam over a whole network: its moments and how many steps each section has taken.
///
/// A head that does not train keeps its weights, moments and step count.
///
/// Source: Kingma and Ba, *Adam* (ICLR 2015), algorithm 1.
public struct AdamOptimizer: Sendable {
    /// Estimates of the gradient's first and second moment.
    public internal(set) var m: ParameterBlock
    public internal(set) var v: ParameterBlock
    public internal(set) var steps: [ParameterLayout.Section: Int] = [:]
    private let beta1: Double
    private let beta2: Double
    private let epsilon: Double

    /// - Parameters: the defaults are the paper's.
    public init(
        for weights: ParameterBlock, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8
    ) {
        m = ParameterBlock(gradientOf: weights)
        v = m
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Moves the trunk and the given heads against their gradients.
    ///
    /// - Parameter rate: α, the learning rate.
    public mutating func step(
        _ weights: inout ParameterBlock, gradients: ParameterBlock, heads: [Head], rate: Double
    ) {
        let sections: [ParameterLayout.Section] = [.trunk] + heads.map { .init($0) }
        let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
        // A function, since spans of two properties of one value exclude each other.
        func update(
            _ m: inout ParameterBlock, _ v: inout ParameterBlock, _ range: Range<Int>, step: Int
        ) {
            precondition(weights.architecture == m.architecture && gradients.layout == m.layout)
            var weightSpan = weights.mutableSpan(range)
            var mSpan = m.mutableSpan(range)
            var vSpan = v.mutableSpan(range)
            stepAdam(
                gradient: gradients.span(range), weights: &weightSpan, m: &mSpan, v: &vSpan,
                step: step, rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
        }
        for section in sections {
            let (range, step) = (m.layout[section], steps[section, default: 0] + 1)
            update(&m, &v, range, step: step)
            steps[section] = step
        }
    }
}

extension ParameterBlock {
    /// Zeros for the gradient with respect to all that a network learns.
    public init(gradientOf weights: ParameterBlock) {
        self.init(
            zeros: ParameterLayout(
                weights.architecture, sections: ParameterLayout.Section.learned))
    }
}
