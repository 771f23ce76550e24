import IICInfer
import TestSupport
import Testing

@Suite struct SceneQuantilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The sorted valid values of a band.
    private func sorted(_ scene: SceneReader, band: Int) throws -> [Float] {
        let (values, valid) = try scene.pixels()
        return valid.indices.filter { valid[$0] == 1 }.map { values[$0 * 4 + band] }.sorted()
    }

    private func expectExact(_ path: String) throws {
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let quantiles = try #require(try BandQuantiles(of: scene))
        #expect(quantiles.probabilities == BandQuantiles.usual)
        for band in 0..<4 {
            let values = try sorted(scene, band: band)
            let last = Double(values.count - 1)
            let expected = quantiles.probabilities.map { values[Int(($0 * last).rounded())] }
            #expect(quantiles.bands[band] == expected)
        }
    }

    @Test func `those of whole numbers are exact, without nodata`() throws {
        try expectExact(
            folder.scene("a.tif", width: 300, height: 231, nodata: 7) { x, y, c in
                x + y < 90 ? 7 : noise(x, y, c)
            })
        try expectExact(
            folder.scene("b.tif", width: 300, height: 231) { x, y, c in
                UInt16(noise(x, y, c)) * 257
            })
        try expectExact(
            folder.scene("c.tif", width: 300, height: 231) { x, y, c in
                Int16(truncatingIfNeeded: Int(noise(x, y, c)) * 256 - 32_768)
            })
    }

    @Test func `those of other numbers are a 10,000th too low at most`() throws {
        let path = try folder.scene("f.tif", width: 300, height: 231) { x, y, c in
            y == 5 ? Float.nan : Float(noise(x, y, c)) * 3.7 - 300 + Float(x) / 1000
        }
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let quantiles = try #require(try BandQuantiles(of: scene))
        for band in 0..<4 {
            let values = try sorted(scene, band: band)
            let last = Double(values.count - 1)
            for (probability, found) in zip(quantiles.probabilities, quantiles.bands[band]) {
                let exact = values[Int((probability * last).rounded())]
                #expect(found <= exact && found >= exact - abs(exact) * 1e-4)
            }
        }
    }

    @Test func `a band with a scale has quantiles in its units`() throws {
        let plain = try folder.scene("p.tif", width: 64, height: 64) { x, y, c in
            UInt16(x * 64 + y + c)
        }
        let path = try folder.translate(
            plain, "scaled.tif", "-a_scale", "0.25", "-a_offset", "-100")
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        let quantiles = try #require(try BandQuantiles(of: scene))
        #expect(abs((quantiles.bands[1].first ?? 0) + 99.75) < 0.01)
        #expect(abs((quantiles.bands[1].last ?? 0) - 924) < 0.1)
    }

    @Test func `a scene without valid pixels has none`() throws {
        for path in [
            try folder.scene("u.tif", width: 40, height: 40, nodata: 7) { _, _, _ in UInt8(7) },
            try folder.scene("f.tif", width: 40, height: 40) { _, _, _ in Float.nan },
        ] {
            let scene = try SceneReader(path: path, roles: rgbInfrared)
            #expect(try BandQuantiles(of: scene) == nil)
        }
    }

    @Test(arguments: [SampleType.uint8, .float32])
    func `cancelling ends them, and the progress comes to its end`(type: SampleType) throws {
        let path =
            type == .uint8
            ? try folder.scene("u.tif", width: 300, height: 300) { noise($0, $1, $2) }
            : try folder.scene("f.tif", width: 300, height: 300) { Float(noise($0, $1, $2)) }
        let scene = try SceneReader(path: path, roles: rgbInfrared)
        var seen: [Int] = []
        var total = 0
        _ = try BandQuantiles(of: scene) {
            seen.append($0)
            total = $1
        }
        #expect(seen == Array(1...total))
        #expect(throws: Interrupted.self) { try BandQuantiles(of: scene, isCancelled: { true }) }
    }
}
