import IICInfer
import Testing

@Suite struct KMeansTests {
    /// Four round clouds of points.
    private func clouds(_ count: Int) -> [Float] {
        var random = SplitMix64(seed: 4)
        return (0..<count).flatMap { index -> [Float] in
            [
                Float(index % 2) * 10 + random.uniform(-1...1),
                Float(index / 2 % 2) * 10 + random.uniform(-1...1),
            ]
        }
    }

    @Test func `finds clouds that lie apart`() throws {
        let points = clouds(400)
        let means = try KMeans(points: points, dimensions: 2, clusters: 4, seed: 1)
        let labels = (0..<400).map { means.nearest(points.span, at: 2 * $0).cluster }
        for index in 0..<400 { #expect(labels[index] == labels[index % 4]) }
        #expect(Set(labels[0..<4]).count == 4)
        #expect(means.inertia < 400)
    }

    @Test func `the same seed gives the same clusters`() throws {
        let points = clouds(100)
        let first = try KMeans(points: points, dimensions: 2, clusters: 5, seed: 9)
        let second = try KMeans(points: points, dimensions: 2, clusters: 5, seed: 9)
        #expect(first.centres == second.centres)
    }

    @Test func `fewer distinct points than clusters are no trouble`() throws {
        let means = try KMeans(points: [1, 1, 1], dimensions: 1, clusters: 3, seed: 1)
        #expect(means.inertia == 0)
        #expect(means.centres.allSatisfy { $0 == 1 })
    }

    /// Two clusters take a question for the second start and one for each improvement.
    @Test(arguments: 1...6) func `it ends when that is asked for`(question: Int) {
        var asked = 0
        #expect(throws: Interrupted.self) {
            try KMeans(points: clouds(40), dimensions: 2, clusters: 2, seed: 1) {
                asked += 1
                return asked == question
            }
        }
        #expect(asked == question)
    }
}
