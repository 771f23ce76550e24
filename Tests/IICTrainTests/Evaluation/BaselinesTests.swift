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

    /// A quiet class on the left and a lively one around it in value, 60 × 60 pixels of two bands.
    private func quietAndLively(blockRows: Int = 60) -> ArrayPixels {
        var random = SplitMix64(seed: 8)
        let classes = (0..<3600).map { $0 % 60 < 45 ? 0 : 1 }
        return ArrayPixels(
            channels: 2,
            values: classes.flatMap { label in
                (0..<2).map { _ in
                    label == 0 ? random.uniform(75...85) : random.uniform(50...210)
                }
            }, labels: classes.map(Int32.init), width: 60, blockRows: blockRows)
    }

    @Test func `a mixture finds classes that differ in how much they vary`() throws {
        let scores = try Baselines(methods: [.kmeans, .mixture], clusters: [2])
            .scores(on: quietAndLively(), classes: 2)
        #expect(scores.map(\.method) == [.kmeans, .mixture])
        #expect(scores[0].matrix.oneToOneAccuracy < 0.95)
        #expect(scores[1].matrix.oneToOneAccuracy > 0.97)
    }

    @Test func `no score depends on threads or on how pixels are handed out`() throws {
        func scores(threads: Int, blockRows: Int) throws -> [Baselines.Score] {
            try Baselines(methods: [.mixture, .kmeans], clusters: [2, 5], threads: threads)
                .scores(on: quietAndLively(blockRows: blockRows), classes: 2)
        }
        let whole = try scores(threads: 1, blockRows: 60)
        #expect(whole.count == 4 && Set(whole.map(\.matrix.total)) == [3600])
        for rows in [1, 7] { #expect(try scores(threads: 3, blockRows: rows) == whole) }
    }

    @Test func `a mixture leaves out pixels without data`() throws {
        let whole = quietAndLively()
        // A column of them between the classes.
        let values = whole.values.enumerated().map { $0 / 2 % 60 == 45 ? Float.nan : $1 }
        let pixels = ArrayPixels(
            channels: 2, values: values, labels: whole.labels, width: 60, blockRows: 8)
        let scores = try Baselines(methods: [.mixture], clusters: [2])
            .scores(on: pixels, classes: 2)
        #expect(scores[0].matrix.total == 3540 && scores[0].matrix.ignored == 60)
        // No mean of 3 × 3 mixes both classes any more.
        #expect(scores[0].matrix.oneToOneAccuracy > 0.98)
    }

    @Test func `the sample does not depend on how the stream is cut`() {
        let values = (0..<3000).map { Float($0) }
        func drawn(cutAt cut: Int) -> [Float] {
            var sampler = PixelSampler(total: 1000, seed: 2, limit: 100)
            for part in [values[..<(3 * cut)], values[(3 * cut)...]] where !part.isEmpty {
                sampler.add(
                    PixelBlock(
                        width: part.count / 3, channels: 3, values: Array(part),
                        valid: Array(repeating: 1, count: part.count / 3), rows: 0..<1))
            }
            return sampler.drawn?.values ?? []
        }
        #expect(drawn(cutAt: 0) == drawn(cutAt: 100))
        #expect((150...450).contains(drawn(cutAt: 0).count))
    }

    @Test func `a patch holds a pixel's neighbours, and nothing beyond the edges`() throws {
        // 1 2 3
        // 4 5 –
        // 7 8 9, the first row a halo
        let block = PixelBlock(
            width: 3, channels: 1, values: [1, 2, 3, 4, 5, 6, 7, 8, 9],
            valid: [1, 1, 1, 1, 1, 0, 1, 1, 1], rows: 1..<3)
        var sampler = PixelSampler(total: 6, seed: 1, limit: 6, halo: 1)
        sampler.add(block)
        let drawn = try #require(sampler.drawn)
        #expect(drawn.width == 15 && drawn.height == 3 && drawn.rows == 1..<2)
        // Patches of 4 and of 9.
        func patch(_ columns: Range<Int>) -> [Float] {
            (0..<3).flatMap { row in
                columns.map { column in
                    let index = row * 15 + column
                    return drawn.valid[index] == 0 ? -1 : drawn.values[index]
                }
            }
        }
        #expect(patch(0..<3) == [-1, 1, 2, -1, 4, 5, -1, 7, 8])
        #expect(patch(12..<15) == [5, -1, -1, 8, 9, -1, -1, -1, -1])
    }
}
