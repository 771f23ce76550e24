import Foundation
import IICInfer
import TestSupport
import Testing

@testable import IICTrain

/// Bands that tell nothing are known before a training begins, and in its model's data.
@Suite struct ConstantBandTests {
    private let files: TemporaryFolder

    init() throws { files = try TemporaryFolder() }

    /// A scene with noise in all bands but some.
    private func scene<Sample: RasterSample & FixedWidthInteger>(
        _: Sample.Type, constant: [Int: Sample]
    ) throws -> SceneSource {
        let writer = try RasterWriter(
            path: files("a.tif"), width: 64, height: 64,
            bands: trainingRoles.map { .init(role: $0) }, type: Sample.sampleType, nodata: 0)
        let pixels: [Sample] = (0..<64 * 64 * 4).map { index in
            // A corner without data, whose zeros are no value.
            if index < 400 { return 0 }
            let noise = 1 + index * 31 % 97
            return constant[index % 4] ?? Sample(noise)
        }
        try writer.write(
            interleaved: pixels.span, window: PixelWindow(x: 0, y: 0, width: 64, height: 64))
        try writer.finish()
        return try SceneSource(
            paths: [files("a.tif")], bands: nil, crop: 32, batch: 4, seed: 1)
    }

    @Test func `a scene's constant bands are found`() throws {
        #expect(try ConstantBand.all(of: scene(UInt8.self, constant: [:])).isEmpty)
        #expect(
            try ConstantBand.all(of: scene(UInt8.self, constant: [3: 7]))
                == [ConstantBand(role: .infrared, value: 7)])
        let all = try ConstantBand.all(
            of: scene(UInt16.self, constant: [0: 900, 1: 900, 2: 3, 3: 1]))
        #expect(all.map(\.role) == trainingRoles && all.map(\.value) == [900, 900, 3, 1])
    }

    @Test func `a folder's constant bands are found`() throws {
        try FileManager.default.createDirectory(
            atPath: files("imgs"), withIntermediateDirectories: true)
        for tile in 0..<2 {
            let pixels = (0..<20 * 20 * 4).map { (place: Int) -> UInt8 in
                place % 4 == 1 ? 9 : UInt8(place * 7 % 251)
            }
            try MatFile.write(
                MatTile(height: 20, width: 20, channels: 4, pixels: pixels),
                to: files("imgs/\(tile).mat"))
        }
        let source = try TileSource(folder: MatFolder(path: files.path), crop: 16)
        #expect(ConstantBand.all(of: source) == [ConstantBand(role: .green, value: 9)])
    }

    @Test func `they are in the data's summary, and make no other data of it`() {
        let summary: JSONValue = ["kind": "tiles", "tiles": 2]
        #expect(summary.adding([]) == summary)
        let bands = [ConstantBand(role: .green, value: 9), .init(role: .infrared, value: 0.5)]
        let named = summary.adding(bands)
        #expect(named["constantBands"]?["green"]?.number == 9)
        #expect(named["constantBands"]?["infrared"]?.number == 0.5)
        #expect(named.withoutConstantBands == summary)
    }
}
