import IICKernels

/// How sure the classes of a map are: a Cloud-Optimised GeoTIFF of two bands in whole per cent, 255
/// for no data. The first is the probability of the map's class, the second by how much it is above
/// that of the next class.
public struct ConfidenceMap: MapOutput {
    private static let format = CloudOptimisedFormat.percent(bands: 2)

    public let path: String

    public init(path: String) { self.path = path }

    public var kind: String { "confidence" }
    public var companions: [String] {
        [path + ".aux.xml"] + CloudOptimisedFile.companions(of: path)
    }
    public var settings: JSONValue { ["confidence": "B"] }
    public var labellings: [Labelling] { [.classes] }
    public var pixelBytes: Int { Self.format.pixelBytes }

    public func memoryBytes(width: Int, height: Int) -> Int { Self.format.memoryBytes }

    public func workspaceBytes(pixels: Int, architecture: Architecture) -> Int {
        ProbabilityMap.workspaceBytes(classes: architecture.classes)
    }

    public func diskBytes(width: Int, height: Int) -> Int {
        Self.format.diskBytes(width: width, height: height).sure
    }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let classes = row.classes(of: .classes)
        let valid = row.valid
        let values = Buffer<Float>(repeating: 0, count: ProbabilityMap.block * classes)
        for first in stride(from: 0, to: row.count, by: ProbabilityMap.block) {
            let block = first..<min(first + ProbabilityMap.block, row.count)
            do {
                var span = values.mutableSpan(0..<block.count * classes)
                row.probabilities(of: .classes, pixels: block, into: &span)
            }
            let shares = values.span()
            for pixel in block {
                guard valid[pixel] != 0 else {
                    pixels[2 * pixel] = Percent.nodata
                    pixels[2 * pixel + 1] = Percent.nodata
                    continue
                }
                var (greatest, second): (Float, Float) = (0, 0)
                let start = (pixel - first) * classes
                for k in start..<start + classes {
                    let share = shares[k]
                    if share > greatest {
                        (greatest, second) = (share, greatest)
                    } else if share > second {
                        second = share
                    }
                }
                pixels[2 * pixel] = Percent.rounded(greatest)
                pixels[2 * pixel + 1] = Percent.rounded(greatest - second)
            }
        }
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        try ValueMapProduct(
            of: self, frame: frame, format: Self.format,
            bands: ["Probability of the class, %", "Margin to the second class, %"])
    }
}
