import IICTrain
import Testing

@Suite struct ClassOrderTests {
    private func pass(_ subhead: Int, _ shares: [Double]) -> SnapshotRecord {
        SnapshotRecord(subhead: subhead, shares: shares, dead: [])
    }

    @Test func `a class keeps its place when another sub-head takes over`() {
        let passes = [
            pass(2, [0.6, 0.1, 0.3]), pass(1, [0.12, 0.3, 0.58]), pass(1, [0.15, 0.25, 0.6]),
            pass(2, [0.55, 0.15, 0.3]), pass(1, [0.1, 0.35, 0.55]),
        ]
        for model in passes.indices {
            let orders = ClassOrder.following(passes, from: model)
            #expect(orders[model] == [0, 1, 2])
            let first = passes[model].subhead == 1 ? [0, 1, 2] : [2, 0, 1]
            let second = passes[model].subhead == 2 ? [0, 1, 2] : [1, 2, 0]
            #expect(orders == passes.map { $0.subhead == 1 ? first : second }, "from \(model)")
        }
    }

    @Test func `a sub-head that comes back has the order that it had`() {
        let passes = [
            pass(2, [0.6, 0.4]), pass(1, [0.3, 0.7]), pass(2, [0.6, 0.4]), pass(1, [0.9, 0.1]),
        ]
        let orders = ClassOrder.following(passes, from: 2)
        #expect(orders[1] == orders[3] && orders[0] == [0, 1])
    }

    @Test func `labels are matched by the pixels that they share`() {
        let model: [[UInt8]] = [[0, 0, 1, 1], [2, 2, 255, 0]]
        let labels: [[UInt8]] = [[1, 1, 2, 2], [0, 0, 0, 0]]
        #expect(ClassOrder.matching(labels, to: model, classes: 3) == [1, 2, 0])
    }
}
