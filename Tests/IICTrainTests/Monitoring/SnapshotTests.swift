import Foundation
import IICInfer
import IICTrain
import Testing

@Suite struct SnapshotTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "iicd-snapshot-\(UUID().uuidString)"
        for part in ["imgs", "gt"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
        }
    }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: Int, height: Int = 40, width: Int = 50, truth: Int32? = nil) throws {
        let pixels = (0..<height * width * 4).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ name) }
        try MatFile.write(
            MatTile(height: height, width: width, channels: 4, pixels: pixels),
            to: "\(folder)/imgs/\(name).mat")
        guard let truth else { return }
        let labels = (0..<height * width).map { $0 % 7 == 0 ? -1 : truth }
        try MatFile.write(
            MatLabels(height: height, width: width, labels: labels), to: "\(folder)/gt/\(name).mat")
    }

    private func monitored() throws -> MonitoringTiles {
        try MonitoringTiles(folder: MatFolder(path: folder))
    }

    /// Three tiles of noise without truth; none if they are less than 16 pixels high.
    static func tiles(height: Int = 40) throws -> MonitoringTiles {
        let suite = try SnapshotTests()
        defer { suite.remove() }
        for name in 0..<3 { try suite.write(name, height: height) }
        return try suite.monitored()
    }

    @Test func `tiles are spread over the folder, those with truth if any has`() throws {
        defer { remove() }
        for name in 0..<40 { try write(name) }
        #expect(
            try monitored().tiles.map(\.name).prefix(4) == ["tile 0", "tile 2", "tile 5", "tile 7"])
        #expect(try monitored().tiles.count == 16 && !monitored().hasTruth)
        for name in [3, 9] { try write(name, truth: 4) }
        #expect(try monitored().tiles.map(\.name) == ["tile 3", "tile 9"])
        #expect(try monitored().trueClasses == 5)
    }

    @Test func `a large tile is cut to its middle, pixels and truth alike`() throws {
        defer { remove() }
        try write(0, height: 210, width: 300, truth: 1)
        let tile = try #require(try monitored().tiles.first)
        #expect(tile.height == 200 && tile.width == 200)
        let first = 5 * 300 + 50
        #expect(tile.values[0] == Float(UInt8(truncatingIfNeeded: first * 4 &* 37)) / 255)
        #expect(tile.truth?[0] == (first % 7 == 0 ? -1 : 1))
        #expect(tile.truth?[300] == ((first + 300 + 100) % 7 == 0 ? -1 : 1))
    }

    @Test func `labels are those of the reference engine, and are counted against the truth`()
        throws
    {
        defer { remove() }
        for name in 0..<3 { try write(name, truth: Int32(name)) }
        let tiles = try monitored()
        let model = try TrainerTests.trainer().bundle(checkpoint: false)
        let found = Snapshot(of: tiles, model: model, threads: 2, memory: 1 << 30)
        #expect(Snapshot(of: tiles, model: model, threads: 1, memory: 1).labels == found.labels)
        let plain = ReferenceEngine(
            weights: model.weights, geometry: model.geometry)
        var counts = [0, 0, 0]
        var right = 0
        for (tile, labels) in zip(tiles.tiles, found.labels) {
            var output = [Float](repeating: 0, count: labels.count * 3)
            var span = output.mutableSpan
            plain.probabilities(
                of: tile.values.span, height: 40, width: 50, head: .B, into: &span)
            let best = labels.indices.map { pixel -> Int in
                (0..<3).max { output[pixel * 3 + $0] < output[pixel * 3 + $1] } ?? 0
            }
            // Rounding may decide where two classes are equally probable.
            #expect(zip(best, labels).count { $0 != Int($1) } <= labels.count / 500)
            for label in labels { counts[Int(label)] += 1 }
            right += labels.count
        }
        #expect(found.shares == counts.map { Double($0) / Double(right) })
        let matrix = try #require(found.matrix)
        #expect(matrix.ignored == 3 * 286 && matrix.total == 3 * (2000 - 286))
    }

    /// Two overclusters that are one in a byte, and the labels from the engine's probabilities.
    @Test func `overclusters beyond 255 are not taken for others`() throws {
        var settings = TrainerTests.settings()
        settings.overclusters = 300
        var model = try TrainerTests.trainer(settings, memory: 2 << 30)
            .bundle(checkpoint: false)
        // 0 where the first feature is greater than the second, 256 where it is less; the head's
        // weights are (features, 300).
        var head = model.weights[.head(.A, 0)].map { _ in Float(0) }
        (head[0], head[300]) = (1, -1)
        (head[256], head[300 + 256]) = (-1, 1)
        model.weights[.head(.A, 0)] = head
        let tiles = try Self.tiles()
        let engine = WinogradEngine(
            weights: model.weights,
            geometry: model.geometry)
        func labels(_ tile: MonitoringTiles.Tile, _ head: Head) -> [Int32] {
            let classes = engine.classes(of: head)
            var output = [Float](repeating: 0, count: tile.valid.count * classes)
            var span = output.mutableSpan
            engine.probabilities(
                of: tile.values.span, height: tile.height, width: tile.width, head: head,
                into: &span)
            return tile.valid.indices.map { pixel in
                let row = output[pixel * classes..<(pixel + 1) * classes]
                return Int32((row.firstIndex(of: row.max() ?? 0) ?? 0) - row.startIndex)
            }
        }
        var matrix = ConfusionMatrix(predictedClasses: 3, trueClasses: 300)
        var kinds: Set<Int32> = []
        for tile in tiles.tiles {
            for (label, other) in zip(labels(tile, .B), labels(tile, .A)) {
                matrix.add(predicted: label, truth: other)
                kinds.insert(other)
            }
        }
        try #require(kinds.isSuperset(of: [0, 256]) && matrix.mutualInformation > 1e-3)
        let found = Snapshot(of: tiles, model: model, threads: 2, memory: 1 << 30)
        #expect(abs(found.evidence.heads - matrix.mutualInformation) < 1e-12)
    }

    @Test func `evidence is what two labellings tell of each other`() throws {
        let found = Snapshot(
            of: try Self.tiles(), model: try TrainerTests.trainer().bundle(checkpoint: false),
            threads: 2,
            memory: 1 << 30)
        let entropy = found.shares.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
        #expect(found.evidence.views > 0 && found.evidence.views < entropy)
        #expect(found.evidence.heads > 0 && found.evidence.heads <= entropy)
        #expect(abs(found.evidence.entropy - entropy) < 1e-12)
        #expect(Snapshot.Evidence(views: 1, heads: 1.5, entropy: 2).agreement == 0.5)
    }
}
