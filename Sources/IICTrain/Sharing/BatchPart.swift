import IICInfer

/// What a rank has of a batch: the images of its groups.
struct BatchPart {
    let share: GroupShare
    /// The rank's groups, and each one's images among those of the rank.
    let groups: [(number: Int, images: Range<Int>)]
    /// The rank's images among those of the batch.
    let images: Range<Int>

    /// - Parameters:
    ///   - count: images of the whole batch.
    ///   - size: of a group, at most.
    init(count: Int, size: Int, ranks: any Ranks) {
        let all = TrainingBatch.groups(count: count, size: size)
        share = GroupShare(groups: all.count, ranks: ranks.count)
        let own = share.parts[ranks.rank]
        let first = own.isEmpty ? 0 : all[own.lowerBound].lowerBound
        images = first..<(own.isEmpty ? 0 : all[own.upperBound - 1].upperBound)
        groups = own.map { ($0, all[$0].lowerBound - first..<all[$0].upperBound - first) }
    }
}
