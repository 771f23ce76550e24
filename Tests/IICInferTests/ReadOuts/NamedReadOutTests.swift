import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct NamedReadOutTests {
    private static let classes = 5
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let named: NamedClasses = {
        func random(_ count: Int, _ seed: Int, spread: Float) -> [Float] {
            (0..<count).map { (Float(noise($0, seed, 9)) / 127.5 - 1) * spread }
        }
        return NamedClasses(
            trunk: random(classes * 32, 1, spread: 1), pixels: random(classes * 16, 2, spread: 6),
            offsets: random(classes, 3, spread: 1))
    }()

    private static let engine = WinogradEngine(
        weights: StreamingEngineTests.weights(), geometry: .seamless, projection: named.projection)

    private func scene(_ width: Int, _ height: Int) throws -> SceneReader {
        let path = try folder.scene(
            "\(width)x\(height).tif", width: width, height: height, nodata: 0
        ) { x, y, band in
            let isHole =
                (x / 7 + y / 5) % 11 == 5 || (x == 0 || x == width - 1) && y % 5 == 1
                || x + y < min(width, height) / 8
            return isHole ? 0 : max(1, noise(x / 17, y / 23, band) / 2 + noise(x, y, band) / 3)
        }
        return try SceneReader(path: path, roles: rgbInfrared)
    }

    private func segmenter(threads: Int = 2, memory: Int = 1 << 30) -> SceneSegmenter {
        SceneSegmenter(
            engine: Self.engine, readOut: NamedReadOut(Self.named, channels: 4), threads: threads,
            memoryLimit: memory)
    }

    /// The class of each pixel from the definitions, and by how much its score is above the next.
    private func plain(_ scene: SceneReader) throws -> [(label: UInt8, margin: Double)] {
        let (width, height) = (scene.width, scene.height)
        let (values, valid) = try scene.pixels()
        var image = values
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
        }
        let (named, classes) = (Self.named, Self.classes)
        var trunk = [Float](repeating: 0, count: width * height * classes)
        do {
            var span = trunk.mutableSpan
            ReferenceEngine(
                weights: StreamingEngineTests.weights(), geometry: .seamless,
                projection: named.projection
            ).probabilities(
                of: image.span, height: height, width: width, head: .projection, into: &span)
        }
        return (0..<width * height).map { pixel in
            guard valid[pixel] != 0 else { return (255, .infinity) }
            let (x, y) = (pixel % width, pixel / width)
            func around(_ reach: Int, _ band: Int) -> [Double] {
                var found: [Double] = []
                for row in max(0, y - reach)...min(height - 1, y + reach) {
                    for column in max(0, x - reach)...min(width - 1, x + reach)
                    where valid[row * width + column] != 0 {
                        found.append(Double(image[(row * width + column) * 4 + band]))
                    }
                }
                return found
            }
            func mean(_ values: [Double]) -> Double {
                values.reduce(0, +) / Double(values.count)
            }
            let bands = 0..<4
            let deviations = bands.map { band -> Double in
                let values = around(3, band)
                let middle = mean(values)
                let squares = values.map { ($0 - middle) * ($0 - middle) }
                return mean(squares).squareRoot()
            }
            var description = bands.map { Double(image[pixel * 4 + $0]) }
            description += bands.map { mean(around(1, $0)) }
            description += bands.map { mean(around(3, $0)) }
            description += deviations
            var scores: [Double] = []
            for k in 0..<classes {
                var score = Double(named.offsets[k]) + Double(trunk[pixel * classes + k])
                for (place, value) in description.enumerated() {
                    score += Double(named.pixels[k * 16 + place]) * value
                }
                scores.append(score)
            }
            let sorted = scores.sorted(by: >)
            return (UInt8(scores.firstIndex(of: sorted[0]) ?? 0), sorted[0] - sorted[1])
        }
    }

    @Test(arguments: [(151, 130), (1, 1), (2, 2), (1, 190), (190, 1), (33, 2), (6, 7)])
    func `a map is what a plain computation makes of each pixel`(width: Int, height: Int) throws {
        let scene = try scene(width, height)
        let map = try segmenter().labels(of: scene)
        let exact = try plain(scene)
        var close = 0
        for pixel in map.indices {
            // What rounding may change; deviations near 0 are roots of rounded differences.
            guard exact[pixel].margin > 2e-2 else {
                close += 1
                continue
            }
            #expect(map[pixel] == exact[pixel].label, "pixel \(pixel)")
        }
        #expect(close <= max(1, map.count / 20))
        if map.count > 10_000 { #expect(Set(map).count > 3) }
    }

    @Test func `threads, memory and the width of swaths change nothing`() throws {
        let scene = try scene(701, 353)
        let expected = try segmenter().labels(of: scene)
        let least = segmenter().leastMemory(for: scene, encoders: [LabelEncoder(.classes)])
        for (threads, memory) in [(1, 1 << 30), (3, 1 << 30), (1, least), (7, least + 9 << 20)] {
            let map = try segmenter(threads: threads, memory: memory).labels(of: scene)
            #expect(map == expected, "\(threads) threads, \(memory) bytes")
        }
    }

    @Test(arguments: [
        PixelWindow(x: 0, y: 0, width: 1, height: 1),
        PixelWindow(x: 33, y: 49, width: 250, height: 3),
        PixelWindow(x: 299, y: 151, width: 1, height: 102),
        PixelWindow(x: 230, y: 121, width: 71, height: 132),
    ])
    func `a part of a scene gets the labels of the whole`(bounds: PixelWindow) throws {
        let scene = try scene(301, 253)
        let all = try segmenter().labels(of: scene)
        let part = try segmenter().labels(of: scene, bounds: bounds)
        let expected = (0..<bounds.count).map {
            all[(bounds.y + $0 / bounds.width) * 301 + bounds.x + $0 % bounds.width]
        }
        #expect(part == expected)
    }

    @Test func `merged classes are the others' with their numbers replaced`() throws {
        let scene = try scene(151, 130)
        let base = NamedReadOut(Self.named, channels: 4)
        let targets = [1, 0, 1, 2, 0]
        func labels(_ readOut: any ReadOut, _ encoder: any RowEncoder) throws -> [UInt8] {
            let segmenter = SceneSegmenter(
                engine: Self.engine, readOut: readOut, threads: 2, memoryLimit: 1 << 30)
            var found = [UInt8](repeating: 99, count: 151 * 130)
            try segmenter.segment(
                scene, scaling: .uint8(channels: 4),
                budget: segmenter.budget(for: scene, encoders: [encoder]), encoders: [encoder],
                write: { _, pixels, window in
                    for index in pixels.indices {
                        let row = window.y + index / window.width
                        found[row * 151 + window.x + index % window.width] = pixels[index]
                    }
                })
            return found
        }
        let merged = MergedReadOut(base, targets: targets)
        let map = try labels(merged, LabelEncoder(.classes))
        let own = try labels(base, LabelEncoder(.classes))
        #expect(map == own.map { $0 == 255 ? 255 : UInt8(targets[Int($0)]) })
        #expect(try labels(merged, GreatestEncoder()) == map)
    }
}
