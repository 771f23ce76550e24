internal import CGDAL
import Glibc

extension PointFile {
    /// Gives some features of a GeoPackage's layer other texts in one field; all else stays as it is,
    /// what other programs added too. The file is replaced when the new one is whole.
    ///
    /// - Parameter texts: by the features' numbers; nil for none.
    /// - Throws: ``VectorError``, ``FileError`` or ``AtomicFileError``.
    package static func change(
        _ path: String, layer name: String, field: String, texts: [Int: String?]
    ) throws {
        // Another program that has the file open keeps changes there.
        if let log = try FileStamp(path + "-wal"), log.size > 0 {
            throw AtomicFileError(
                path: path, reason: "another program has changes of it that it has not written yet")
        }
        let old = try InputFile(path)
        let bytes = try old.read(0..<old.size)
        let file = try AtomicFile(path: path)
        let beside = file.temporaryPath + ".gpkg"
        defer { PathCalls.unlink(beside) }
        try file.write(bytes.span)
        guard PathCalls.rename(file.temporaryPath, beside) == 0 else {
            throw AtomicFileError(path: path, code: errno)
        }
        do {
            try PolygonFile.withSettings { () throws(GDALError) in
                try change(open: beside, layer: name, field: field, texts: texts)
            }
        } catch {
            throw AtomicFileError.writing(path, after: error.withoutQuery)
        }
        try publish(beside, as: file, replacing: true)
    }

    private static func change(
        open path: String, layer name: String, field: String, texts: [Int: String?]
    ) throws(GDALError) {
        let dataset = try GDALDataset(reading: path, isVector: true, changing: true)
        CPLErrorReset()
        guard let layer = unsafe GDALDatasetGetLayerByName(dataset.handle, name) else {
            throw GDALError(description: "it has no layer “\(name)” any more")
        }
        let index = unsafe OGR_FD_GetFieldIndex(OGR_L_GetLayerDefn(layer), field)
        guard index >= 0 else {
            throw GDALError(description: "it has no field “\(field)” any more")
        }
        for (number, text) in texts.sorted(by: { $0.key < $1.key }) {
            guard let feature = unsafe OGR_L_GetFeature(layer, GIntBig(number)) else {
                throw GDALError(description: "it has no point \(number) any more")
            }
            defer { unsafe OGR_F_Destroy(feature) }
            if let text {
                unsafe OGR_F_SetFieldString(feature, index, text.shown)
            } else {
                unsafe OGR_F_SetFieldNull(feature, index)
            }
            guard unsafe OGR_L_SetFeature(layer, feature) == OGRERR_NONE else { throw .last() }
        }
        try dataset.close()
    }
}
