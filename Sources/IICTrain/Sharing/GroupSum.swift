import IICInfer
import IICKernels

/// Adds one block of numbers a group in the order of ``treeSum(_:)``, wherever the groups are computed.
///
///     groups       0   1   2   3   4
///     level 1      0 + 1   2 + 3   4
///     level 2      (0 + 1) + (2 + 3)   4
///     level 3      ((0 + 1) + (2 + 3)) + 4
///
/// A sum is made by the rank of its first group, to which the other one's is sent. So its bits depend
/// on the groups alone. A block may be cut into segments that are ready one after the other; each is
/// sent on its own.
final class GroupSum<Element: FloatingPoint & BitwiseCopyable & Sendable> {
    private struct Node: Hashable {
        var level: Int
        var index: Int
    }

    private let share: GroupShare
    private let ranks: any Ranks
    private let segments: [Range<Int>]
    private let tag: Int
    private let buffers: BufferPool<Element>
    private let waiting: WaitingTime
    /// What waits for its sibling, segment by segment.
    private var held: [[Node: Buffer<Element>]]
    private var expected: [(node: Node, segment: Int, buffer: Buffer<Element>, transfer: Transfer)]
    private var sent: [(buffer: Buffer<Element>, transfer: Transfer)] = []
    private var totals: [Buffer<Element>?]
    /// The sum of all groups, on all ranks; nil if rank 0 alone wants it.
    private let result: Buffer<Element>?
    private var broadcasts: [Transfer] = []

    /// - Parameters:
    ///   - segments: of a block, in the order in which they are ready.
    ///   - tag: the first of 64 tags a segment.
    ///   - isShared: whether all ranks want the sum, each segment as soon as it is there. No other
    ///     broadcast may begin before the end.
    init(
        _ share: GroupShare, ranks: any Ranks, segments: [Range<Int>], tag: Int,
        buffers: BufferPool<Element>, waiting: WaitingTime, isShared: Bool
    ) {
        self.share = share
        self.ranks = ranks
        self.segments = segments
        self.tag = tag
        self.buffers = buffers
        self.waiting = waiting
        held = Array(repeating: [:], count: segments.count)
        totals = Array(repeating: nil, count: segments.count)
        expected = []
        result = isShared ? buffers.borrow(segments.reduce(0) { $0 + $1.count }) : nil
        for (segment, range) in segments.enumerated() {
            for node in Self.received(share, rank: ranks.rank) {
                let buffer = buffers.borrow(range.count)
                let transfer = ranks.receive(
                    RankMessage(buffer), from: owner(node), tag: self.tag(segment, node))
                expected.append((node, segment, buffer, transfer))
            }
        }
        if ranks.rank > 0 { broadcast(from: 0) }
    }

    deinit { if let result { buffers.return([result]) } }

    /// Blocks that it takes at most, beside those that are added.
    static func blocks(_ share: GroupShare, rank: Int) -> Int {
        let own = share.parts[rank].count
        // A partial sum a level, a leaf, and the result.
        return received(share, rank: rank).count + Int.bitWidth - own.leadingZeroBitCount + 2
    }

    /// Sums that others make and this rank adds to its own, the earliest first.
    private static func received(_ share: GroupShare, rank: Int) -> [Node] {
        let own = share.parts[rank]
        guard !own.isEmpty else { return [] }
        var nodes: [Node] = []
        var level = 0
        while 1 << level < share.groups {
            for first in own where first.isMultiple(of: 2 << level) {
                let other = first + 1 << level
                if other < share.groups, !own.contains(other) {
                    nodes.append(Node(level: level, index: other >> level))
                }
            }
            level += 1
        }
        return nodes
    }

    private func owner(_ node: Node) -> Int { share.owner(of: node.index << node.level) }

    private func tag(_ segment: Int, _ node: Node) -> Int { tag + 64 * segment + node.level }

    /// Adds one segment of a group of this rank.
    func add(_ values: Span<Element>, group: Int, segment: Int) {
        let buffer = buffers.borrow(segments[segment].count)
        var target = buffer.mutableSpan()
        precondition(values.count == target.count, "\(values.count) of \(target.count)")
        for index in 0..<target.count { target[index] = values[index] }
        climb(Node(level: 0, index: group), buffer, segment)
    }

    /// Adds and sends on what has come by now.
    func advance() {
        while let index = expected.firstIndex(where: { $0.transfer.isDone }) {
            let (node, segment, buffer, _) = expected.remove(at: index)
            climb(node, buffer, segment)
        }
        sent.removeAll { buffer, transfer in
            guard transfer.isDone else { return false }
            buffers.return([buffer])
            return true
        }
    }

    /// Takes a sum up the tree as far as this rank has what it is added to.
    private func climb(_ node: Node, _ buffer: Buffer<Element>, _ segment: Int) {
        var (node, buffer) = (node, buffer)
        while true {
            let count = (share.groups + 1 << node.level - 1) >> node.level
            if count == 1 { break }
            let sibling = Node(level: node.level, index: node.index ^ 1)
            if sibling.index < count {
                let left = node.index < sibling.index ? node : sibling
                if owner(left) != ranks.rank {
                    let message = RankMessage(buffer)
                    sent.append(
                        (buffer, ranks.send(message, to: owner(left), tag: tag(segment, node))))
                    return
                }
                guard let other = held[segment].removeValue(forKey: sibling) else {
                    held[segment][node] = buffer
                    return
                }
                let (sum, addend) = node == left ? (buffer, other) : (other, buffer)
                var target = sum.mutableSpan()
                let source = addend.span()
                for index in 0..<target.count { target[index] += source[index] }
                buffers.return([addend])
                buffer = sum
            }
            node = Node(level: node.level + 1, index: node.index >> 1)
        }
        totals[segment] = buffer
        publish()
    }

    /// Hands on the segments whose sums are there, in their order.
    private func publish() {
        guard let result else { return }
        let first = broadcasts.count
        for segment in first..<segments.count {
            guard let buffer = totals[segment] else { return }
            totals[segment] = nil
            var target = result.mutableSpan(segments[segment])
            let source = buffer.span()
            for index in 0..<target.count { target[index] = source[index] }
            buffers.return([buffer])
            broadcasts.append(
                ranks.broadcast(RankMessage(result, segments[segment]), from: 0))
        }
    }

    private func broadcast(from rank: Int) {
        guard let result else { return }
        broadcasts = segments.map { ranks.broadcast(RankMessage(result, $0), from: rank) }
    }

    /// Waits for what others send, and until what is sent has left.
    private func finish() {
        while let next = expected.first {
            waiting.measure { _ = next.transfer.wait() }
            advance()
        }
        waiting.measure { for (_, transfer) in sent { transfer.wait() } }
        buffers.return(sent.map(\.buffer))
        sent = []
    }

    /// The sum of all groups, of the one segment; nil on other ranks than 0.
    ///
    /// The caller returns the buffer.
    func total() -> Buffer<Element>? {
        finish()
        defer { totals[0] = nil }
        return totals[0]
    }

    /// The same brought to all ranks.
    func totalForAll() -> Buffer<Element> {
        let buffer = total() ?? buffers.borrow(segments[0].count)
        waiting.measure { _ = ranks.broadcast(RankMessage(buffer), from: 0).wait() }
        return buffer
    }

    /// Calls `body` with the sum of all groups, on all ranks.
    func withSharedTotal(_ body: (Span<Element>) -> Void) {
        finish()
        waiting.measure { for transfer in broadcasts { transfer.wait() } }
        if let result { body(result.span()) }
    }
}
