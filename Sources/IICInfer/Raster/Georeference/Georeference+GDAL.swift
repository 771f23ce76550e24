internal import CGDAL

extension Georeference {
    /// A north-up raster in the system that `epsg` numbers.
    ///
    /// - Parameters:
    ///   - left: the outer edge of the first column of pixels.
    ///   - top: the outer edge of the first row.
    ///   - pixelSize: in the system's unit.
    /// - Returns: nil if GDAL's tables do not know the number.
    public init?(epsg: Int, left: Double, top: Double, pixelSize: Double) {
        GDAL.start
        guard let system = unsafe OSRNewSpatialReference(nil) else { return nil }
        defer { unsafe OSRDestroySpatialReference(system) }
        guard let code = Int32(exactly: epsg), unsafe OSRImportFromEPSG(system, code) == OGRERR_NONE
        else { return nil }
        self.init(
            crs: unsafe Georeference.wkt(of: system),
            transform: [left, pixelSize, 0, top, 0, -pixelSize])
    }

    /// What `dataset` says.
    init(of dataset: borrowing GDALDataset) {
        self.init()
        let handle = unsafe dataset.handle
        if let system = unsafe GDALGetSpatialRef(handle) {
            crs = unsafe Georeference.wkt(of: system)
            let year = unsafe OSRGetCoordinateEpoch(system)
            epoch = year == 0 ? nil : year
        }
        var numbers = [Double](repeating: 0, count: 6)
        if unsafe GDALGetGeoTransform(handle, &numbers) == CE_None { transform = numbers }
        pixelIsPoint =
            unsafe GDALGetMetadataItem(handle, "AREA_OR_POINT", nil)
            .map { unsafe String(cString: $0) } == "Point"
        let count = Int(unsafe GDALGetGCPCount(handle))
        if count > 0, let points = unsafe GDALGetGCPs(handle) {
            for index in 0..<count {
                let point = unsafe points[index]
                controlPoints.append(
                    ControlPoint(
                        pixel: unsafe point.dfGCPPixel, line: unsafe point.dfGCPLine,
                        x: unsafe point.dfGCPX, y: unsafe point.dfGCPY, z: unsafe point.dfGCPZ))
            }
            if let system = unsafe GDALGetGCPSpatialRef(handle) {
                controlPointCRS = unsafe Georeference.wkt(of: system)
            }
        }
        var item = unsafe GDALGetMetadata(handle, "RPC")
        while let entry = unsafe item?.pointee {
            let pair = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { rationalCoefficients[String(pair[0])] = String(pair[1]) }
            unsafe item = item?.advanced(by: 1)
        }
    }

    /// Gives `dataset` this place.
    func apply(to dataset: borrowing GDALDataset) throws(GDALError) {
        let handle = unsafe dataset.handle
        CPLErrorReset()
        if let crs {
            let done = unsafe Georeference.withSystem(crs, epoch: epoch) { system in
                unsafe GDALSetSpatialRef(handle, system) == CE_None
            }
            guard done else { throw .last() }
        }
        if let transform {
            var numbers = transform
            guard unsafe GDALSetGeoTransform(handle, &numbers) == CE_None else { throw .last() }
        }
        if pixelIsPoint {
            unsafe GDALSetMetadataItem(handle, "AREA_OR_POINT", "Point", nil)
        }
        if !controlPoints.isEmpty {
            guard unsafe setControlPoints(on: handle) else { throw .last() }
        }
        for (name, value) in rationalCoefficients.sorted(by: { $0.key < $1.key }) {
            guard unsafe GDALSetMetadataItem(handle, name, value, "RPC") == CE_None else {
                throw .last()
            }
        }
    }

    private func setControlPoints(on handle: GDALDatasetH) -> Bool {
        var points = unsafe [GDAL_GCP](repeating: GDAL_GCP(), count: controlPoints.count)
        unsafe GDALInitGCPs(Int32(points.count), &points)
        defer { unsafe GDALDeinitGCPs(Int32(points.count), &points) }
        for (index, point) in controlPoints.enumerated() {
            unsafe points[index].dfGCPPixel = point.pixel
            unsafe points[index].dfGCPLine = point.line
            unsafe points[index].dfGCPX = point.x
            unsafe points[index].dfGCPY = point.y
            unsafe points[index].dfGCPZ = point.z
        }
        let count = Int32(controlPoints.count)
        guard let controlPointCRS else {
            return unsafe GDALSetGCPs2(handle, count, &points, nil) == CE_None
        }
        return unsafe Georeference.withSystem(controlPointCRS, epoch: nil) { system in
            unsafe GDALSetGCPs2(handle, count, &points, system) == CE_None
        }
    }

    /// Calls `body` with the system that `wkt` describes; false if GDAL does not understand it.
    static func withSystem(
        _ wkt: String, epoch: Double?, _ body: (OGRSpatialReferenceH) -> Bool
    ) -> Bool {
        guard let system = unsafe OSRNewSpatialReference(nil) else { return false }
        defer { unsafe OSRDestroySpatialReference(system) }
        guard unsafe OSRSetFromUserInput(system, wkt) == OGRERR_NONE else { return false }
        unsafe OSRSetAxisMappingStrategy(system, OAMS_TRADITIONAL_GIS_ORDER)
        if let epoch { unsafe OSRSetCoordinateEpoch(system, epoch) }
        return unsafe body(system)
    }

    static func wkt(of system: OGRSpatialReferenceH) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        defer { unsafe VSIFree(text) }
        let status = unsafe withStringList(["FORMAT=WKT2_2019", "MULTILINE=NO"]) { options in
            unsafe options.map { list in
                unsafe UnsafeMutableRawPointer(list).withMemoryRebound(
                    to: UnsafePointer<CChar>?.self, capacity: 3
                ) { unsafe OSRExportToWktEx(system, &text, $0) }
            } ?? OGRERR_FAILURE
        }
        guard status == OGRERR_NONE, let text = unsafe text else { return nil }
        let wkt = unsafe String(cString: text)
        return wkt.isEmpty ? nil : WKTEnsembles.replaced(in: wkt)
    }
}
