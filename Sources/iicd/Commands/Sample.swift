import ArgumentParser
import Foundation
import IICInfer
import IICTrain

struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a synthetic scene with known truth.",
        discussion: """
            Writes scene.tif (red, green, blue, infrared), truth.tif (six classes), and the same \
            as 200 × 200 tiles: tiles/imgs/N.mat and tiles/gt/N.mat. The same size and seed give \
            the same scene.

            EXAMPLES
              iicd sample demo
              iicd sample demo --size 2000 --seed 7
              iicd sample demo --dtype uint16
            """)

    enum PixelType: String, ExpressibleByArgument, CaseIterable {
        case uint8, uint16
    }

    @Argument(help: "The folder to write to; created if missing.") var folder: String

    @Option(help: "Pixels a side, \(SampleScene.minimumSize) or more.") var size = 1000

    @Option(help: "Another seed makes another scene.") var seed: UInt64 = 1

    @Option(help: "Pixel type of scene.tif: uint8 or uint16.")
    var dtype = PixelType.uint8

    func validate() throws {
        guard size >= SampleScene.minimumSize, size <= SampleScene.maximumSize else {
            throw ValidationError(
                "--size must lie between \(SampleScene.minimumSize) and "
                    + "\(SampleScene.maximumSize), not \(size).")
        }
    }

    func run() throws {
        let writer = SampleWriter(
            scene: SampleScene(size: size, seed: seed), folder: folder,
            type: dtype == .uint8 ? .uint8 : .uint16)
        let summary = try writer.write()
        print("\(summary.scene)  \(size) × \(size) pixels, 4 bands, \(dtype.rawValue)")
        let shares = SampleClass.allCases.map { kind in
            "\(kind.name) \(Int((summary.shares[Int(kind.rawValue)] * 100).rounded())) %"
        }
        print("\(summary.truth)  \(shares.joined(separator: ", "))")
        if let tiles = summary.tiles { print("\(tiles)  \(summary.tileCount) tiles with truth") }
    }
}
