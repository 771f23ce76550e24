import IICInfer
import IICTrain
import Testing

@Suite struct BaselinesTests {
    /// Pixels of three values, whose classes are 1, 2 and 9; every tenth has none.
    private func pixels(onReading: @escaping () -> Void = {}) -> ArrayPixels {
        var random = SplitMix64(seed: 3)
        let classes = (0..<3000).map { _ in random.index(below: 3) }
        return ArrayPixels(
            channels: 1, values: classes.map { Float($0) * 100 + random.uniform(0...9) },
            labels: classes.enumerated().map { $0 % 10 == 0 ? -1 : [1, 2, 9][$1] },
            onReading: onReading)
    }

    @Test func `there are as many clusters as classes unless others are asked for`() throws {
        let usual = try Baselines(methods: [.kmeans]).scores(on: pixels(), classes: 3)
        #expect(usual.map(\.clusters) == [3, 24])
        #expect(usual.map(\.matrix.total) == [2700, 2700])
        #expect(usual[0].matrix.oneToOneAccuracy == 1)
        #expect(usual[1].matrix.manyToOneAccuracy == 1)
        #expect(usual[1].matrix.oneToOneAccuracy < 1)
        let once = try Baselines(methods: [.kmeans]).scores(on: pixels(), classes: 24)
        #expect(once.map(\.clusters) == [24])
        let other = try Baselines(methods: [.kmeans], clusters: [7, 2])
            .scores(on: pixels(), classes: 3)
        #expect(other.map(\.clusters) == [7, 2])
    }

    @Test func `the pixels are read twice, however many baselines there are`() throws {
        for clusters in [[2], [2, 3, 4, 5]] {
            var readings = 0
            _ = try Baselines(methods: [.kmeans], clusters: clusters)
                .scores(on: pixels { readings += 1 }, classes: 3)
            #expect(readings == 2)
        }
    }

    @Test func `each is what it would be alone`() throws {
        func scores(_ clusters: [Int]) throws -> [Baselines.Score] {
            try Baselines(methods: [.kmeans], clusters: clusters, seed: 5)
                .scores(on: pixels(), classes: 3)
        }
        #expect(try scores([2, 6]) == scores([2]) + scores([6]))
    }

    @Test func `pixels without data are clustered by none`() throws {
        let some = ArrayPixels(
            channels: 1, values: [0, 0, .nan, 200, 200, .nan], labels: [4, 4, 4, 5, 5, 5])
        let scores = try Baselines(methods: [.kmeans], clusters: [2]).scores(on: some, classes: 2)
        #expect(scores[0].matrix.total == 4 && scores[0].matrix.ignored == 2)
        #expect(scores[0].matrix.oneToOneAccuracy == 1)
        let none = ArrayPixels(channels: 1, values: [.nan, .nan], labels: [4, 5])
        #expect(throws: EvaluationError.nothingToCompare(labels: "pixels", truth: "truth")) {
            try Baselines(methods: [.kmeans]).scores(on: none, classes: 2)
        }
    }

    @Test func `the sample does not depend on how the stream is cut`() {
        let values = (0..<3000).map { Float($0) }
        func points(cutAt cut: Int) -> [Float] {
            var sampler = PixelSampler(total: 1000, seed: 2, limit: 100)
            for part in [values[..<(3 * cut)], values[(3 * cut)...]] {
                sampler.add(
                    PixelBlock(
                        channels: 3, values: Array(part),
                        valid: Array(repeating: 1, count: part.count / 3)))
            }
            return sampler.points
        }
        #expect(points(cutAt: 0) == points(cutAt: 100))
        #expect((150...450).contains(points(cutAt: 0).count))
    }
}
