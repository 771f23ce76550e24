import IICInfer

/// Reads which pixels of a raster show which class from any vector file that OGR opens: the pixels
/// that points lie in, and those whose centres lie in polygons.
///
/// What cannot be used is counted, not refused (``PointExclusions``); a file that says nothing of the
/// raster gives no pixels.
package struct PointReader {
    /// Longer texts name no class.
    package static let mostNameBytes = 255
    /// More different texts are no classes.
    package static let mostNames = 1000
    /// Points, and pixels of polygons, that are held at most.
    static let most = 2_000_000
    /// How often edges of polygons may cross rows of the raster: about ten seconds' work.
    static let mostCrossings = 30_000_000

    package let path: String
    private let file: VectorFile
    /// The layers that have the field, with its place and that of the other one.
    private let layers: [(index: Int, fields: [Int])]
    private let selects: ((String) -> Bool)?
    /// Pixels that are taken of each polygon at most, evenly spread over it.
    private let pixelsPerPolygon: Int

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - field: holds the class: its text, whatever type it has.
    ///   - selection: a second field, and whether a feature with this text of it (“” for none) is
    ///     meant. Others are not counted.
    /// - Throws: ``VectorError`` or ``FileError``.
    package init(
        path: String, field: String,
        selecting selection: (field: String, isMeant: (String) -> Bool)? = nil,
        pixelsPerPolygon: Int = 200
    ) throws {
        precondition(pixelsPerPolygon > 0, "\(pixelsPerPolygon)")
        let file = try VectorFile(reading: path)
        guard !file.layers.isEmpty else { throw VectorError.noFeatures(path: path) }
        let wanted = [field] + (selection.map { [$0.field] } ?? [])
        for name in wanted where !file.layers.contains(where: { $0.index(ofField: name) != nil }) {
            throw VectorError.noField(
                path: path, field: name, fields: file.layers.flatMap(\.fields))
        }
        layers = file.layers.indices.compactMap { index in
            let places = wanted.compactMap { file.layers[index].index(ofField: $0) }
            return places.count == wanted.count ? (index, places) : nil
        }
        self.path = path
        self.file = file
        selects = selection?.isMeant
        self.pixelsPerPolygon = pixelsPerPolygon
    }

    /// Names of all fields, of all layers.
    package var fields: [String] { file.layers.flatMap(\.fields) }

    /// An item of the file's metadata.
    package func metadata(_ name: String) -> String? { file.metadata(name) }

    /// The pixels of a raster that the file gives a class.
    ///
    /// - Throws: ``VectorError``.
    package func pixels(on raster: PointRaster) throws -> PointPixels {
        var collector = try PointCollector(
            raster: raster, path: path, pixelsPerPolygon: pixelsPerPolygon)
        for (index, fields) in layers {
            try collector.begin(layer: index, crs: file.layers[index].crs)
            try file.eachFeature(of: index, fields: fields) { feature in
                if let selects, !selects(feature.texts[1] ?? "") { return }
                try collector.add(feature, field: file.layers[index].fields[fields[0]])
            }
            try collector.endLayer()
        }
        return try collector.finish()
    }
}
