internal import CGDAL

/// A scene whose bands lie in several files, one each, as satellites' products come.
///
/// Its name stands wherever a scene's path does: `stack:["red.tif","green.tif"]`, like GDAL's own names
/// for what is no file.
public struct SceneStack: Hashable, Sendable {
    /// In the order of the bands.
    public let files: [String]

    private static let prefix = "stack:"

    /// - Precondition: there is one at least.
    public init(_ files: [String]) {
        precondition(!files.isEmpty, "a stack of nothing")
        self.files = files
    }

    /// Nil for what is no stack's name.
    public init?(path: String) {
        guard path.hasPrefix(Self.prefix + "["),
            case .array(let items)? = try? JSONValue(
                parsing: Array(path.utf8.dropFirst(Self.prefix.utf8.count)))
        else { return nil }
        let files = items.compactMap(\.string)
        guard !files.isEmpty, files.count == items.count else { return nil }
        self.files = files
    }

    public var path: String {
        // As JSON, but with the bytes that a path carries as they are.
        let names = files.map { name in
            "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return Self.prefix + "[" + names.joined(separator: ",") + "]"
    }
}

/// Why files are not the bands of one scene.
public enum StackError: UserError, Equatable {
    case bands(path: String, count: Int)
    case systems(path: String, system: String, other: String, otherSystem: String)
    /// Where only one of two files says where it lies.
    case place(path: String, other: String)
    /// Grids that are not made one by larger or smaller pixels.
    case grids(path: String, other: String, reason: String)
    case failed(path: String, reason: String)

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        switch self {
        case .bands(let path, let count):
            """
            “\(path)” has \(count) bands, and --stack takes files of one: take one out with \
            gdal_translate -b, or put all into one file with gdalbuildvrt and gdal_translate.
            """
        case .systems(let path, let system, let other, let otherSystem):
            """
            “\(path)” is in \(system) and “\(other)” in \(otherSystem): bring both to one reference \
            system with gdalwarp -t_srs.
            """
        case .place(let path, let other):
            """
            “\(path)” says where it lies and “\(other)” does not: give both a transform, or none.
            """
        case .grids(let path, let other, let reason):
            """
            “\(path)” does not fit “\(other)”: \(reason). Bring it to the same area with gdalwarp -te.
            """
        case .failed(let path, let reason):
            "“\(path)” cannot be a band of a stack: \(reason)."
        }
    }
}
