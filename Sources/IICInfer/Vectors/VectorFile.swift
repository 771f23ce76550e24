internal import CGDAL
import Glibc

/// A file of points and polygons with attributes: whatever OGR opens. One thread at a time.
package final class VectorFile {
    /// What is known of a layer before its features are read.
    package struct Layer: Sendable {
        package var name: String
        package var fields: [String]
        /// As WKT, x being easting or longitude; nil if the file does not tell.
        package var crs: String?
        fileprivate var swapsAxes: Bool

        /// The place of a field, in letters as they are if there is one, else in either case.
        package func index(ofField name: String) -> Int? {
            fields.firstIndex(of: name)
                ?? fields.firstIndex { $0.lowercased() == name.lowercased() }
        }
    }

    package let path: String
    package let layers: [Layer]
    private let dataset: GDALDataset

    /// - Throws: ``VectorError`` or ``FileError``.
    package init(reading path: String) throws {
        let dataset = try Self.open(path, options: Self.options(for: path)) {
            VectorError.unreadable(path: path, reason: $0)
        }
        let count = unsafe GDALDatasetGetLayerCount(dataset.handle)
        layers = (0..<count).compactMap { index in
            unsafe GDALDatasetGetLayer(dataset.handle, index).map { unsafe Self.layer($0) }
        }
        self.path = path
        self.dataset = consume dataset
    }

    /// Opens what is there, or says whether the file or its content is at fault.
    ///
    /// - Parameter unreadable: makes the error for a file that OGR does not read, of its reason.
    static func open(
        _ path: String, options: [String] = [], unreadable: (String) -> any Error
    ) throws -> GDALDataset {
        // GDAL does not tell a file that is not there from one that it does not understand.
        let isFile = !path.hasPrefix("/vsi") && !path.contains(":")
        if try isFile && FileStamp(path) == nil { throw FileError(path: path, code: ENOENT) }
        do {
            return try GDALDataset(reading: path, isVector: true, options: options)
        } catch {
            if isFile, let failure = error.fileError(path) { throw failure }
            throw unreadable(error.description)
        }
    }

    /// Tables hold places under names of their own.
    private static func options(for path: String) -> [String] {
        guard [".csv", ".tsv"].contains(where: { FileName(path).hasEnding($0) }) else { return [] }
        return [
            "X_POSSIBLE_NAMES=x,lon,long,longitude,easting,east",
            "Y_POSSIBLE_NAMES=y,lat,latitude,northing,north",
            "GEOM_POSSIBLE_NAMES=wkt,geometry,geom,the_geom",
        ]
    }

    private static func layer(_ handle: OGRLayerH) -> Layer {
        let definition = unsafe OGR_L_GetLayerDefn(handle)
        let count = unsafe OGR_FD_GetFieldCount(definition)
        let fields = (0..<count).map { index in
            unsafe text(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, index))) ?? ""
        }
        let (crs, swapsAxes) = unsafe system(of: handle)
        return Layer(
            name: unsafe text(OGR_L_GetName(handle)) ?? "", fields: fields, crs: crs,
            swapsAxes: swapsAxes)
    }

    /// Numbers without the zeros that a file's columns have room for.
    private static func text(of feature: OGRFeatureH, field: Int32) -> String? {
        guard unsafe OGR_F_IsFieldSetAndNotNull(feature, field) != 0 else { return nil }
        if unsafe OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, field)) == OFTReal {
            let value = unsafe OGR_F_GetFieldAsDouble(feature, field)
            return Int(exactly: value).map { "\($0)" } ?? "\(value)"
        }
        return unsafe text(OGR_F_GetFieldAsString(feature, field))
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }

    /// An item of the file's metadata.
    package func metadata(_ name: String) -> String? {
        unsafe Self.text(GDALGetMetadataItem(dataset.handle, name, nil))
    }

    /// Gives `body` a layer's features in the file's order.
    ///
    /// - Parameter fields: the places of those whose texts are wanted.
    /// - Throws: ``VectorError`` or what `body` throws.
    package func eachFeature(
        of index: Int, fields: [Int], _ body: (VectorFeature) throws -> Void
    ) throws {
        let layer = unsafe GDALDatasetGetLayer(dataset.handle, Int32(index))
        unsafe OGR_L_ResetReading(layer)
        while true {
            // What is wrong with one feature is no reason for leaving the others: it has no shape then.
            GDALError.reset()
            guard let feature = unsafe OGR_L_GetNextFeature(layer) else { break }
            defer { unsafe OGR_F_Destroy(feature) }
            var shapes = VectorShapes(
                polygons: AreaOfInterest.Layer(crs: layers[index].crs),
                swapsAxes: layers[index].swapsAxes)
            if let geometry = unsafe OGR_F_GetGeometryRef(feature) { unsafe shapes.add(geometry) }
            guard !shapes.hasTooMany else { throw VectorError.tooLarge(path: path) }
            try body(
                VectorFeature(
                    layer: index, id: Int(unsafe OGR_F_GetFID(feature)),
                    texts: fields.map { unsafe Self.text(of: feature, field: Int32($0)) }, shapes)
            )
        }
        guard CPLGetLastErrorType() != CE_Failure else {
            throw VectorError.unreadable(path: path, reason: GDALError.last().description)
        }
    }

    /// The system of a layer's coordinates as WKT, and whether y comes before x in them; no system
    /// where the file has one that has no place on Earth.
    static func system(of layer: OGRLayerH) -> (crs: String?, swapsAxes: Bool) {
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
}
