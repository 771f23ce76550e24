internal import CGDAL
import Glibc

/// Points at the centres of a raster's pixels, as a layer of a GeoPackage.
///
/// The bytes depend on these values and the raster's place alone.
package struct PointFile: Sendable {
    package enum FieldType: Sendable { case integer, real, text }

    package enum Value: Hashable, Sendable {
        case integer(Int)
        case real(Double)
        case text(String)
        case none
    }

    package struct Point: Sendable {
        /// The pixel, from 0 from the raster's upper left one.
        package var x: Int
        package var y: Int
        /// One for each field.
        package var values: [Value]
        /// Where it lies, if it is a pixel of another raster than the file's.
        package var place: (x: Double, y: Double)?

        package init(
            x: Int, y: Int, values: [Value], place: (x: Double, y: Double)? = nil
        ) {
            self.x = x
            self.y = y
            self.values = values
            self.place = place
        }
    }

    /// Of the layer.
    package var name: String
    package var fields: [(name: String, type: FieldType)]
    /// Items that the file is to carry.
    package var metadata: [String: String] = [:]
    package var points: [Point] = []

    package init(name: String, fields: [(name: String, type: FieldType)]) {
        self.name = name
        self.fields = fields
    }

    /// Refuses a name that is taken, unless files may be replaced, and a folder that cannot be written
    /// to.
    ///
    /// - Throws: ``VectorError/exists(path:)``, ``FileError`` or ``AtomicFileError``.
    package static func check(_ path: String, replacing: Bool) throws {
        if try !replacing && FileStamp(path) != nil { throw VectorError.exists(path: path) }
        _ = try AtomicFile(path: path)
    }

    /// Writes the file, which appears when it is whole.
    ///
    /// - Parameter replacing: whether an older one may go.
    /// - Throws: as ``check(_:replacing:)``.
    package func write(
        to path: String, on georeference: Georeference, replacing: Bool
    ) throws {
        try Self.check(path, replacing: replacing)
        let file = try AtomicFile(path: path)
        // Beside the temporary, since GeoPackages are not made of a file that is there.
        let beside = file.temporaryPath + ".gpkg"
        defer { PathCalls.unlink(beside) }
        do {
            try PolygonFile.withSettings { () throws(GDALError) in
                try make(beside, grid: MapGrid(georeference))
            }
        } catch {
            throw AtomicFileError.writing(path, after: error.withoutQuery)
        }
        try Self.publish(beside, as: file, replacing: replacing)
    }

    /// Gives a whole GeoPackage its name.
    static func publish(
        _ beside: String, as file: consuming AtomicFile, replacing: Bool
    ) throws {
        let path = file.path
        guard PathCalls.rename(beside, file.temporaryPath) == 0 else {
            throw AtomicFileError(path: path, code: errno)
        }
        if try !replacing && FileStamp(path) != nil { throw VectorError.exists(path: path) }
        var publication = Publication()
        // What another program keeps beside an older file would be taken for a part of this one.
        for part in PolygonLayer.parts { publication.remove(path + part) }
        publication.add(file)
        try publication.commit()
    }

    private func make(_ path: String, grid: MapGrid) throws(GDALError) {
        let dataset = try GDALDataset(
            creating: path, driver: "GPKG", width: 0, height: 0, bands: 0, type: GDT_Unknown,
            options: [])
        let handle = unsafe dataset.handle
        CPLErrorReset()
        guard let layer = unsafe createLayer(in: handle, grid: grid),
            unsafe GDALDatasetStartTransaction(handle, 0) == OGRERR_NONE
        else { throw GDALError.last() }
        for point in points { try unsafe add(point, to: layer, grid: grid) }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            unsafe GDALSetMetadataItem(handle, name, value, nil)
        }
        guard unsafe GDALDatasetCommitTransaction(handle) == OGRERR_NONE else { throw .last() }
        try dataset.close()
    }

    /// - Returns: nil if GDAL says why not.
    private func createLayer(in dataset: GDALDatasetH, grid: MapGrid) -> OGRLayerH? {
        let made = unsafe PolygonFile.withSystem(of: grid) { system in
            unsafe withStringList(["GEOMETRY_NAME=geom"]) { options in
                unsafe GDALDatasetCreateLayer(dataset, name, system, wkbPoint, options)
            }
        }
        guard let layer = unsafe made else { return nil }
        for (name, type) in fields {
            let kind = type == .integer ? OFTInteger64 : type == .real ? OFTReal : OFTString
            let column = unsafe OGR_Fld_Create(name, kind)
            defer { unsafe OGR_Fld_Destroy(column) }
            guard unsafe OGR_L_CreateField(layer, column, 1) == OGRERR_NONE else { return nil }
        }
        return unsafe layer
    }

    private func add(_ point: Point, to layer: OGRLayerH, grid: MapGrid) throws(GDALError) {
        precondition(point.values.count == fields.count, "\(point.values.count) values")
        CPLErrorReset()
        guard let feature = unsafe OGR_F_Create(OGR_L_GetLayerDefn(layer)) else { throw .last() }
        defer { unsafe OGR_F_Destroy(feature) }
        for (index, value) in point.values.enumerated() {
            let field = Int32(index)
            switch value {
            case .integer(let number):
                unsafe OGR_F_SetFieldInteger64(feature, field, GIntBig(number))
            case .real(let number): unsafe OGR_F_SetFieldDouble(feature, field, number)
            case .text(let text): unsafe OGR_F_SetFieldString(feature, field, text.shown)
            case .none: unsafe OGR_F_SetFieldNull(feature, field)
            }
        }
        guard let geometry = unsafe OGR_G_CreateGeometry(wkbPoint) else { throw .last() }
        let (x, y) = point.place ?? grid.centre(x: point.x, y: point.y)
        unsafe OGR_G_SetPoint_2D(geometry, 0, x, y)
        guard unsafe OGR_F_SetGeometryDirectly(feature, geometry) == OGRERR_NONE,
            unsafe OGR_L_CreateFeature(layer, feature) == OGRERR_NONE
        else { throw .last() }
    }
}
