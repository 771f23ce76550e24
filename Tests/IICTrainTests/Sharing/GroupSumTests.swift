import IICInfer
import IICKernels
import TestSupport
import Testing

@testable import IICTrain

/// The sum of a batch's groups is one tree, whoever computes them.
@Suite struct GroupSumTests {
    /// Numbers whose sum depends on the order in which they are added.
    private static func block(group: Int, count: Int) -> [Float] {
        var random = SplitMix64(seed: UInt64(group + 1))
        return (0..<count).map { _ in Float(random.unit() - 0.5) * (group % 2 == 0 ? 1 : 1e4) }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16])
    func `parts are runs of equal length at most, in order`(_ groups: Int) {
        for ranks in 1...20 {
            let share = GroupShare(groups: groups, ranks: ranks)
            #expect(share.parts.count == ranks)
            #expect(share.parts.flatMap(\.self) == Array(0..<groups))
            #expect(share.parts.allSatisfy { $0.count <= (groups + ranks - 1) / ranks })
            #expect((0..<groups).allSatisfy { share.parts[share.owner(of: $0)].contains($0) })
        }
    }

    @Test func `parts end where branches end`() {
        #expect(GroupShare(groups: 5, ranks: 2).parts == [0..<2, 2..<5])
        #expect(GroupShare(groups: 5, ranks: 3).parts == [0..<2, 2..<4, 4..<5])
        #expect(GroupShare(groups: 5, ranks: 4).parts == [0..<2, 2..<4, 4..<5, 5..<5])
        #expect(GroupShare(groups: 12, ranks: 3).parts == [0..<4, 4..<8, 8..<12])
    }

    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9], [1, 2, 3, 4, 7])
    func `the sum has the bits of the tree on every rank`(_ groups: Int, _ count: Int) {
        let segments = [5..<9, 0..<5]
        let expected = treeSum((0..<groups).map { Self.block(group: $0, count: 9) })
        let results = ThreadRanks.run(count) { ranks in
            let share = GroupShare(groups: groups, ranks: count)
            let pool = BufferPool<Float>()
            let sum = GroupSum(
                share, ranks: ranks, segments: segments, tag: 100, buffers: pool,
                waiting: WaitingTime(), isShared: true)
            let single = GroupSum(
                share, ranks: ranks, segments: [0..<9], tag: 300, buffers: pool,
                waiting: WaitingTime(), isShared: false)
            for group in share.parts[ranks.rank] {
                let block = Self.block(group: group, count: 9)
                for (index, segment) in segments.enumerated() {
                    sum.add(block[segment].span, group: group, segment: index)
                    sum.advance()
                }
                single.add(block.span, group: group, segment: 0)
            }
            var total: [Float] = []
            sum.withSharedTotal { span in
                for index in span.indices { total.append(span[index]) }
            }
            return [total, single.totalForAll().array]
        }
        for result in results { #expect((try? result.get()) == [expected, expected]) }
        #expect(results.count == count)
    }
}
