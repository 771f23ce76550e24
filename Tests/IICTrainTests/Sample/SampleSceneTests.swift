import IICInfer
import IICTrain
import Testing

@Suite struct SampleSceneTests {
    @Test func `the same seed gives the same bytes, in strips of any height`() {
        let scene = SampleScene(size: 150, seed: 5)
        let whole = scene.rows(0..<150)
        var strips: [UInt8] = []
        var truth: [UInt8] = []
        for (top, bottom) in [(0, 1), (1, 64), (64, 150)] {
            let rows = SampleScene(size: 150, seed: 5).rows(top..<bottom)
            strips += rows.uint8
            truth += rows.truth
        }
        #expect(strips == whole.uint8)
        #expect(truth == whole.truth)
    }

    @Test func `another seed gives another scene`() {
        let first = SampleScene(size: 100, seed: 1).rows(0..<100)
        let second = SampleScene(size: 100, seed: 2).rows(0..<100)
        #expect(first.truth != second.truth)
        #expect(first.uint8 != second.uint8)
    }

    /// Pinned: a scene must not change between versions or machines unnoticed.
    @Test func `the first scene is what it always was`() {
        let rows = SampleScene(size: 320, seed: 1).rows(0..<320)
        #expect(Set(rows.truth).count == 6)
        var hash: UInt64 = 0
        for byte in rows.uint8 + rows.truth { hash = SplitMix64.mix(hash ^ UInt64(byte)) }
        #expect(hash == Self.pinned)
    }

    private static let pinned: UInt64 = 17_740_725_210_107_098_305

    @Test(arguments: [64, 65, 77, 300])
    func `any size from 64 up can be made`(size: Int) {
        let rows = SampleScene(size: size, seed: 3).rows(0..<size)
        #expect(rows.truth.count == size * size)
        #expect(rows.values.count == 4 * size * size)
        #expect(rows.values.allSatisfy { (0...1).contains($0) })
        #expect(rows.truth.allSatisfy { $0 < 6 })
    }

    @Test(arguments: [(600, UInt64(1)), (600, 2), (600, 3), (1000, 1), (1000, 4), (1500, 9)])
    func `every class has its share`(size: Int, seed: UInt64) {
        let rows = SampleScene(size: size, seed: seed).rows(0..<size)
        var counts = [Int](repeating: 0, count: 6)
        for label in rows.truth { counts[Int(label)] += 1 }
        for (label, count) in counts.enumerated() {
            let share = Double(count) / Double(size * size)
            #expect(share > 0.08 && share < 0.30, "class \(label): \(share)")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `clusters of single pixels reach between 0.5 and 0.7`(seed: UInt64) throws {
        let rows = SampleScene(size: 600, seed: seed).rows(0..<600)
        let pixels = ArrayPixels(
            channels: 4, values: rows.uint8.map(Float.init), labels: rows.truth.map(Int32.init))
        let scores = try Baselines(methods: [.kmeans], clusters: [6])
            .scores(on: pixels, classes: 6)
        let accuracy = scores[0].matrix.oneToOneAccuracy
        #expect(accuracy > 0.5 && accuracy < 0.7)
    }

    @Test func `vegetation is bright in infrared and water dark`() {
        let rows = SampleScene(size: 600, seed: 1).rows(0..<600)
        var sums = [SIMD4<Double>](repeating: .zero, count: 6)
        var counts = [Double](repeating: 0, count: 6)
        for (pixel, label) in rows.truth.enumerated() {
            for band in 0..<4 { sums[Int(label)][band] += Double(rows.values[pixel * 4 + band]) }
            counts[Int(label)] += 1
        }
        let means = zip(sums, counts).map { $0 / $1 }
        let (water, tree, grass) = (means[5], means[3], means[2])
        #expect(water[3] < 0.15)
        #expect(grass[3] > 4 * water[3] && tree[3] > 3 * water[3])
        // The vegetation index of living plants is high, of all else near or below zero.
        func index(_ mean: SIMD4<Double>) -> Double { (mean[3] - mean[0]) / (mean[3] + mean[0]) }
        #expect(index(tree) > 0.3 && index(grass) > 0.2)
        for other in [0, 1, 4, 5] { #expect(index(means[other]) < 0.1) }
    }
}
