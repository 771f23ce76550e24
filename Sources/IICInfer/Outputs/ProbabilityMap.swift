import IICKernels

/// The probabilities of all classes of a map: a Cloud-Optimised GeoTIFF with a band a class, in
/// whole per cent (255 for no data) or as 32-bit floats, 0…1 (NaN for no data).
public struct ProbabilityMap: MapOutput {
    /// Pixels whose probabilities are looked at together.
    static let block = 64

    /// How probabilities are stored.
    public enum Form: String, Sendable {
        case percent
        case floats
    }

    public let classes: Int
    public let form: Form
    public let path: String

    /// - Parameter classes: of the map; bands of the file.
    public init(classes: Int, form: Form, path: String) {
        precondition(classes > 0, "\(classes) classes")
        self.classes = classes
        self.form = form
        self.path = path
    }

    private var format: CloudOptimisedFormat {
        switch form {
        case .percent: .percent(bands: classes)
        case .floats: .floats(bands: classes)
        }
    }

    public var kind: String { "probabilities" }
    public var companions: [String] {
        [path + ".aux.xml"] + CloudOptimisedFile.companions(of: path)
    }
    public var settings: JSONValue { ["probabilities": "B", "form": .string(form.rawValue)] }
    public var labellings: [Labelling] { [.classes] }
    public var pixelBytes: Int { format.pixelBytes }

    public func memoryBytes(width: Int, height: Int) -> Int { format.memoryBytes }

    /// Bytes of the probabilities of a block.
    static func workspaceBytes(classes: Int) -> Int {
        block * classes * MemoryLayout<Float>.stride
    }

    public func workspaceBytes(pixels: Int, architecture: Architecture) -> Int {
        Self.workspaceBytes(classes: classes)
    }

    public func diskBytes(width: Int, height: Int) -> Int {
        format.diskBytes(width: width, height: height).sure
    }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        precondition(row.classes(of: .classes) == classes, "\(classes) classes")
        let valid = row.valid
        let values = Buffer<Float>(repeating: 0, count: Self.block * classes)
        for first in stride(from: 0, to: row.count, by: Self.block) {
            let block = first..<min(first + Self.block, row.count)
            do {
                var span = values.mutableSpan(0..<block.count * classes)
                row.probabilities(of: .classes, pixels: block, into: &span)
            }
            let shares = values.span()
            for pixel in block {
                let hasData = valid[pixel] != 0
                let (from, to) = ((pixel - first) * classes, pixel * classes)
                for k in 0..<classes {
                    switch form {
                    case .percent:
                        pixels[to + k] =
                            hasData ? Percent.rounded(shares[from + k]) : Percent.nodata
                    case .floats:
                        Self.store(hasData ? shares[from + k] : .nan, in: &pixels, at: to + k)
                    }
                }
            }
        }
    }

    /// Writes a number in the machine's own order of bytes, which is what GDAL takes.
    @inline(__always)
    private static func store(
        _ value: Float, in pixels: inout MutableSpan<UInt8>, at index: Int
    ) {
        let size = MemoryLayout<Float>.stride
        var bytes = unsafe pixels.mutableBytes
        bytes.storeBytes(of: value, toByteOffset: index * size, as: Float.self)
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        precondition(frame.legend.entries.count == classes, "\(classes) classes")
        // The file holds their names.
        return try ValueMapProduct(
            of: self, frame: frame, format: format, bands: frame.legend.entries.map(\.name),
            items: ["IICD_LEGEND_SHA256": frame.legend.hash])
    }
}
