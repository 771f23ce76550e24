/// Which batch-norm groups of a batch each rank computes.
///
/// Each rank has a run of groups, none more than ⌈groups / ranks⌉ of them. A run ends where the tree of
/// ``GroupSum`` has its largest branches, so that few blocks are sent; that may leave ranks without a
/// group, as more ranks than groups do.
struct GroupShare: Equatable, Sendable {
    let groups: Int
    /// Rank after rank.
    let parts: [Range<Int>]

    /// - Precondition: there are groups and ranks.
    init(groups: Int, ranks: Int) {
        let most = Self.most(groups: groups, ranks: ranks)
        var start = 0
        parts = (0..<ranks).map { rank in
            guard start < groups else { return groups..<groups }
            // What is left must not be too much for the ranks that are left.
            let earliest = max(start + 1, groups - most * (ranks - rank - 1))
            let latest = min(start + most, groups)
            func branch(_ end: Int) -> Int { end == groups ? .max : end.trailingZeroBitCount }
            let end = (earliest...latest).max { (branch($0), $0) < (branch($1), $1) } ?? latest
            defer { start = end }
            return start..<end
        }
        self.groups = groups
    }

    /// Groups that a rank has at most.
    static func most(groups: Int, ranks: Int) -> Int { (groups + ranks - 1) / ranks }

    /// The rank that computes a group.
    func owner(of group: Int) -> Int {
        guard let rank = parts.firstIndex(where: { $0.contains(group) }) else {
            preconditionFailure("group \(group) of \(groups)")
        }
        return rank
    }
}
