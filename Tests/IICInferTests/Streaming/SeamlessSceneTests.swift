import IICInfer
import TestSupport
import Testing

@Suite struct SeamlessSceneTests {
    /// What maps are made with, and the reference that it is compared with.
    private static let engine = StreamingEngineTests.engine
    private static let plain = ReferenceEngine(
        weights: StreamingEngineTests.weights(), geometry: .seamless)

    @Test func `the map of a scene in tiles is that of the network on all of it`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.scene("a.tif", width: 230, height: 250, nodata: 0) { x, y, band in
            x + y < 30 ? 0 : max(1, noise(x / 17, y / 23, band) / 2 + noise(x, y, band) / 3)
        }
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let map = try SceneSegmenter(engine: Self.engine, threads: 2, memoryLimit: 1 << 30)
            .labels(of: scene)
        let (values, valid) = try scene.pixels()
        var image = values
        var output = [Float](repeating: 0, count: 230 * 250 * 6)
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
            var outputSpan = output.mutableSpan
            Self.plain.probabilities(
                of: image.span, height: 250, width: 230, head: .B, into: &outputSpan)
        }
        var different = 0
        for pixel in map.indices {
            let scores = (0..<6).map { output[pixel * 6 + $0] }
            let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            let expected = valid[pixel] == 0 ? 255 : UInt8(best)
            if map[pixel] != expected { different += 1 }
        }
        #expect(Set(map).count > 3)
        // Sums of products in blocks of another size differ in their last bits, so ties do.
        #expect(different <= map.count / 2000, "\(different) of \(map.count) pixels")
    }
}
