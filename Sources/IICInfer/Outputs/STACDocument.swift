/// What a STAC Item says of a map and of what is made beside it.
///
/// Sources: the STAC specification 1.0.0 and its extensions classification 2.0.0, file 2.1.0,
/// projection 2.0.0 and raster 1.1.0.
struct STACDocument {
    let frame: MapFrame
    let provenance: MapProvenance
    /// Where the item will be; assets are named from there.
    let path: String

    private static let extensions = [
        "classification/v2.0.0", "file/v2.1.0", "projection/v2.0.0", "raster/v1.1.0",
    ]

    /// When a scene was taken that does not say so. STAC demands dates; these are before any
    /// photograph and after any scene, and still fit programs that count nanoseconds in 64 bits.
    static let unknownTime = ("1800-01-01T00:00:00Z", "2199-12-31T23:59:59Z")

    /// An item of a map's metadata as a property: `IICD_SCENE_SHA256` is `iicd:scene_sha256`.
    static func property(_ item: String) -> String {
        "iicd:" + item.dropFirst("IICD_".count).lowercased()
    }

    /// - Parameter others: finished outputs, which become assets.
    /// - Throws: ``AtomicFileError`` if a file cannot be hashed, or ``Interrupted``.
    func item(of others: [FinishedOutput], isCancelled: () -> Bool) throws -> JSONValue {
        var assets: [String: JSONValue] = [:]
        for output in others {
            for file in output.files {
                // GDAL's sidecar holds the attribute table.
                let isTable = file.path.hasSuffix(".aux.xml")
                let key = output.summary.kind + (isTable ? "-table" : "")
                assets[key] = try asset(
                    file, of: isTable ? nil : output.summary, isCancelled: isCancelled)
            }
        }
        let map = others.first { $0.summary.kind == "map" }?.summary.path ?? path
        var item: [String: JSONValue] = [
            "type": "Feature", "stac_version": "1.0.0",
            "stac_extensions": .array(
                Self.extensions.map {
                    .string("https://stac-extensions.github.io/\($0)/schema.json")
                }),
            "id": .string(Self.stem(map)), "geometry": .null, "links": .array(links),
            "assets": .object(assets), "properties": .object(properties),
        ]
        let place = Footprint(of: frame.georeference, width: frame.width, height: frame.height)
        if let place {
            item["bbox"] = .array(place.box.map(JSONValue.number))
            item["geometry"] = [
                "type": "Polygon",
                "coordinates": [
                    .array(place.ring.map { .array($0.map(JSONValue.number)) })
                ],
            ]
        }
        return .object(item)
    }

    /// To the item of the scene, without what may be secret behind a question mark.
    private var links: [JSONValue] {
        guard let scene = frame.sceneItem else { return [] }
        let isAddress = ItemText.isAddress(scene)
        return [
            [
                "rel": "derived_from", "type": "application/geo+json",
                "href": .string(
                    isAddress
                        ? ItemText.place(of: scene) : RelativeReference.from(path, to: scene)),
            ]
        ]
    }

    private var properties: [String: JSONValue] {
        var result: [String: JSONValue] = [
            "proj:code": frame.georeference.crsCode.map(JSONValue.string) ?? .null,
            "proj:shape": [.integer(frame.height), .integer(frame.width)],
        ]
        if let crs = frame.georeference.crs { result["proj:wkt2"] = .string(crs) }
        if let t = frame.georeference.transform {
            result["proj:transform"] = .array(
                [t[1], t[2], t[0], t[4], t[5], t[3]].map(JSONValue.number))
            let (width, height) = (Double(frame.width), Double(frame.height))
            let corners: [(Double, Double)] = [
                (0, 0), (width, 0), (0, height), (width, height),
            ]
            let x = corners.map { t[0] + $0.0 * t[1] + $0.1 * t[2] }
            let y = corners.map { t[3] + $0.0 * t[4] + $0.1 * t[5] }
            result["proj:bbox"] = .array(
                [x.min(), y.min(), x.max(), y.max()].compactMap(\.self).map(JSONValue.number))
        }
        let (start, end) = frame.sceneTime.map { ($0.start, $0.end) } ?? Self.unknownTime
        result["datetime"] = start == end ? .string(start) : .null
        if start != end {
            result["start_datetime"] = .string(start)
            result["end_datetime"] = .string(end)
        }
        result["iicd:datetime_source"] = .string(frame.sceneTime?.source ?? "unknown")
        for (name, value) in provenance.items {
            result[Self.property(name)] = .string(value)
        }
        result["iicd:legend_sha256"] = .string(frame.legend.hash)
        return result
    }

    /// - Parameter summary: nil for a file that goes along with the output's own.
    private func asset(
        _ file: FinishedFile, of summary: OutputSummary?, isCancelled: () -> Bool
    ) throws -> JSONValue {
        var result: [String: JSONValue] = [
            "href": .string(RelativeReference.from(path, to: file.path)),
            "type": .string(file.mediaType), "roles": [.string(file.role)],
        ]
        do {
            let hash = try SceneHash.sha256(file: file.temporaryPath, isCancelled: isCancelled)
            // Multihash: SHA-256 is function 0x12, and 0x20 bytes follow.
            result["file:checksum"] = .string("1220" + hash)
            result["file:size"] = .integer(try InputFile(file.temporaryPath).size)
        } catch let error as FileError {
            throw AtomicFileError(
                path: file.path, reason: "it cannot be read again (\(error.why))")
        }
        if let summary, let classes = summary.classes {
            let legend = summary.kind == "map" ? frame.legend : nil
            result["classification:classes"] = .array(
                STACClasses.list(classes, nodata: summary.nodata ?? 0, legend: legend))
            result["raster:bands"] = [band]
        }
        return .object(result)
    }

    /// The one band of a map of labels.
    private var band: JSONValue {
        let place = frame.georeference
        var result: [String: JSONValue] = [
            "data_type": "uint8", "nodata": .integer(Int(MapWriter.nodata)),
            "sampling": place.pixelIsPoint ? "point" : "area",
        ]
        if let size = place.pixelSizeMetres(width: frame.width, height: frame.height) {
            result["spatial_resolution"] = .number(size)
        }
        return .object(result)
    }

    /// A file's name without its folder and its last ending.
    static func stem(_ path: String) -> String {
        let name = path.pathName
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
            return name
        }
        return String(name[..<dot])
    }
}
