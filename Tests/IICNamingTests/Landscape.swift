import IICInfer
import TestSupport

@testable import IICNaming

/// A scene of fields of four uses with noise, a model with random weights, and what is where.
struct Landscape {
    static let names = ["water", "forest", "crops", "town"]
    static let size = 300
    let folder: TemporaryFolder
    let path: String

    init(_ folder: TemporaryFolder, name: String = "land.tif", seed: Int = 0) throws {
        self.folder = folder
        path = try folder.scene(
            name, width: Self.size, height: Self.size, georeference: Self.place, nodata: 0
        ) { x, y, band -> UInt8 in
            if Self.isEmpty(x, y) { return 0 }
            let base: [[Int]] = [
                [30, 40, 60, 20], [40, 70, 40, 130], [120, 110, 70, 150], [140, 140, 140, 100],
            ]
            let noise = Int(noise(x + seed, y, band)) / 10
            return UInt8(clamping: base[Self.use(x, y)][band] + noise)
        }
    }

    static let place = Georeference(
        crs: "EPSG:32633", transform: [390_000, 10, 0, 5_820_000, 0, -10])

    static func use(_ x: Int, _ y: Int) -> Int { (x / 37 + y / 53 * 3) % 4 }
    static func isEmpty(_ x: Int, _ y: Int) -> Bool { x < 20 && y < 60 }

    static let model: ModelBundle = {
        var weights = ParameterBlock(
            atRest: Architecture(width: 1.0 / 16, overclusters: 8, classes: 4))
        func random(_ count: Int, _ seed: Int, spread: Float) -> [Float] {
            (0..<count).map { (Float(noise($0, seed, 5)) / 127.5 - 1) * spread }
        }
        for (index, layer) in weights.architecture.layers.enumerated() {
            let spread = (6 / Float(9 * layer.inputs)).squareRoot()
            weights[.convolution(index)] = random(
                9 * layer.inputs * layer.outputs, index, spread: spread)
        }
        for (head, seed) in [(Head.A, 41), (.B, 40)] {
            let tensor = NetworkTensor.head(head, 0)
            weights[tensor] = random(weights.layout[tensor].count, seed, spread: 1)
        }
        return ModelBundle(
            geometry: .seamless, bands: [.red, .green, .blue, .infrared],
            scaling: .uint8(channels: 4), legend: .unnamed(classes: 4), preset: "quick",
            softwareVersion: "0", weights: weights)
    }()

    func work(
        threads: Int = 2, memory: Int = 1 << 30, units: Int = 24, seed: UInt64 = 1
    ) throws -> NamingWork {
        var settings = SegmentSettings(threads: threads)
        settings.memoryLimit = memory
        let scenes = try NamingScenes([path], model: Self.model, settings: settings)
        return NamingWork(
            scenes, ground: try NamingGround(scenes, units: units, seed: seed), seed: seed)
    }

    static func truth(_ pixel: ScenePixel) -> String { names[use(pixel.x, pixel.y)] }
}
