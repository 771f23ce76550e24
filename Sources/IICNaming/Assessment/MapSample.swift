package import IICInfer

/// A sample of a map's pixels whose classes a person is to tell: a GeoPackage of points, which says
/// nothing of what the map has there.
///
/// For pages that ask for the answers, and save them one by one. Whether a file is changed meanwhile by
/// another program is not looked at.
package struct MapSample: Sendable {
    package struct Point: Sendable, Hashable {
        /// From 1, in random order.
        package var id: Int
        /// The pixel, from 0 from the map's upper left one.
        package var x: Int
        package var y: Int
        /// The true class, a name or a number; nil before it is known.
        package var reference: String?
        /// The file's own number of the point.
        fileprivate var feature: Int
    }

    /// The layer, and the field for the answers.
    package static let layer = "sample"
    package static let field = "reference"
    /// The item of the file's metadata that says how it was drawn.
    static let item = "IICD_SAMPLE"

    package let path: String
    package private(set) var points: [Point]
    /// How it was drawn, as the file says.
    let origin: String
    /// Answers that are not in the file yet, by the file's numbers.
    private var unsaved: [Int: String?] = [:]

    /// Reads a sample that was drawn.
    ///
    /// - Throws: ``AssessmentError``, ``VectorError`` or ``FileError``.
    package init(reading path: String) throws {
        let file = try VectorFile(reading: path)
        guard let origin = file.metadata(Self.item),
            let layer = file.layers.firstIndex(where: { $0.name == Self.layer })
        else {
            throw AssessmentError.notASample(path: path, reason: "it does not say how it was drawn")
        }
        let fields = try ["id", "x", "y", Self.field].map { name in
            guard let place = file.layers[layer].index(ofField: name) else {
                throw VectorError.noField(
                    path: path, field: name, fields: file.layers[layer].fields)
            }
            return place
        }
        var points: [Point] = []
        try file.eachFeature(of: layer, fields: fields) { feature in
            let numbers = feature.texts.prefix(3).compactMap { $0.flatMap { Int($0) } }
            guard numbers.count == 3 else {
                throw AssessmentError.notASample(
                    path: path, reason: "point \(feature.id) has no number or no pixel")
            }
            let reference = PointReader.trimmed(feature.texts[3] ?? "")
            points.append(
                Point(
                    id: numbers[0], x: numbers[1], y: numbers[2],
                    reference: reference.isEmpty ? nil : reference, feature: feature.id))
        }
        self.path = path
        self.origin = origin
        self.points = points.sorted { ($0.id, $0.feature) < ($1.id, $1.feature) }
    }

    /// Takes an answer for a point, by its place in ``points``; nil takes it back.
    package mutating func answer(_ reference: String?, at place: Int) {
        points[place].reference = reference
        unsaved[points[place].feature] = .some(reference)
    }

    /// Writes the answers that are new. The file is replaced when the new one is whole, and keeps all
    /// else that is in it.
    ///
    /// - Throws: ``FileError`` or ``AtomicFileError``.
    package mutating func save() throws {
        guard !unsaved.isEmpty else { return }
        try PointFile.change(path, layer: Self.layer, field: Self.field, texts: unsaved)
        unsaved = [:]
    }

    /// Draws pixels of a map and writes them.
    ///
    /// - Parameter replacing: whether an older file may go.
    /// - Throws: ``VectorError``, ``AtomicFileError``, ``Interrupted`` or what reading throws.
    package static func draw(
        _ allocation: SampleAllocation, from map: LabelReader, strata: MapStrata, seed: UInt64,
        to path: String, replacing: Bool, isCancelled: () -> Bool = { false }
    ) throws {
        let pixels = try SampleDraw.pixels(
            of: map, strata: strata, counts: allocation.counts, seed: seed,
            isCancelled: isCancelled)
        var file = PointFile(
            name: layer,
            fields: [("id", .integer), ("x", .integer), ("y", .integer), (field, .text)])
        file.points = pixels.enumerated().map { index, pixel in
            PointFile.Point(
                x: pixel.x, y: pixel.y,
                values: [.integer(index + 1), .integer(pixel.x), .integer(pixel.y), .none])
        }
        file.metadata[item] =
            (["seed": .unsigned(seed), "strata": parts(strata, allocation)] as JSONValue).text
        try file.write(to: path, on: map.georeference, replacing: replacing)
    }

    private static func parts(_ strata: MapStrata, _ allocation: SampleAllocation?) -> JSONValue {
        .array(
            strata.strata.enumerated().map { index, stratum in
                var part: [String: JSONValue] = [
                    "value": .integer(Int(stratum.value)), "pixels": .integer(stratum.pixels),
                ]
                part["points"] = allocation.map { .integer($0.counts[index]) }
                return .object(part)
            })
    }

    /// Whether a file's item says that it was drawn from a map with these strata.
    static func isOf(_ strata: MapStrata, item: String) -> Bool {
        guard let parts = try? JSONValue(parsing: Array(item.utf8))["strata"]?.array else {
            return false
        }
        return parts.map { [$0["value"]?.integer, $0["pixels"]?.integer] }
            == strata.strata.map { [Int($0.value), $0.pixels] }
    }
}
