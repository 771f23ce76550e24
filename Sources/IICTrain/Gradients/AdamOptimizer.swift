public import IICInfer
import IICKernels

/// Adam over a whole network: the moments of every tensor and how many steps each has taken.
///
/// A head that does not train keeps its weights, moments and step count.
public struct AdamOptimizer: Sendable {
    public internal(set) var first: NetworkGradients
    public internal(set) var second: NetworkGradients
    /// Steps of the trunk, of head A and of head B.
    public internal(set) var trunkSteps = 0
    public internal(set) var headSteps: [Head: Int] = [.A: 0, .B: 0]

    public init(for weights: NetworkWeights) {
        first = NetworkGradients(zerosFor: weights)
        second = first
    }

    /// Moves the trunk and the given heads against their gradients.
    public mutating func step(
        _ weights: inout NetworkWeights, gradients: NetworkGradients, heads: [Head], rate: Double
    ) {
        trunkSteps += 1
        for index in weights.convolutions.indices {
            update(
                &weights.convolutions[index], gradients.convolutions[index],
                &first.convolutions[index], &second.convolutions[index], trunkSteps, rate)
            update(
                &weights.norms[index].scale, gradients.scales[index], &first.scales[index],
                &second.scales[index], trunkSteps, rate)
            update(
                &weights.norms[index].shift, gradients.shifts[index], &first.shifts[index],
                &second.shifts[index], trunkSteps, rate)
        }
        for head in heads {
            headSteps[head, default: 0] += 1
            for index in weights[head].indices {
                update(
                    &weights[head][index], gradients[head][index], &first[head][index],
                    &second[head][index], headSteps[head, default: 1], rate)
            }
        }
    }

    private func update(
        _ weights: inout [Float], _ gradient: [Float], _ first: inout [Float],
        _ second: inout [Float], _ step: Int, _ rate: Double
    ) {
        var weightSpan = weights.mutableSpan
        var firstSpan = first.mutableSpan
        var secondSpan = second.mutableSpan
        stepAdam(
            gradient: gradient.span, weights: &weightSpan, first: &firstSpan,
            second: &secondSpan, step: step, rate: rate)
    }
}
