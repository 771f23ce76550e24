import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct MixtureReadOutTests {
    private static let plain = PlainReadOut()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Patches with noise; holes inside, at every edge and in two corners.
    private func scene(_ width: Int, _ height: Int) throws -> SceneReader {
        let path = try folder.scene(
            "\(width)x\(height).tif", width: width, height: height, nodata: 0
        ) { x, y, band in
            let isHole =
                (x / 7 + y / 5) % 11 == 5 || (x == 0 || x == width - 1) && y % 5 == 1
                || (y == 0 || y == height - 1) && x % 6 == 2
                || x + y < min(width, height) / 8 || x + y > width + height - height / 6
            return isHole ? 0 : max(1, noise(x / 17, y / 23, band) / 2 + noise(x, y, band) / 3)
        }
        return try SceneReader(path: path, roles: rgbInfrared)
    }

    private func segmenter(
        weight: Double? = nil, engine: any Engine = StreamingEngineTests.engine,
        threads: Int = 2, memory: Int = 1 << 30
    ) -> SceneSegmenter {
        SceneSegmenter(
            engine: engine, readOut: MixtureReadOut(Self.plain.mixture, weight: weight),
            threads: threads, memoryLimit: memory)
    }

    @Test(
        arguments: [(151, 130), (1, 1), (2, 2), (1, 190), (190, 1), (33, 2)],
        [nil, 0, 1] as [Double?])
    func `a map is what a plain computation makes of each pixel`(
        size: (width: Int, height: Int), weight: Double?
    ) throws {
        let scene = try scene(size.width, size.height)
        let map = try segmenter(weight: weight).labels(of: scene)
        let exact = try Self.plain.labels(of: scene, weight: weight ?? 2)
        var close = 0
        for pixel in map.indices {
            // What rounding, and an engine that rounds otherwise, may change.
            guard exact[pixel].margin > 1e-3 else {
                close += 1
                continue
            }
            #expect(map[pixel] == exact[pixel].label, "pixel \(pixel)")
        }
        #expect(close <= map.count / 100)
        if map.count > 10_000 { #expect(Set(map).count > 4) }
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
        PixelWindow(x: 0, y: 17, width: 301, height: 90),
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

    @Test func `an image in memory gets the labels of a scene`() throws {
        let scene = try scene(151, 130)
        let (values, valid) = try scene.pixels()
        var image = values
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
        }
        let readOuts: [any ReadOut] = [
            MixtureReadOut(Self.plain.mixture),
            HeadReadOut(StreamingEngineTests.engine.architecture),
        ]
        for readOut in readOuts {
            let labels = ImageSegmenter(engine: StreamingEngineTests.engine, readOut: readOut)
                .labels(of: image, valid: valid, height: 130, width: 151)
            let segmenter = SceneSegmenter(
                engine: StreamingEngineTests.engine, readOut: readOut, threads: 2,
                memoryLimit: 1 << 30)
            #expect(try labels == segmenter.labels(of: scene))
        }
    }

    @Test func `without weight the network has no say, with some it has`() throws {
        let scene = try scene(151, 130)
        var weights = StreamingEngineTests.weights()
        weights[.head(.B, 0)] = weights[.head(.B, 0)].map { -$0 }
        let other = WinogradEngine(weights: weights, geometry: .seamless)
        let alone = try segmenter(weight: 0).labels(of: scene)
        #expect(try segmenter(weight: 0, engine: other).labels(of: scene) == alone)
        let both = try segmenter().labels(of: scene)
        #expect(try both != alone && both != segmenter(engine: other).labels(of: scene))
    }

    @Test func `head B alone gives the greatest of its probabilities, to the bit`() throws {
        let scene = try scene(151, 130)
        let (values, valid) = try scene.pixels()
        var image = values
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
        }
        let engine = StreamingEngineTests.engine
        let probabilities = StreamingEngineTests.probabilities(engine, image, 130, 151)
        let expected = valid.indices.map { pixel in
            let row = probabilities[pixel * 6..<pixel * 6 + 6]
            let best = row.firstIndex(of: row.max() ?? 0) ?? 0
            return valid[pixel] == 0 ? 255 : UInt8(best - pixel * 6)
        }
        for readOut in [nil, HeadReadOut(engine.architecture)] as [HeadReadOut?] {
            let segmenter = SceneSegmenter(
                engine: engine, readOut: readOut, threads: 2, memoryLimit: 1 << 30)
            #expect(try segmenter.labels(of: scene) == expected)
        }
    }

    /// Labels in one pass with ``GreatestEncoder``'s.
    private func both(_ mixture: Mixture) throws -> (labels: [UInt8], greatest: [UInt8]) {
        let scene = try scene(433, 251)
        let segmenter = SceneSegmenter(
            engine: StreamingEngineTests.engine, readOut: MixtureReadOut(mixture), threads: 2,
            memoryLimit: 1 << 30)
        let encoders: [any RowEncoder] = [LabelEncoder(.classes), GreatestEncoder()]
        var found = [[UInt8]](repeating: [UInt8](repeating: 99, count: 433 * 251), count: 2)
        try segmenter.segment(
            scene, scaling: .uint8(channels: 4),
            budget: segmenter.budget(for: scene, encoders: encoders), encoders: encoders,
            write: { encoder, pixels, window in
                for index in pixels.indices {
                    let row = window.y + index / window.width
                    found[encoder][row * 433 + window.x + index % window.width] = pixels[index]
                }
            })
        return (found[0], found[1])
    }

    @Test func `a label is the first of the greatest probabilities, to the bit`() throws {
        let (labels, greatest) = try both(Self.plain.mixture)
        #expect(labels == greatest && Set(labels).count > 4)
    }

    /// Scores that differ in their last bits have probabilities that do not.
    @Test func `it is so among classes that are almost one`() throws {
        var mixture = Self.plain.mixture
        // All classes are the first two, those of odd numbers a little likelier each time.
        for k in 2..<6 {
            for index in 0..<8 { mixture.means[k * 8 + index] = mixture.means[k % 2 * 8 + index] }
            for index in 0..<64 {
                mixture.precisions[k * 64 + index] = mixture.precisions[k % 2 * 64 + index]
            }
            mixture.logShares[k] = mixture.logShares[k % 2] + (k % 2 == 1 ? 3e-7 * Double(k) : 0)
        }
        mixture.weight = 0
        let (labels, greatest) = try both(mixture)
        #expect(labels == greatest)
        let kinds = Set(labels)
        // Of equal classes the lowest; of unequal ones those that rounding left apart.
        #expect(kinds.isSuperset(of: [0, 255]) && kinds.isDisjoint(with: [2, 4]))
        #expect(!kinds.isDisjoint(with: [3, 5]))
    }
}
