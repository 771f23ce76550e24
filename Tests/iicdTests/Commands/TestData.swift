import Foundation
import IICInfer
import IICTrain
import TestSupport

/// A folder of small scenes and models that goes away with this value.
final class TestData {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder("maps"), withIntermediateDirectories: true)
    }

    func callAsFunction(_ name: String) -> String { folder(name) }

    /// All names in the folder of the maps, hidden ones too, but for a daemon's state.
    var maps: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path + "/maps")
                .filter { $0 != ".iicd" }.sorted()
        }
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: self(name))) }

    @discardableResult
    func write(_ data: Data, _ name: String) throws -> String {
        try data.write(to: URL(filePath: self(name)))
        return self(name)
    }

    /// A hash that looks like noise, 0…255.
    static func noise(_ x: Int, _ y: Int, _ z: Int) -> Int {
        Int(TestSupport.noise(x, y, z))
    }

    static let place = Georeference(transform: [4_000, 0.5, 0, 9_000, 0, -0.5])

    /// Patches of different colours with noise, and a corner without data.
    @discardableResult
    func scene<Sample: RasterSample & FixedWidthInteger>(
        _ name: String, _ type: Sample.Type, width: Int, height: Int, bands: Int = 4
    ) throws -> String {
        let roles = [BandRole.red, .green, .blue, .infrared].prefix(bands)
        let writer = try RasterWriter(
            path: self(name), width: width, height: height, bands: roles.map { .init(role: $0) },
            type: Sample.sampleType, georeference: Self.place, nodata: 0)
        var row = [Sample](repeating: 0, count: width * bands)
        for y in 0..<height {
            for x in 0..<width {
                for band in 0..<bands {
                    let patch = Self.noise(x / 23, y / 31, band)
                    let value = 1 + patch * 3 / 4 + Self.noise(x, y, 9 + band) / 5
                    row[x * bands + band] = x + y < 40 ? 0 : Sample(value)
                }
            }
            try writer.write(
                interleaved: row.span, window: PixelWindow(x: 0, y: y, width: width, height: 1))
        }
        try writer.finish()
        return self(name)
    }

    /// A mask as GDAL writes it, to lie beside a scene.
    func mask(_ name: String, width: Int, height: Int) throws {
        let plain = try scene("mask.tif", UInt8.self, width: width, height: height, bands: 1)
        try runTool(
            "gdal_translate",
            ["-q", "-of", "GTiff", "-mo", "INTERNAL_MASK_FLAGS_1=2", plain, self(name)])
    }

    /// A VRT of the four bands of a part that lies beside it, or anywhere.
    @discardableResult
    func vrt(
        _ name: String, of part: String, width: Int, height: Int, relative: Bool = true
    ) throws -> String {
        var text = "<VRTDataset rasterXSize=\"\(width)\" rasterYSize=\"\(height)\">"
        for (index, colour) in ["Red", "Green", "Blue", "Undefined"].enumerated() {
            text += """
                <VRTRasterBand dataType="Byte" band="\(index + 1)">
                <ColorInterp>\(colour)</ColorInterp><SimpleSource>
                <SourceFilename relativeToVRT="\(relative ? 1 : 0)">\(part)</SourceFilename>
                <SourceBand>\(index + 1)</SourceBand>
                <SourceProperties RasterXSize="\(width)" RasterYSize="\(height)" DataType="Byte"/>
                </SimpleSource></VRTRasterBand>
                """
        }
        return try write(Data((text + "</VRTDataset>").pathBytes), name)
    }

    /// A folder of .mat tiles, patches of different colours with noise, and their truth.
    @discardableResult
    func tiles(_ name: String, count: Int, height: Int, width: Int) throws -> String {
        for part in ["imgs", "gt"] {
            try FileManager.default.createDirectory(
                atPath: self("\(name)/\(part)"), withIntermediateDirectories: true)
        }
        for tile in 0..<count {
            var pixels: [UInt8] = []
            var labels: [Int32] = []
            for y in 0..<height {
                for x in 0..<width {
                    labels.append(Int32(Self.noise(x / 23, y / 17, tile) % 3))
                    for band in 0..<4 {
                        let tone = (Int(labels.last ?? 0) + band) % 3 * 70
                        pixels.append(UInt8(tone + Self.noise(x, y, 9 + band + 4 * tile) / 4))
                    }
                }
            }
            try MatFile.write(
                MatTile(height: height, width: width, channels: 4, pixels: pixels),
                to: self("\(name)/imgs/\(tile).mat"))
            try MatFile.write(
                MatLabels(height: height, width: width, labels: labels),
                to: self("\(name)/gt/\(tile).mat"))
        }
        return self(name)
    }

    /// A scene without any data.
    func emptyScene(_ name: String, width: Int, height: Int) throws -> String {
        let writer = try RasterWriter(
            path: self(name), width: width, height: height,
            bands: [.red, .green, .blue, .infrared].map { .init(role: $0) }, type: .uint8,
            nodata: 0)
        try writer.finish()
        return self(name)
    }

    /// A scene of which almost nothing is stored, for work that takes a while.
    func largeScene(_ name: String, side: Int) throws -> String {
        let writer = try RasterWriter(
            path: self(name), width: side, height: side,
            bands: [.red, .green, .blue, .infrared].map { .init(role: $0) }, type: .uint8)
        let pixel: [UInt8] = [1, 2, 3, 4]
        try writer.write(
            interleaved: pixel.span, window: PixelWindow(x: 0, y: 0, width: 1, height: 1))
        try writer.finish()
        return self(name)
    }

    /// A network of 1/16 width with random weights.
    ///
    /// - Parameter isRefined: whether it has a refinement as well, of five greys.
    func model(
        _ name: String = "model.safetensors", isRefined: Bool = false
    ) throws -> String {
        let architecture = Architecture(width: 1.0 / 16, overclusters: 9, classes: 5)
        let layout = ParameterLayout(architecture)
        var tensors: [String: [Float]] = [:]
        for (index, entry) in layout.entries.enumerated() {
            let inputs = entry.shape.dropFirst().reduce(1, *)
            let spread = (6 / Float(inputs)).squareRoot()
            tensors[entry.name] = (0..<entry.range.count).map { place in
                let random = Float(Self.noise(place, index, 77)) / 127.5 - 1
                return switch entry.tensor {
                case .runningVariance, .scale: 1
                case .runningMean, .shift: random / 4
                case .convolution: random * spread
                case .head: random * spread * 4
                }
            }
        }
        let model = ModelBundle(
            geometry: .seamless,
            bands: [.red, .green, .blue, .infrared], scaling: .uint8(channels: 4),
            legend: .unnamed(classes: 5), preset: "quick", softwareVersion: "0",
            weights: ParameterBlock(tensors: tensors, layout: layout),
            refinement: isRefined ? Self.refinement : nil)
        try model.write(to: self(name))
        return self(name)
    }

    private static let refinement = Mixture(
        means: (0..<5).flatMap { Array(repeating: 0.2 + 0.1 * Double($0), count: 8) },
        precisions: (0..<5).flatMap { _ in (0..<64).map { $0 / 8 == $0 % 8 ? 20 : 1 } },
        logShares: (0..<5).map { -Double($0) / 4 },
        logConfusion: (0..<25).map { $0 / 5 == $0 % 5 ? -0.2 : -3 }, weight: 1)

    /// The labels of a map, and which of them there are.
    func labels(
        _ name: String, _ window: PixelWindow? = nil
    ) throws -> (labels: [Int32], kinds: Set<Int32>) {
        let map = try LabelReader(path: self(name))
        let labels = try map.read(
            window ?? PixelWindow(x: 0, y: 0, width: map.width, height: map.height))
        return (labels, Set(labels))
    }
}
