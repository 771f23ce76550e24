internal import CGDAL
import Glibc

extension AreaOfInterest {
    /// Reads the polygons of all layers of a vector file: whatever OGR opens.
    ///
    /// - Throws: ``AreaError`` or ``FileError``.
    public init(reading path: String) throws {
        // GDAL does not tell a file that is not there from one that it does not understand.
        let isFile = !path.hasPrefix("/vsi") && !path.contains(":")
        if try isFile && FileStamp(path) == nil { throw FileError(path: path, code: ENOENT) }
        let file: GDALDataset
        do {
            file = try GDALDataset(reading: path, isVector: true)
        } catch {
            if isFile, let failure = error.fileError(path) { throw failure }
            throw AreaError.unreadable(path: path, reason: error.description)
        }
        var reader = PolygonReader(path: path)
        let count = unsafe GDALDatasetGetLayerCount(file.handle)
        for index in 0..<count {
            guard let layer = unsafe GDALDatasetGetLayer(file.handle, index) else { continue }
            try unsafe reader.read(layer)
        }
        guard !reader.layers.isEmpty else {
            throw AreaError.noPolygon(path: path, features: reader.features)
        }
        self.init(path: path, layers: reader.layers)
    }
}

/// Takes the polygons out of OGR's layers.
private struct PolygonReader {
    let path: String
    private(set) var layers: [AreaOfInterest.Layer] = []
    /// Features of any kind.
    private(set) var features = 0
    private var corners = 0

    init(path: String) { self.path = path }

    mutating func read(_ layer: OGRLayerH) throws(AreaError) {
        let (crs, swapsAxes) = unsafe Self.system(of: layer)
        var polygons = AreaOfInterest.Layer(crs: crs)
        GDALError.reset()
        unsafe OGR_L_ResetReading(layer)
        while let feature = unsafe OGR_L_GetNextFeature(layer) {
            defer { unsafe OGR_F_Destroy(feature) }
            features += 1
            if let geometry = unsafe OGR_F_GetGeometryRef(feature) {
                try unsafe add(geometry, to: &polygons, swapsAxes: swapsAxes, depth: 0)
            }
        }
        guard CPLGetLastErrorType() != CE_Failure else {
            throw .unreadable(path: path, reason: GDALError.last().description)
        }
        if !polygons.polygonEnds.isEmpty { layers.append(polygons) }
    }

    /// The system of a layer's coordinates as WKT, and whether y comes before x in them; no system
    /// where the file has one that has no place on Earth.
    private static func system(of layer: OGRLayerH) -> (crs: String?, swapsAxes: Bool) {
        guard let system = unsafe OGR_L_GetSpatialRef(layer), unsafe OSRIsLocal(system) == 0,
            let crs = unsafe Georeference.wkt(of: system)
        else { return (nil, false) }
        let given = unsafe axes(of: system)
        var usual: [Int32] = []
        _ = unsafe Georeference.withSystem(crs, epoch: nil) { system in
            usual = unsafe axes(of: system)
            return true
        }
        return (crs, !usual.isEmpty && !given.isEmpty && usual.prefix(2) != given.prefix(2))
    }

    private static func axes(of system: OGRSpatialReferenceH) -> [Int32] {
        var count: Int32 = 0
        guard let axes = unsafe OSRGetDataAxisToSRSAxisMapping(system, &count) else { return [] }
        return (0..<Int(count)).map { unsafe axes[$0] }
    }

    private mutating func add(
        _ geometry: OGRGeometryH, to layer: inout AreaOfInterest.Layer, swapsAxes: Bool, depth: Int
    ) throws(AreaError) {
        guard depth < 32 else { return }
        switch unsafe OGR_GT_Flatten(OGR_G_GetGeometryType(geometry)) {
        case wkbPolygon, wkbTriangle:
            try unsafe addPolygon(geometry, to: &layer, swapsAxes: swapsAxes)
        case wkbMultiPolygon, wkbGeometryCollection:
            let count = unsafe OGR_G_GetGeometryCount(geometry)
            for index in 0..<count {
                guard let part = unsafe OGR_G_GetGeometryRef(geometry, index) else { continue }
                try unsafe add(part, to: &layer, swapsAxes: swapsAxes, depth: depth + 1)
            }
        case wkbCurvePolygon, wkbMultiSurface:
            guard let linear = unsafe OGR_G_GetLinearGeometry(geometry, 0, nil) else { return }
            defer { unsafe OGR_G_DestroyGeometry(linear) }
            try unsafe add(linear, to: &layer, swapsAxes: swapsAxes, depth: depth + 1)
        default:
            // Points and lines have no inside.
            return
        }
    }

    private mutating func addPolygon(
        _ polygon: OGRGeometryH, to layer: inout AreaOfInterest.Layer, swapsAxes: Bool
    ) throws(AreaError) {
        let rings = layer.ringEnds.count
        let ringCount = unsafe OGR_G_GetGeometryCount(polygon)
        for index in 0..<ringCount {
            guard let ring = unsafe OGR_G_GetGeometryRef(polygon, index) else { continue }
            let count = Int(unsafe OGR_G_GetPointCount(ring))
            corners += count
            guard corners <= AreaOfInterest.mostCorners else { throw .tooManyCorners(path: path) }
            guard count >= 3 else { continue }
            var xs = [Double](repeating: 0, count: count)
            var ys = xs
            _ = unsafe OGR_G_GetPoints(ring, &xs, 8, &ys, 8, nil, 0)
            guard (xs + ys).allSatisfy(\.isFinite) else {
                throw .unreadable(path: path, reason: "a corner is no number")
            }
            if swapsAxes { swap(&xs, &ys) }
            layer.corners += zip(xs, ys).map { AreaOfInterest.Point(x: $0, y: $1) }
            if xs[0] == xs[count - 1] && ys[0] == ys[count - 1] { layer.corners.removeLast() }
            layer.ringEnds.append(layer.corners.count)
        }
        if layer.ringEnds.count > rings { layer.polygonEnds.append(layer.ringEnds.count) }
    }
}
