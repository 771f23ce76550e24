import IICInfer
import TestSupport
import Testing

/// What holds no data is passed over, and no pixel of any output changes.
@Suite struct EmptyAreaTests {
    private static let mixture = PlainReadOut().mixture
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Where scenes have data.
    enum Pattern: String, CaseIterable, Sendable {
        case islands, pixels, rows, columns, checkerboard, borders, diagonal, corner, none, all

        func hasData(_ x: Int, _ y: Int, _ width: Int, _ height: Int, seed: Int) -> Bool {
            switch self {
            case .islands:
                (0..<5).contains { island in
                    let (a, b) = (Int(noise(island, seed, 3)), Int(noise(island, seed, 4)))
                    let (dx, dy) = (x - a * width / 256, y - b * height / 256)
                    return dx * dx + dy * dy < 30 * island * island + 8
                }
            case .pixels:
                (0..<7).contains {
                    x == Int(noise($0, seed, 5)) * width / 256
                        && y == Int(noise($0, seed, 6)) * height / 256
                }
            case .rows: (y + seed * 17) / 37 % 5 == 0
            case .columns: (x + seed * 23) / 41 % 5 == 0
            case .checkerboard: (x / 200 + y / 200 + seed).isMultiple(of: 2)
            case .borders: x < 3 || y < 2 || x >= width - 1 || y >= height - 4
            case .diagonal: x * height > y * width
            case .corner: x >= width - 9 && y >= height - 6
            case .none: false
            case .all: true
            }
        }
    }

    private func scene(_ pattern: Pattern, width: Int, height: Int, seed: Int) throws -> SceneReader
    {
        let path = try folder.scene(
            "\(pattern)-\(seed).tif", width: width, height: height, nodata: 0
        ) { x, y, band in
            pattern.hasData(x, y, width, height, seed: seed)
                ? max(1, noise(x / 17, y / 23, band) / 2 + noise(x, y, band) / 3) : 0
        }
        return try SceneReader(path: path, roles: rgbInfrared)
    }

    private static let encoders: [any RowEncoder] = [
        LabelEncoder(.classes), LabelEncoder(.overclusters), GreatestEncoder(),
    ]

    /// All bytes of all encoders.
    private func bytes(_ segmenter: SceneSegmenter, _ scene: SceneReader) throws -> [[UInt8]] {
        let encoders = Self.encoders
        let count = scene.width * scene.height
        var maps = [[UInt8]](repeating: Array(repeating: 99, count: count), count: encoders.count)
        try segmenter.segment(
            scene, scaling: .uint8(channels: 4),
            budget: segmenter.budget(for: scene, encoders: encoders), encoders: encoders,
            write: { encoder, pixels, window in
                for index in pixels.indices {
                    let (y, x) = index.quotientAndRemainder(dividingBy: window.width)
                    maps[encoder][(window.y + y) * scene.width + window.x + x] = pixels[index]
                }
            })
        return maps
    }

    private func engine(_ geometry: Geometry, skips: Bool) -> WinogradEngine {
        var engine = WinogradEngine(weights: StreamingEngineTests.weights(), geometry: geometry)
        engine.skips = skips
        return engine
    }

    private func expectSame(
        _ scene: SceneReader, _ geometry: Geometry, readOut: (any ReadOut)? = nil, note: String
    ) throws {
        func segmenter(skips: Bool, threads: Int, memory: Int = 1 << 30) -> SceneSegmenter {
            SceneSegmenter(
                engine: engine(geometry, skips: skips), readOut: readOut, threads: threads,
                memoryLimit: memory)
        }
        let expected = try bytes(segmenter(skips: false, threads: 1), scene)
        let (_, valid) = try scene.pixels()
        #expect(valid.indices.allSatisfy { (expected[0][$0] == 255) == (valid[$0] == 0) })
        let least = segmenter(skips: true, threads: 1)
            .leastMemory(for: scene, encoders: Self.encoders)
        for (threads, memory) in [(1, 1 << 30), (2, 1 << 30), (3, 1 << 30), (2, least)] {
            let found = try bytes(segmenter(skips: true, threads: threads, memory: memory), scene)
            #expect(found == expected, "\(note), \(threads) threads, \(memory) bytes")
        }
    }

    @Test(arguments: Pattern.allCases, Geometry.allCases)
    func `maps are the same bytes as where everything is computed`(
        pattern: Pattern, geometry: Geometry
    ) throws {
        let scene = try scene(pattern, width: 623, height: 641, seed: 1)
        try expectSame(scene, geometry, note: "\(pattern)")
    }

    @Test(arguments: [Pattern.islands, .pixels, .borders, .diagonal, .none])
    func `so are those of a refinement`(pattern: Pattern) throws {
        let scene = try scene(pattern, width: 623, height: 641, seed: 2)
        try expectSame(
            scene, .seamless, readOut: MixtureReadOut(Self.mixture), note: "\(pattern)")
    }

    @Test(arguments: 3..<9) func `islands and single pixels may lie anywhere`(seed: Int) throws {
        let (width, height) = (90 + 61 * seed, 520 - 47 * seed)
        for pattern in [Pattern.islands, .pixels] {
            let scene = try scene(pattern, width: width, height: height, seed: seed)
            try expectSame(scene, .seamless, note: "\(pattern) \(seed)")
        }
    }

    @Test func `a part of a scene gets the labels of the whole`() throws {
        let scene = try scene(.islands, width: 623, height: 641, seed: 1)
        let segmenter = SceneSegmenter(
            engine: engine(.seamless, skips: true), threads: 2, memoryLimit: 1 << 30)
        let all = try segmenter.labels(of: scene)
        let bounds = PixelWindow(x: 101, y: 77, width: 400, height: 333)
        let part = try segmenter.labels(of: scene, bounds: bounds)
        let expected = (0..<bounds.count).map {
            all[(bounds.y + $0 / bounds.width) * 623 + bounds.x + $0 % bounds.width]
        }
        #expect(part == expected)
    }
}
