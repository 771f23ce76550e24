internal import CGDAL
import Glibc

/// Writes patches as polygons of a GeoPackage.
///
/// One layer, `map`, with the columns `class` (the map's number), `name`, `area` (m²; null where it is not
/// known) and `pixels`. The bytes depend on the patches and on what `init` and ``finish(metadata:)`` are
/// given. All calls are made within ``withSettings(_:)``, one thread at a time. What still has the name
/// at the end of this value is removed.
final class PolygonFile {
    /// What SQLite keeps of the file.
    private static let cacheMiB = 16
    /// Bytes for each corner of the polygon in hand: OGR's rings, most where each has four corners, and
    /// GeoPackage's form of them in OGR and in SQLite.
    private static let bytesPerCorner = 96

    /// The file; there must be none.
    let path: String
    private let names: [String]
    private let grid: MapGrid
    private var dataset: GDALDataset?

    /// Bytes that writing polygons of so many corners takes.
    static func memoryBytes(corners: Int) -> Int { cacheMiB << 20 + corners * bytesPerCorner }

    /// Calls `body` with what GDAL must know for files whose bytes repeat, and that nothing is left of.
    static func withSettings<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try GDAL.withOptions(
            [
                // When the file says that it was last changed.
                "OGR_CURRENT_DATE": "1970-01-01T00:00:00.000Z",
                // What is not whole has no name yet, and is flushed when it gets one: no journal,
                // which a killed process would leave behind.
                "OGR_SQLITE_JOURNAL": "OFF", "OGR_SQLITE_SYNCHRONOUS": "OFF",
                "OGR_SQLITE_CACHE": "\(cacheMiB)",
                // That takes memory of its own, and a second file.
                "OGR_GPKG_ALLOW_THREADED_RTREE": "NO",
            ], body)
    }

    /// - Parameter names: of the classes.
    init(path: String, names: [String], grid: MapGrid) throws(GDALError) {
        self.path = path
        self.names = names
        self.grid = grid
        do throws(GDALError) {
            let dataset = try GDALDataset(
                creating: path, driver: "GPKG", width: 0, height: 0, bands: 0, type: GDT_Unknown,
                options: [])
            guard unsafe Self.createLayer(in: dataset.handle, grid: grid),
                unsafe GDALDatasetStartTransaction(dataset.handle, 0) == OGRERR_NONE
            else { throw GDALError.last() }
            self.dataset = consume dataset
        } catch {
            PathCalls.unlink(path)
            throw error
        }
    }

    deinit {
        dataset = nil
        PathCalls.unlink(path)
    }

    /// - Returns: false if GDAL says why not.
    private static func createLayer(in dataset: GDALDatasetH, grid: MapGrid) -> Bool {
        CPLErrorReset()
        guard
            let layer = unsafe withSystem(
                of: grid,
                { system in
                    // The index is built at the end, and only then: it takes a while.
                    unsafe withStringList(["GEOMETRY_NAME=geom", "SPATIAL_INDEX=NO"]) { options in
                        unsafe GDALDatasetCreateLayer(dataset, "map", system, wkbPolygon, options)
                    }
                })
        else { return false }
        let columns = [
            ("class", OFTInteger), ("name", OFTString), ("area", OFTReal), ("pixels", OFTInteger64),
        ]
        for (name, type) in columns {
            let column = unsafe OGR_Fld_Create(name, type)
            defer { unsafe OGR_Fld_Destroy(column) }
            guard unsafe OGR_L_CreateField(layer, column, 1) == OGRERR_NONE else { return false }
        }
        return true
    }

    /// Calls `make` with the reference system of the coordinates: where none is known, GeoPackage's
    /// undefined one, since “unknown” would be taken for degrees.
    static func withSystem(
        of grid: MapGrid, _ make: (OGRSpatialReferenceH) -> OGRLayerH?
    ) -> OGRLayerH? {
        var layer: OGRLayerH?
        if let crs = grid.crs {
            _ = unsafe Georeference.withSystem(crs, epoch: grid.epoch) { system in
                unsafe layer = make(system)
                return true
            }
            return unsafe layer
        }
        guard let system = unsafe OSRNewSpatialReference(nil) else { return nil }
        defer { unsafe OSRDestroySpatialReference(system) }
        unsafe OSRSetLocalCS(system, "Undefined Cartesian SRS")
        unsafe OSRSetLinearUnits(system, "metre", 1)
        return unsafe make(system)
    }

    /// Adds a patch.
    ///
    /// - Parameter squareMetres: its area; nil if it is not known.
    func add(_ patch: Patch, squareMetres: Double?) throws(GDALError) {
        precondition(dataset != nil, "a patch after the last one")
        let layer = unsafe GDALDatasetGetLayer(dataset?.handle, 0)
        CPLErrorReset()
        guard let feature = unsafe OGR_F_Create(OGR_L_GetLayerDefn(layer)) else { throw .last() }
        defer { unsafe OGR_F_Destroy(feature) }
        unsafe OGR_F_SetFieldInteger(feature, 0, Int32(patch.label))
        unsafe OGR_F_SetFieldString(feature, 1, names[Int(patch.label)])
        if let squareMetres {
            unsafe OGR_F_SetFieldDouble(feature, 2, squareMetres)
        } else {
            unsafe OGR_F_SetFieldNull(feature, 2)
        }
        unsafe OGR_F_SetFieldInteger64(feature, 3, GIntBig(patch.pixels))
        guard let polygon = unsafe polygon(of: patch),
            unsafe OGR_F_SetGeometryDirectly(feature, polygon) == OGRERR_NONE,
            unsafe OGR_L_CreateFeature(layer, feature) == OGRERR_NONE
        else { throw .last() }
    }

    /// Outer rings go against the clock, holes with it, as one sees them on the ground.
    private func polygon(of patch: Patch) -> OGRGeometryH? {
        guard let polygon = unsafe OGR_G_CreateGeometry(wkbPolygon) else { return nil }
        for range in patch.rings {
            guard let ring = unsafe OGR_G_CreateGeometry(wkbLinearRing) else {
                unsafe OGR_G_DestroyGeometry(polygon)
                return nil
            }
            unsafe OGR_G_SetPointCount(ring, Int32(range.count + 1))
            for index in 0...range.count {
                let step = index % range.count
                let corner =
                    grid.keepsTurns
                    ? (range.count - step) % range.count + range.lowerBound
                    : range.lowerBound + step
                let (x, y) = grid.place(patch.corners[corner])
                unsafe OGR_G_SetPoint_2D(ring, Int32(index), x, y)
            }
            unsafe OGR_G_AddGeometryDirectly(polygon, ring)
        }
        return unsafe polygon
    }

    /// Writes all that is pending; the file is whole then, and to be given another name.
    ///
    /// - Parameter metadata: items that the file is to carry.
    func finish(metadata: [String: String]) throws(GDALError) {
        guard let handle = unsafe dataset?.handle else { return }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            unsafe GDALSetMetadataItem(handle, name, value, nil)
        }
        CPLErrorReset()
        guard unsafe GDALDatasetCommitTransaction(handle) == OGRERR_NONE else { throw .last() }
        let result = unsafe GDALDatasetExecuteSQL(
            handle, "SELECT CreateSpatialIndex('map', 'geom')", nil, nil)
        unsafe GDALDatasetReleaseResultSet(handle, result)
        guard CPLGetLastErrorType() != CE_Failure else { throw .last() }
        try dataset.take()?.close()
    }
}

extension GDALError {
    /// What SQLite says, without the query that failed.
    var withoutQuery: GDALError {
        guard let place = description.ranges(of: ": ").last else { return self }
        return GDALError(description: String(description[place.upperBound...]), code: code)
    }
}
