internal import CGDAL

extension AreaOfInterest {
    /// Reads the polygons of all layers of a vector file: whatever OGR opens.
    ///
    /// - Throws: ``AreaError`` or ``FileError``.
    public init(reading path: String) throws {
        let file = try VectorFile.open(path) { AreaError.unreadable(path: path, reason: $0) }
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
        let (crs, swapsAxes) = unsafe VectorFile.system(of: layer)
        var shapes = VectorShapes(
            polygons: AreaOfInterest.Layer(crs: crs), swapsAxes: swapsAxes, takesPoints: false)
        GDALError.reset()
        unsafe OGR_L_ResetReading(layer)
        while let feature = unsafe OGR_L_GetNextFeature(layer) {
            defer { unsafe OGR_F_Destroy(feature) }
            features += 1
            guard let geometry = unsafe OGR_F_GetGeometryRef(feature) else { continue }
            unsafe shapes.add(geometry)
            guard !shapes.hasTooMany, corners + shapes.corners <= AreaOfInterest.mostCorners else {
                throw .tooManyCorners(path: path)
            }
            guard !shapes.hasNonNumbers else {
                throw .unreadable(path: path, reason: "a corner is no number")
            }
        }
        guard CPLGetLastErrorType() != CE_Failure else {
            throw .unreadable(path: path, reason: GDALError.last().description)
        }
        corners += shapes.corners
        if !shapes.polygons.polygonEnds.isEmpty { layers.append(shapes.polygons) }
    }
}
