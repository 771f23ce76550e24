/// What one row of a vector file's layer says: where it lies, and the texts of some fields.
package struct VectorFeature: Sendable {
    /// The layer's place in ``VectorFile/layers``.
    package var layer: Int
    /// The file's own number of it.
    package var id: Int
    /// In the order that was asked for; nil where the file has none.
    package var texts: [String?]
    package var points: [AreaOfInterest.Point]
    package var polygons: AreaOfInterest.Layer
    /// Whether a part of it has a coordinate that is no finite number; such parts are left out.
    package var hasNonNumbers: Bool
    /// Whether a part of it is neither point nor polygon.
    package var hasOthers: Bool

    init(layer: Int, id: Int, texts: [String?], _ shapes: VectorShapes) {
        self.layer = layer
        self.id = id
        self.texts = texts
        points = shapes.points
        polygons = shapes.polygons
        hasNonNumbers = shapes.hasNonNumbers
        hasOthers = shapes.hasOthers
    }
}

/// Why points or polygons with classes cannot be used.
package enum VectorError: UserError, Equatable {
    case unreadable(path: String, reason: String)
    case noField(path: String, field: String, fields: [String])
    /// Nothing that could have a class.
    case noFeatures(path: String)
    case tooLarge(path: String)
    case tooManyNames(path: String, field: String, most: Int)
    case notTransformable(path: String, raster: String)
    /// A file that must not be replaced.
    case exists(path: String)

    package var exitStatus: ExitStatus {
        switch self {
        case .noField: .usage
        case .exists: .cannotWrite
        default: .badInput
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "“\(path)” is not a vector file that can be read: \(reason)."
        case .noField(let path, let field, let fields):
            fields.isEmpty
                ? "“\(path)” has no field “\(field)”, and no other either: give its points a class."
                : "“\(path)” has no field “\(field)”: it has "
                    + fields.prefix(20).map { "“\(Self.short($0))”" }.joined(separator: ", ")
                    + (fields.count > 20 ? " and \(fields.count - 20) more." : ".")
        case .noFeatures(let path):
            "“\(path)” holds no points and no polygons."
        case .tooLarge(let path):
            """
            “\(path)” has more than \(VectorShapes.most) points, corners or pixels in its polygons: \
            take fewer of them, or cut out the part that is needed.
            """
        case .tooManyNames(let path, let field, let most):
            """
            The field “\(Self.short(field))” of “\(path)” has more than \(most) different values: is \
            it the one that holds the class?
            """
        case .notTransformable(let path, let raster):
            """
            The coordinates of “\(path)” cannot be brought to the reference system of “\(raster)”: \
            give them in its system (ogr2ogr -t_srs).
            """
        case .exists(let path):
            "“\(path)” is there already: give --overwrite to replace it, or another name."
        }
    }

    /// Names may be of any length, and hold line breaks.
    private static func short(_ name: String) -> String {
        let line = name.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 60 ? line.prefix(59) + "…" : line
    }
}
