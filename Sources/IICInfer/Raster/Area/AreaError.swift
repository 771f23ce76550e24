/// Why an area of interest cannot be used.
public enum AreaError: UserError, Equatable {
    case unreadable(path: String, reason: String)
    case noPolygon(path: String, features: Int)
    case tooManyCorners(path: String)
    /// A scene that has no transform.
    case noPlace(scene: String)
    case notTransformable(path: String, scene: String)
    /// None of the polygons holds the centre of one of the scene's pixels.
    case outside(path: String, scene: String)
    /// None of them holds that of a pixel in the part to map.
    case outsideBounds(path: String, scene: String, PixelWindow)

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "“\(path)” is not a vector file that can be read: \(reason)."
        case .noPolygon(let path, let features):
            """
            “\(path)” holds no polygon\(features > 0 ? " among its features" : ""): --aoi needs \
            polygons in which to map.
            """
        case .tooManyCorners(let path):
            """
            The polygons of “\(path)” have more than \(AreaOfInterest.mostCorners) corners: make \
            them simpler with ogr2ogr -simplify, or cut out the part that is needed.
            """
        case .noPlace(let scene):
            """
            “\(scene)” has no transform that places its pixels, so --aoi cannot lie on it: bring it \
            to a map's grid with gdalwarp, or give --bbox in pixels.
            """
        case .notTransformable(let path, let scene):
            """
            The polygons of “\(path)” cannot be brought to the reference system of “\(scene)”: cut \
            out the part around the scene, or give them in its system (ogr2ogr -t_srs).
            """
        case .outside(let path, let scene):
            """
            No polygon of “\(path)” holds the centre of a pixel of “\(scene)”: is it the right \
            area, and the right reference system?
            """
        case .outsideBounds(let path, let scene, let bounds):
            """
            --aoi and --bbox do not meet on “\(scene)”: no polygon of “\(path)” holds the centre of a \
            pixel from column \(bounds.x), row \(bounds.y) to column \(bounds.x + bounds.width - 1), \
            row \(bounds.y + bounds.height - 1). Leave one of them out, or move it.
            """
        }
    }
}
