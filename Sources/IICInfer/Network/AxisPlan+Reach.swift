import IICKernels

extension AxisPlan {
    /// Rows that are read before the first layer comes to them, so that it is known who needs what it
    /// computes; a little more than the longest way from a row to the last output it reaches.
    static let lookahead = 80

    /// For each layer, and last for the features, the outputs that each of its groups reaches.
    ///
    /// A group is what is computed together along this axis: the outputs of a Winograd tile, a few of
    /// the first layer's, or one feature. It reaches an output if any bit of the output may depend on
    /// it: a tile depends on all of its inputs, and so does what is made from it. Empty for a group
    /// that reaches none. Neither end of the ranges ever falls.
    var reach: [[Range<Int>]] {
        var result = [featureReach]
        for index in layers.indices.reversed() {
            let layer = layers[index]
            let next = index + 1 < layers.count ? layers[index + 1] : nil
            let after = result[0]
            let count = (layer.computed.count + layer.group - 1) / layer.group
            let groups = (0..<count).map { number in
                let first = layer.computed.lowerBound + number * layer.group
                let factor = layer.pooled ? 2 : 1
                let values = first / factor..<(first + layer.group) / factor
                return Self.union(after[readers(of: values, next, count: after.count)])
            }
            result.insert(groups, at: 0)
        }
        return result
    }

    /// The groups of the next layer, of `count`, or the features, that read some of a layer's values.
    private func readers(of values: Range<Int>, _ next: Layer?, count: Int) -> Range<Int> {
        guard let next else {
            let first = features.lowerBound
            return (values.lowerBound - first..<values.upperBound - first).clamped(to: 0..<count)
        }
        // Group j reads from j · group on, as many values as it makes and what its kernel adds.
        let kernel = next.input.count - next.computed.count
        let start = values.lowerBound - next.input.lowerBound - kernel
        let end = values.upperBound - next.input.lowerBound
        let low = max(0, start) / next.group
        let high = (max(0, end) + next.group - 1) / next.group
        return (low..<max(low, high)).clamped(to: 0..<count)
    }

    private var featureReach: [Range<Int>] {
        var reach = [Range<Int>](repeating: 0..<0, count: features.count)
        for output in outputs {
            let place = place(output)
            for feature in place.low - ring...place.high - ring
            where reach.indices.contains(feature) {
                let before = reach[feature]
                reach[feature] = (before.isEmpty ? output : before.lowerBound)..<output + 1
            }
        }
        return reach
    }

    private static func union(_ ranges: ArraySlice<Range<Int>>) -> Range<Int> {
        let used = ranges.filter { !$0.isEmpty }
        guard let first = used.first, let last = used.last else { return 0..<0 }
        return first.lowerBound..<last.upperBound
    }
}
