import CGDAL

/// One open raster, closed when this value goes out of scope.
///
/// GDAL allows one thread at a time on a dataset, so this is neither `Copyable` nor `Sendable`.
@safe struct GDALDataset: ~Copyable {
    let handle: GDALDatasetH

    /// Takes over a handle that a GDAL function returned.
    init(owning handle: GDALDatasetH) {
        unsafe self.handle = handle
    }

    /// Opens `path` for reading: a raster, or a file of points, lines and polygons.
    ///
    /// - Parameters:
    ///   - options: of the driver, as `NAME=VALUE`.
    ///   - changing: whether it is to be changed as well.
    ///   - isForeign: whether somebody else names it, so that it must be a GeoTIFF or JPEG 2000.
    init(
        reading path: String, isVector: Bool = false, options: [String] = [],
        changing: Bool = false, isForeign: Bool = false
    ) throws(GDALError) {
        GDAL.start
        // Without GDAL_OF_VERBOSE_ERROR a failed open leaves no message.
        let kind = isVector ? GDAL_OF_VECTOR : GDAL_OF_RASTER
        let access = changing ? GDAL_OF_UPDATE : GDAL_OF_READONLY
        let flags = UInt32(kind | access | GDAL_OF_VERBOSE_ERROR)
        let isRestricted = !isVector && GDAL.isRestricted
        guard !isRestricted || !path.hasPrefix("/vsi") else {
            throw GDALError(description: "nothing but files is opened here")
        }
        let siblings =
            isRestricted
            ? Sidecars.siblings(of: path)
            : RemoteFile.isRemote(path)
                ? RemoteFile.siblings(of: path, isForeign: isForeign) : []
        let drivers = isRestricted || isForeign ? GDAL.restrictedDrivers : []
        let opened = unsafe withStringList(siblings) { siblings in
            // What was asked for beside the file is no reason for failing.
            GDALError.reset()
            let names = unsafe siblings.map {
                unsafe UnsafeRawPointer($0).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
            }
            return unsafe RemoteFile.opening(path) {
                unsafe withStringList(drivers) { drivers in
                    let allowed = unsafe drivers.map {
                        unsafe UnsafeRawPointer($0).assumingMemoryBound(
                            to: UnsafePointer<CChar>?.self)
                    }
                    return unsafe withStringList(options) { options in
                        let given = unsafe options.map {
                            unsafe UnsafeRawPointer($0).assumingMemoryBound(
                                to: UnsafePointer<CChar>?.self)
                        }
                        return unsafe path.withCPath {
                            unsafe GDALOpenEx($0, flags, allowed, given, names)
                        }
                    }
                }
            }
        }
        guard let handle = unsafe opened else { throw .last() }
        unsafe self.handle = handle
    }

    /// Creates a raster with `driver`, whose options are `NAME=VALUE`.
    init(
        creating path: String, driver: String, width: Int, height: Int, bands: Int,
        type: GDALDataType, options: [String]
    ) throws(GDALError) {
        GDAL.start
        CPLErrorReset()
        guard let driver = unsafe GDALGetDriverByName(driver) else { throw .last() }
        guard let width = Int32(exactly: width), let height = Int32(exactly: height) else {
            throw GDALError(description: "\(width) × \(height) pixels are too many")
        }
        let handle = unsafe withStringList(options) { list in
            unsafe path.withCPath {
                unsafe GDALCreate(driver, $0, width, height, Int32(bands), type, list)
            }
        }
        guard let handle = unsafe handle else { throw .last() }
        unsafe self.handle = handle
    }

    // Not GDALClose, which does not know that a virtual dataset may still read from this one.
    deinit { _ = unsafe GDALReleaseDataset(handle) }

    var width: Int { Int(unsafe GDALGetRasterXSize(handle)) }
    var height: Int { Int(unsafe GDALGetRasterYSize(handle)) }
    var bandCount: Int { Int(unsafe GDALGetRasterCount(handle)) }

    /// Writes all that is pending and closes; a failure to do so is reported, unlike in `deinit`.
    consuming func close() throws(GDALError) {
        CPLErrorReset()
        // GDALClose of GDAL 3.6 returns nothing: its failures are only in the thread's last error.
        let handle = unsafe self.handle
        discard self
        unsafe GDALFlushCache(handle)
        let flushed = CPLGetLastErrorType() != CE_Failure && CPLGetLastErrorType() != CE_Fatal
        let reason = GDALError.last()
        CPLErrorReset()
        unsafe GDALClose(handle)
        guard flushed else { throw reason }
        if CPLGetLastErrorType() == CE_Failure || CPLGetLastErrorType() == CE_Fatal {
            throw .last()
        }
    }
}

/// Calls `body` with `strings` as GDAL's string list, which lives as long as the call.
func withStringList<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Result
) -> Result {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for string in strings { unsafe list = CSLAddString(list, string) }
    defer { unsafe CSLDestroy(list) }
    return unsafe body(list)
}
