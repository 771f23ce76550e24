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
    /// - Parameters:
    ///   - rate: α, the learning rate.
    ///   - pool: the threads that share the weights out.
    public mutating func step(
        _ weights: inout ParameterBlock, gradients: ParameterBlock, heads: [Head], rate: Double,
        pool: ComputePool = ComputePool(threads: 1)
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
            unsafe weightSpan.withUnsafeMutableBufferPointer { weights in
                unsafe mSpan.withUnsafeMutableBufferPointer { m in
                    unsafe vSpan.withUnsafeMutableBufferPointer { v in
                        // Parts of one range do not overlap, so threads meet nowhere.
                        let parts = TrainingPlan.parts(of: range.count, at: ParameterBlock.part)
                        pool.forEach(parts.count) { _, index in
                            let part = parts[index]
                            var weights = unsafe weights.extracting(part).mutableSpan
                            var m = unsafe m.extracting(part).mutableSpan
                            var v = unsafe v.extracting(part).mutableSpan
                            stepAdam(
                                gradient: gradients.span(range).extracting(part),
                                weights: &weights, m: &m, v: &v, step: step, rate: rate,
                                beta1: beta1, beta2: beta2, epsilon: epsilon)
                        }
                    }
                }
            }
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

    /// Numbers that a thread takes at once.
    static let part = 1 << 16

    /// Adds `addend` to one tensor, number by number, on all threads.
    mutating func add(_ addend: Buffer<Float>, to tensor: NetworkTensor, on pool: ComputePool) {
        var target = mutableSpan(tensor)
        precondition(addend.count == target.count, "\(tensor): \(addend.count) \(target.count)")
        let parts = TrainingPlan.parts(of: target.count, at: Self.part)
        unsafe target.withUnsafeMutableBufferPointer { target in
            // Parts do not overlap, so threads meet nowhere.
            pool.forEach(parts.count) { _, index in
                let values = addend.span(parts[index])
                var sum = unsafe target.extracting(parts[index]).mutableSpan
                for index in 0..<sum.count { sum[index] += values[index] }
            }
        }
    }
}
