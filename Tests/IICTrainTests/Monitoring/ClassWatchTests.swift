import IICTrain
import Testing

@Suite struct ClassWatchTests {
    private func add(
        _ shares: [Double], times: Int, subhead: Int = 1, to watch: inout ClassWatch
    ) -> [ClassWatch.Change] {
        (0..<times).flatMap { _ in watch.add(shares, subhead: subhead) }
    }

    @Test func `a class that dies is reported once, after a whole window`() {
        var watch = ClassWatch()
        #expect(add([0.5, 0.5, 0], times: ClassWatch.window - 1, to: &watch) == [])
        #expect(add([0.5, 0.5, 0], times: 20, to: &watch) == [.died(3, share: 0)])
        #expect(watch.dead == [3])
    }

    @Test func `it is reported when it is back, and when it dies again`() {
        var watch = ClassWatch()
        #expect(add([1, 0], times: 5, to: &watch) == [.died(2, share: 0)])
        // A share between both limits changes nothing.
        #expect(add([0.997, 0.003], times: 9, to: &watch) == [])
        #expect(add([0.5, 0.5], times: 1, to: &watch).count == 1)
        #expect(watch.dead.isEmpty)
        #expect(add([1, 0], times: 9, to: &watch) == [.died(2, share: 0)])
    }

    @Test func `another sub-head has other classes`() {
        var watch = ClassWatch()
        #expect(add([1, 0], times: 4, to: &watch) == [])
        #expect(add([1, 0], times: 4, subhead: 2, to: &watch) == [])
        #expect(add([1, 0], times: 1, subhead: 2, to: &watch).count == 1)
        #expect(add([1, 0], times: 1, subhead: 1, to: &watch) == [])
        #expect(watch.dead.isEmpty)
    }
}
