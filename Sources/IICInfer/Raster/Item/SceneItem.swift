/// A scene that a STAC Item describes: the rasters of its assets, and what the item says of their
/// bands.
///
/// Its path is the item's own, a file or an address. Its bands are those of all assets of data, which
/// are counted from 1 in the order of the assets' names.
///
/// Sources: STAC 1.0.0 with the extensions eo 1.1.0 (`eo:bands`) and raster 1.1.0 (`raster:bands`);
/// STAC 1.1.0 (`bands`) with eo 2.0.0 and raster 2.0.0.
package struct SceneItem: Sendable {
    package let path: String
    let bands: [Band]
    /// When the scene was taken, as the item says.
    let time: SceneTime?
    /// What users should know of the item, as sentences.
    let notes: [String]

    /// No sensor has more.
    static let mostBands = 4096

    /// A band of an asset.
    struct Band: Hashable, Sendable {
        /// The asset's name.
        var asset: String
        var href: String
        /// In the asset's raster, from 1, and how many there are.
        var position: Int
        var count: Int
        /// As the item calls it: its common name (`nir08`), or its own (`B8A`).
        var title: String
        var role: BandRole?
        /// Whether it is a narrow one beside which there may be a wide one.
        var isNarrow = false
        /// In metres.
        var pixelSize: Double?
        /// How samples become values; nil where the item does not tell.
        var unit: BandUnit?
        var nodata: Double?
        /// GDAL's names in lower case: `uint16`.
        var dataType: String?
        /// Why it cannot be read, as the end of a sentence.
        var flaw: String?

        /// “red” (B04), of 10 m.
        var description: String {
            let size = pixelSize.map { ", \($0.formattedMetres) m" } ?? ""
            return "“\(title.shown)”" + (title == asset ? "" : " (\(asset.shown))") + size
        }
    }

    /// Nil for what is no item by its name or its text.
    ///
    /// - Throws: ``RasterError``, also for an address without an item.
    package init?(path: String) throws {
        guard let bytes = try ItemText.bytes(of: path) else { return nil }
        let isAddress = ItemText.isAddress(path)
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw RasterError.notARaster(
                path: path,
                reason: "it is no STAC Item, since its text is not JSON (\(error.description))"
                    + (isAddress ? "; a raster there is named as “/vsicurl/\(path)”" : ""))
        }
        guard document["type"]?.string == "Feature", document["stac_version"]?.string != nil,
            case .object(let assets)? = document["assets"]
        else {
            let type = document["type"]?.string
            let isCatalogue = type == "FeatureCollection" && document["features"]?.array != nil
            guard isAddress || document["stac_version"] != nil || isCatalogue else { return nil }
            if type == "Feature" {
                throw RasterError.notARaster(
                    path: path,
                    reason: document["stac_version"]?.string == nil
                        ? "it is no STAC Item, since it has no stac_version"
                        : "it is no STAC Item, since its assets are no object of named assets")
            }
            let kind = type.map { ", and its type is “\($0.shown)”: give one of its items" } ?? ""
            throw RasterError.notARaster(path: path, reason: "it is no STAC Item\(kind)")
        }
        self.path = path
        let properties = document["properties"] ?? .null
        // By bytes, as everywhere; JSON's own order says nothing.
        let names = assets.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var bands: [Band] = []
        for name in names {
            let members = assets[name] ?? .null
            bands += Asset(name: name, members: members, properties: properties)?.bands ?? []
            guard bands.count <= Self.mostBands else {
                throw RasterError.notARaster(
                    path: path, reason: "its assets list more than \(Self.mostBands) bands")
            }
        }
        self.bands = bands
        time = Self.time(in: properties)
        notes =
            Asset.hasAppliedOffsets(properties)
            ? ["“\(path)” says that its samples have their offset already: no offset is applied."]
            : []
    }

    private static func time(in properties: JSONValue) -> SceneTime? {
        let source = "STAC datetime"
        if let text = properties["datetime"]?.string {
            return SceneTime(parsing: text, source: source)
        }
        guard let start = properties["start_datetime"]?.string,
            let end = properties["end_datetime"]?.string
        else { return nil }
        return SceneTime(from: start, to: end, source: source)
    }

    /// The path by which GDAL opens a band's raster.
    ///
    /// - Throws: ``RasterError``
    func path(of band: Band) throws(RasterError) -> String {
        do throws(ItemReference.Refusal) {
            return try ItemReference.path(of: band.href, in: path)
        } catch {
            throw .notARaster(
                path: path,
                reason: "its asset “\(band.asset.shown)” names “\(band.href.shown)”, and "
                    + error.reason)
        }
    }

    /// The rasters of some bands, each once.
    ///
    /// - Parameter numbers: from 1; of all that the item tells the colours of, if it is nil.
    func rasters(of numbers: [Int]?) throws -> [String] {
        var known: Set<FileName> = []
        return try (numbers ?? coloured).filter { bands.indices.contains($0 - 1) }
            .map { try path(of: bands[$0 - 1]) }.filter { known.insert(FileName($0)).inserted }
    }

    /// Whether any of it lies on a server.
    var isRemote: Bool {
        ItemText.isAddress(path)
            || bands.contains { (try? path(of: $0)).map { RemoteFile.isRemote($0) } ?? false }
    }

    /// The name that a scene's outputs are called after: that of the item's file without its ending.
    ///
    /// - Returns: nil for what can be no item.
    package static func name(of path: String) -> String? {
        let name = (ItemText.isAddress(path) ? ItemText.place(of: path) : path).pathName
        for ending in [".geojson", ".json"] where FileName(name).hasEnding(ending) {
            return String(pathBytes: name.pathBytes.dropLast(ending.utf8.count))
        }
        return ItemText.isAddress(path) ? name : nil
    }
}

extension Double {
    /// Without decimals where there are none, otherwise with two.
    fileprivate var formattedMetres: String {
        let rounded = (self * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
    }
}
