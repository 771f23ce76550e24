/// A STAC Item that describes the map and the outputs that are made before it, for catalogues.
///
/// It holds hashes and sizes of their files, so it comes after them.
public struct STACItem: MapOutput {
    public let path: String

    public init(path: String) { self.path = path }

    public var kind: String { "item" }
    public var settings: JSONValue { ["item": "B"] }
    /// It tells the classes' shares, so all that they depend on is in its settings' hash.
    public var labellings: [Labelling] { [.classes] }
    public var pixelBytes: Int { 0 }
    public var showsCleanUp: Bool { true }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {}

    /// A part of a file that is hashed, twice.
    public func memoryBytes(width: Int, height: Int) -> Int { 2 << 20 }

    public func diskBytes(width: Int, height: Int) -> Int { 0 }

    public func check(_ architecture: Architecture) throws {
        try LabelMap(.classes, path: path).check(architecture)
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        let path = path
        return try TextProduct(
            of: self, mediaType: "application/geo+json"
        ) { provenance, others, isCancelled in
            let document = STACDocument(frame: frame, provenance: provenance, path: path)
            return try document.item(of: others, isCancelled: isCancelled).text + "\n"
        }
    }

    /// From the item's properties.
    public var provenance: MapProvenance? {
        let properties = properties
        return MapProvenance { properties?[STACDocument.property($0)]?.string }
    }

    public var legendHash: String? {
        properties?[STACDocument.property("IICD_LEGEND_SHA256")]?.string
    }

    private var properties: JSONValue? {
        guard let file = try? InputFile(path), let bytes = try? file.read(upTo: 1 << 22, at: 0)
        else { return nil }
        return (try? JSONValue(parsing: bytes))?["properties"]
    }
}
