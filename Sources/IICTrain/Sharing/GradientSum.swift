import IICInfer
import IICKernels

/// Adds the gradients of a batch's groups, layer by layer as they are ready: the last layer first, the
/// heads with it.
struct GradientSum {
    private let sum: GroupSum<Float>
    /// Of each layer, in a block that begins with a number that is 0 if all is well.
    private let ranges: [Range<Int>]

    init(
        _ share: GroupShare, layout: ParameterLayout, ranks: any Ranks,
        buffers: BufferPool<Float>, _ waiting: WaitingTime
    ) {
        let layers = layout.architecture.layers.indices
        // What a layer learns is one range of the block, and the heads follow the last one.
        let starts = layers.map { $0 == 0 ? 0 : 1 + layout[.convolution($0)].lowerBound }
        ranges = layers.map {
            starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : 1 + layout.count)
        }
        sum = GroupSum(
            share, ranks: ranks, segments: ranges.reversed(), tag: RankTag.gradients,
            buffers: buffers, waiting: waiting, isShared: true)
    }

    /// Adds what one layer's part of a group's gradient has become.
    func add(_ gradients: ParameterBlock, of layer: Int, group: Int) {
        let range = ranges[layer]
        if layer > 0 {
            sum.add(
                gradients.span(range.lowerBound - 1..<range.upperBound - 1), group: group,
                segment: segment(layer))
        } else {
            let values = [0] + gradients.values[..<(range.upperBound - 1)]
            sum.add(values.span, group: group, segment: segment(0))
        }
    }

    /// Adds a group that was not computed.
    func giveUp(group: Int) {
        for (layer, range) in ranges.enumerated() {
            var values = [Float](repeating: 0, count: range.count)
            if layer == 0 { values[0] = 1 }
            sum.add(values.span, group: group, segment: segment(layer))
        }
    }

    private func segment(_ layer: Int) -> Int { ranges.count - 1 - layer }

    /// Adds and sends on what has come from other ranks.
    func advance() { sum.advance() }

    /// Waits for the sum of all groups.
    ///
    /// - Returns: whether a group is missing; the gradients are then of no use.
    func finish(into gradients: inout ParameterBlock) -> Bool {
        var isCut = false
        sum.withSharedTotal { total in
            isCut = total[0] != 0
            var target = gradients.mutableSpan(0..<total.count - 1)
            for index in 0..<target.count { target[index] = total[index + 1] }
        }
        return isCut
    }
}

extension ParameterBlock {
    /// Makes all numbers 0.
    mutating func clear() {
        var span = mutableSpan(0..<layout.count)
        for index in 0..<span.count { span[index] = 0 }
    }
}

extension RankTag {
    /// The first of 64 a segment, see ``GroupSum``.
    static let joints = free
    static let statistics = free + 64
    static let gradients = free + 128
}
