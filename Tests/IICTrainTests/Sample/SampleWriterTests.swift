import Foundation
import IICInfer
import Testing

import IICTrain

@Suite struct SampleWriterTests {
    @Test(arguments: [SampleWriter.PixelType.uint8, .uint16])
    func `files, tiles and truth agree`(type: SampleWriter.PixelType) throws {
        try withFolder { folder in
            let scene = SampleScene(size: 450, seed: 2)
            let summary = try SampleWriter(scene: scene, folder: folder, type: type).write()
            #expect(summary.tileCount == 4)
            #expect(abs(summary.shares.reduce(0, +) - 1) < 1e-9)
            let reader = try SceneReader(
                path: summary.scene, roles: [.red, .green, .blue, .infrared])
            #expect(reader.sampleType == (type == .uint8 ? .uint8 : .uint16))
            #expect(reader.georeference.crs?.contains("UTM zone 33N") == true)
            #expect(reader.width == 450 && reader.height == 450)
            let truth = try LabelReader(path: summary.truth)
            #expect(truth.categories == SampleClass.allCases.map(\.name))
            // Tile 3 is the lower right one of the 2 × 2 whole tiles.
            let window = PixelWindow(x: 200, y: 200, width: 200, height: 200)
            let tile = try MatFile.tile(at: "\(folder)/tiles/imgs/3.mat")
            let labels = try MatFile.labels(at: "\(folder)/tiles/gt/3.mat")
            #expect(tile.channels == 4 && tile.height == 200 && tile.width == 200)
            #expect(try truth.read(window) == labels.labels)
            if type == .uint8 {
                var values = [Float](repeating: 0, count: window.count * 4)
                var valid = [UInt8](repeating: 0, count: window.count)
                var valuesSpan = values.mutableSpan
                var validSpan = valid.mutableSpan
                try reader.read(window, into: &valuesSpan, valid: &validSpan)
                #expect(values == tile.pixels.map(Float.init))
                #expect(valid.allSatisfy { $0 == 1 })
            }
        }
    }

    @Test func `a folder that cannot be made is refused`() throws {
        try withFolder { folder in
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/file"))
            #expect {
                try SampleWriter(scene: SampleScene(size: 64, seed: 1), folder: "\(folder)/file")
                    .write()
            } throws: { error in
                (error as? AtomicFileError)?.exitStatus == .cannotWrite
            }
        }
    }

    @Test func `what ends early leaves nothing of its own`() throws {
        struct Stop: Error {}
        try withFolder { folder in
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/mine"))
            for place in [folder, "\(folder)/new/one"] {
                let writer = SampleWriter(scene: SampleScene(size: 410, seed: 1), folder: place)
                #expect(throws: Stop.self) { try writer.write { if $0 == 410 { throw Stop() } } }
                #expect(try FileManager.default.subpathsOfDirectory(atPath: folder) == ["mine"])
            }
            // The truth is finished before the scene, whose name someone takes meanwhile.
            let writer = SampleWriter(scene: SampleScene(size: 210, seed: 1), folder: folder)
            #expect(throws: AtomicFileError.self) {
                try writer.write { _ in
                    try FileManager.default.createDirectory(
                        atPath: "\(folder)/scene.tif", withIntermediateDirectories: true)
                }
            }
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
                    == ["mine", "scene.tif"])
        }
    }

    @Test func `tiles of a larger scene are not mixed with these`() throws {
        try withFolder { folder in
            _ = try SampleWriter(scene: SampleScene(size: 400, seed: 1), folder: folder).write()
            #expect(throws: AtomicFileError.self) {
                try SampleWriter(scene: SampleScene(size: 200, seed: 1), folder: folder).write()
            }
        }
    }
}

/// Calls `body` with a new folder that is gone afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "iicd-tests-\(UUID().uuidString)"
    ).path
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
