internal import CGDAL

/// Points and polygons, taken out of OGR's geometries.
struct VectorShapes {
    /// Corners and points of a file that are held at most.
    static let most = 2_000_000

    var polygons: AreaOfInterest.Layer
    private(set) var points: [AreaOfInterest.Point] = []
    /// Whether y comes before x in the geometries.
    let swapsAxes: Bool
    private let takesPoints: Bool
    /// Of all rings, as the file has them.
    private(set) var corners = 0
    /// Whether a coordinate was no finite number; what has it is left out.
    private(set) var hasNonNumbers = false
    /// Whether there were more than ``most``, or so deep inside each other that it means harm.
    private(set) var hasTooMany = false
    /// Whether there was something that is neither point nor polygon.
    private(set) var hasOthers = false

    init(polygons: AreaOfInterest.Layer, swapsAxes: Bool, takesPoints: Bool = true) {
        self.polygons = polygons
        self.swapsAxes = swapsAxes
        self.takesPoints = takesPoints
    }

    mutating func add(_ geometry: OGRGeometryH) { unsafe add(geometry, depth: 0) }

    private mutating func add(_ geometry: OGRGeometryH, depth: Int) {
        guard depth < 32, !hasTooMany else { return }
        switch unsafe OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)) {
        case wkbPolygon, wkbTriangle:
            unsafe addPolygon(geometry)
        case wkbPoint:
            unsafe addPoint(geometry)
        case wkbMultiPolygon, wkbGeometryCollection, wkbMultiPoint:
            let count = unsafe OGR_G_GetGeometryCount(geometry)
            for index in 0..<count {
                guard let part = unsafe OGR_G_GetGeometryRef(geometry, index) else { continue }
                unsafe add(part, depth: depth + 1)
            }
        case wkbCurvePolygon, wkbMultiSurface:
            guard let linear = unsafe OGR_G_GetLinearGeometry(geometry, 0, nil) else { return }
            defer { unsafe OGR_G_DestroyGeometry(linear) }
            unsafe add(linear, depth: depth + 1)
        default:
            // Lines have no inside.
            hasOthers = true
        }
    }

    private mutating func addPoint(_ geometry: OGRGeometryH) {
        guard takesPoints, unsafe OGR_G_IsEmpty(geometry) == 0 else { return }
        let (x, y) = unsafe (OGR_G_GetX(geometry, 0), OGR_G_GetY(geometry, 0))
        guard x.isFinite, y.isFinite else {
            hasNonNumbers = true
            return
        }
        guard points.count < Self.most else {
            hasTooMany = true
            return
        }
        points.append(swapsAxes ? .init(x: y, y: x) : .init(x: x, y: y))
    }

    private mutating func addPolygon(_ polygon: OGRGeometryH) {
        let rings = polygons.ringEnds.count
        let start = polygons.corners.count
        let ringCount = unsafe OGR_G_GetGeometryCount(polygon)
        for index in 0..<ringCount {
            guard let ring = unsafe OGR_G_GetGeometryRef(polygon, index) else { continue }
            let count = Int(unsafe OGR_G_GetPointCount(ring))
            corners += count
            hasTooMany = hasTooMany || corners > Self.most
            guard count >= 3, !hasTooMany else { continue }
            var xs = [Double](repeating: 0, count: count)
            var ys = xs
            _ = unsafe OGR_G_GetPoints(ring, &xs, 8, &ys, 8, nil, 0)
            guard (xs + ys).allSatisfy(\.isFinite) else {
                hasNonNumbers = true
                polygons.corners.removeSubrange(start...)
                polygons.ringEnds.removeSubrange(rings...)
                return
            }
            if swapsAxes { swap(&xs, &ys) }
            polygons.corners += zip(xs, ys).map { AreaOfInterest.Point(x: $0, y: $1) }
            if xs[0] == xs[count - 1] && ys[0] == ys[count - 1] { polygons.corners.removeLast() }
            polygons.ringEnds.append(polygons.corners.count)
        }
        if polygons.ringEnds.count > rings { polygons.polygonEnds.append(polygons.ringEnds.count) }
    }
}
