import Foundation
import IICInfer
import Testing

@testable import IICTrain

/// Crops from tiles and from scenes.
@Suite struct SourceTests {
    private let path = FileManager.default.temporaryDirectory.path + "/iicd-\(UUID().uuidString)"

    private func tiles(_ count: Int, side: Int, others: Int? = nil) throws -> MatFolder {
        try FileManager.default.createDirectory(
            atPath: path + "/imgs", withIntermediateDirectories: true)
        for number in 0..<count {
            let side = number == 0 ? side : others ?? side
            let pixels = (0..<side * side * 4).map { UInt8(($0 * 31 + number * 7) % 251 + 1) }
            try MatFile.write(
                MatTile(height: side, width: side, channels: 4, pixels: pixels),
                to: "\(path)/imgs/\(number).mat")
        }
        return try MatFolder(path: path)
    }

    private func crops(_ source: TileSource, _ passes: Int) throws -> [[Float]] {
        var random = SplitMix64(seed: 5)
        return try (0..<passes * source.count).map { index in
            try source.crop(index * 3 % source.count, size: 16, random: &random).values
        }
    }

    @Test func `crops do not depend on what may be kept of the tiles`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try tiles(5, side: 20)
        let expected = try crops(TileSource(folder: folder, crop: 16), 3)
        for bytes in [0, 1599, 1600, 4000, 8000, 1 << 20] {
            let source = try TileSource(folder: folder, crop: 16)
            #expect(source.byteCount == 5 * 1600)
            source.allowCache(bytes: bytes)
            #expect(try crops(source, 3) == expected)
        }
        // With a room for all, the files are read once.
        let source = try TileSource(folder: folder, crop: 16)
        source.allowCache(bytes: 8000)
        _ = try crops(source, 1)
        try FileManager.default.removeItem(atPath: path + "/imgs")
        #expect(try crops(source, 1).count == 5)
        source.allowCache(bytes: 0)
    }

    @Test func `a tile without infrared, or with one band only, is refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try tiles(1, side: 20)
        for (channels, words) in [(1, "has 1 band, but"), (3, "has 3 bands, but")] {
            try MatFile.write(
                MatTile(
                    height: 20, width: 20, channels: channels,
                    pixels: Array(repeating: 7, count: 400 * channels)),
                to: folder.tiles[0].imagePath)
            let error = #expect(throws: TrainingError.self) {
                try TileSource(folder: folder, crop: 16)
            }
            #expect(error?.description.contains(words) == true)
        }
    }

    @Test func `a tile smaller than a crop lies in the middle of it, the rest invalid`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let source = try TileSource(folder: tiles(1, side: 20), crop: 16)
        var random = SplitMix64(seed: 1)
        let patch = try source.crop(0, size: 26, random: &random)
        for y in 0..<26 {
            for x in 0..<26 {
                let isInside = (3..<23).contains(x) && (3..<23).contains(y)
                #expect(patch.valid[y * 26 + x] == (isInside ? 1 : 0))
                let value = patch.values[(y * 26 + x) * 4 + 2]
                let expected = ((y - 3) * 20 + x - 3) * 4 + 2
                #expect(value == (isInside ? Float(expected * 31 % 251 + 1) / 255 : 0))
            }
        }
    }

    @Test func `a large folder opens some tiles at first, and tells of another when it comes`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try tiles(129, side: 20)
        try MatFile.write(
            MatTile(height: 15, width: 15, channels: 4, pixels: .init(repeating: 7, count: 900)),
            to: path + "/imgs/128.mat")
        let folder = try MatFolder(path: path)
        let source = try TileSource(folder: folder, crop: 16)
        var random = SplitMix64(seed: 1)
        let error = #expect(throws: TrainingError.self) {
            try source.crop(128, size: 16, random: &random)
        }
        #expect(error?.description.contains("imgs/128.mat” is 15 × 15 pixels") == true)
        try Data("MATLAB 5.0".utf8).write(to: URL(filePath: path + "/imgs/0.mat"))
        #expect(throws: MatError.self) { try TileSource(folder: folder, crop: 16) }
    }

    @Test func `the quantiles of a folder are those of its tiles' pixels`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try tiles(5, side: 20)
        let source = try TileSource(folder: folder, crop: 16)
        let quantiles = try #require(source.quantiles)
        for band in 0..<4 {
            let values = try folder.tiles.flatMap { tile in
                let pixels = try MatFile.tile(at: tile.imagePath).pixels
                return stride(from: band, to: pixels.count, by: 4).map { Float(pixels[$0]) }
            }.sorted()
            let expected = quantiles.probabilities.map {
                values[Int(($0 * Double(values.count - 1)).rounded())]
            }
            #expect(quantiles.bands[band] == expected)
        }
    }

    @Test func `scenes of one seed have one sample, near the quantiles of all`() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let scene = path + "/scene.tif"
        let writer = try RasterWriter(
            path: scene, width: 100, height: 100,
            bands: trainingRoles.map { .init(role: $0) }, type: .uint8, nodata: 0)
        for y in 0..<100 {
            let row = (0..<400).map { y < 5 ? 0 : UInt8(($0 / 4 * 31 + y * 7) % 200 + 10) }
            try writer.write(
                interleaved: row.span, window: PixelWindow(x: 0, y: y, width: 100, height: 1))
        }
        try writer.finish()
        func quantiles(seed: UInt64) throws -> BandQuantiles? {
            try SceneSource(paths: [scene], bands: nil, crop: 32, batch: 4, seed: seed).quantiles
        }
        let first = try #require(try quantiles(seed: 1))
        #expect(try quantiles(seed: 1) == first)
        #expect(try quantiles(seed: 2) != first)
        for band in first.bands {
            #expect(band.first == 10 && band.last == 209)
            for (probability, value) in zip(first.probabilities, band) {
                let expected = 10 + 199 * Float(probability)
                #expect(abs(value - expected) < 5, "\(probability)")
            }
        }
    }

    @Test(arguments: [(64, 4, 4), (100, 4, 8), (64, 1, 4), (64, 7, 7), (256, 12, 60)])
    func `an epoch of scenes has whole batches`(_ side: Int, _ batch: Int, _ count: Int) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let scene = path + "/scene.tif"
        let writer = try RasterWriter(
            path: scene, width: side, height: side,
            bands: trainingRoles.map { .init(role: $0) }, type: .uint8)
        let row = [UInt8](repeating: 9, count: side * 4)
        for y in 0..<side {
            try writer.write(
                interleaved: row.span, window: PixelWindow(x: 0, y: y, width: side, height: 1))
        }
        try writer.finish()
        let source = try SceneSource(
            paths: [scene], bands: nil, crop: 32, batch: batch, seed: 1)
        #expect(source.count == count)
        #expect(source.byteCount == side * side * 4)
    }
}
