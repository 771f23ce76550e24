import IICInfer
import Testing

@testable import IICTrain

@Suite struct EvaluationSamplesTests {
    /// Labels and truth of noise, with pixels that have neither.
    private struct Raster {
        let width: Int
        let height: Int
        let labels: [Int32]
        let truth: [Int32]

        init(width: Int, height: Int, classes: Int = 4, seed: UInt64 = 5) {
            self.width = width
            self.height = height
            var random = SplitMix64(seed: seed)
            labels = (0..<width * height).map { _ in Int32(random.index(below: classes)) }
            truth = labels.map { label in
                switch random.index(below: 10) {
                case 0: -1
                case 1: 255
                case 2...4: (label + 1) % 4
                default: label
                }
            }
        }

        /// In windows of some size, the last one first.
        func samples(longest: Int, rows: Int, columns: Int) -> EvaluationSamples {
            var samples = EvaluationSamples(
                name: "a", width: width, height: height, longest: longest)
            for y in stride(from: 0, to: height, by: rows).reversed() {
                for x in stride(from: 0, to: width, by: columns) {
                    let window = PixelWindow(x: x, y: y, width: columns, height: rows)
                        .clipped(toWidth: width, height: height)
                    samples.add(
                        labels: part(labels, window), truth: part(truth, window), window: window)
                }
            }
            return samples
        }

        private func part(_ values: [Int32], _ window: PixelWindow) -> [Int32] {
            (window.y..<window.y + window.height).flatMap { y in
                values[y * width + window.x..<y * width + window.x + window.width]
            }
        }
    }

    private let match: [Int?] = [0, 1, 2, nil]

    @Test func `a raster that is not too large is shown pixel by pixel`() {
        let raster = Raster(width: 23, height: 31)
        let samples = raster.samples(longest: 31, rows: 7, columns: 10)
        #expect(samples.width == 23 && samples.height == 31)
        for y in 0..<31 {
            for x in 0..<23 {
                let (label, truth) = (raster.labels[y * 23 + x], raster.truth[y * 23 + x])
                let isKnown = truth >= 0 && truth != 255
                #expect(samples.label(x, y) == Int(label))
                #expect(samples.trueClass(x, y) == (isKnown ? Int(truth) : nil))
                let errors = samples.errors(x, y, match: match)
                let isRight = match[Int(label)] == Int(truth)
                #expect(errors.known == (isKnown ? 1 : 0))
                #expect(errors.wrong == (isKnown && !isRight ? 1 : 0))
            }
        }
    }

    /// Each pixel of a picture of a tenth takes the samples at 1/6, 3/6 and 5/6 of its part.
    @Test func `a larger raster is shown by what is evenly in it`() {
        let raster = Raster(width: 200, height: 120)
        let samples = raster.samples(longest: 20, rows: 120, columns: 200)
        #expect(samples.width == 20 && samples.height == 12)
        for y in 0..<12 {
            for x in 0..<20 {
                let places = [1, 5, 8].flatMap { row in
                    [1, 5, 8].map { (y * 10 + row) * 200 + x * 10 + $0 }
                }
                let labels = places.map { raster.labels[$0] }
                func times(_ label: Int32) -> Int { labels.count { $0 == label } }
                let most = labels.map(times).max() ?? 0
                let first = labels.first { times($0) == most }
                #expect(samples.label(x, y) == first.map { Int($0) })
                let known = places.filter { raster.truth[$0] >= 0 && raster.truth[$0] != 255 }
                let wrong = known.filter {
                    match[Int(raster.labels[$0])] != Int(raster.truth[$0])
                }
                let errors = samples.errors(x, y, match: match)
                #expect(errors.known == known.count && errors.wrong == wrong.count)
            }
        }
    }

    @Test func `neither windows nor their order change a sample`() {
        let raster = Raster(width: 333, height: 47)
        func shown(_ rows: Int, _ columns: Int) -> [Int?] {
            let samples = raster.samples(longest: 50, rows: rows, columns: columns)
            return (0..<samples.height).flatMap { y in
                (0..<samples.width).flatMap { [samples.label($0, y), samples.trueClass($0, y)] }
            }
        }
        let whole = shown(47, 333)
        for (rows, columns) in [(1, 333), (10, 7), (47, 1)] {
            #expect(shown(rows, columns) == whole)
        }
    }

    @Test func `memory does not grow with the raster`() {
        let large = EvaluationSamples(name: "a", width: 100_000, height: 100_000)
        #expect(large.width == 800 && large.height == 800)
        #expect(large.byteCount == 4 * 2400 * 2400)
        let most = EvaluationSamples.bytes(width: 100_000, height: 100_000)
        #expect(most >= large.byteCount && most < 48 << 20)
        for (width, height) in [(1, 1), (1, 100_000), (100_000, 3), (799, 801)] {
            let samples = EvaluationSamples(name: "a", width: width, height: height)
            #expect((1...800).contains(samples.width) && (1...800).contains(samples.height))
            #expect(EvaluationSamples.bytes(width: width, height: height) <= most)
        }
    }

    @Test func `class 255 of a tile is a class, and of a raster none`() {
        let window = PixelWindow(x: 0, y: 0, width: 2, height: 1)
        var raster = EvaluationSamples(name: "a", width: 2, height: 1)
        raster.add(labels: [255, 3], truth: [1, 1], window: window)
        #expect(raster.label(0, 0) == nil && raster.label(1, 0) == 3)
        let tile = EvaluationSamples(
            tile: "7", [255, 3], MatLabels(height: 1, width: 2, labels: [1, -1]))
        #expect(tile.name == "tile 7" && tile.label(0, 0) == 255 && tile.trueClass(1, 0) == nil)
    }

    @Test func `the tiles that are shown are spread over all`() {
        #expect(EvaluationSamples.shown(of: 3) == [0, 1, 2])
        #expect(EvaluationSamples.shown(of: 120) == Set(stride(from: 0, to: 120, by: 10)))
    }
}
