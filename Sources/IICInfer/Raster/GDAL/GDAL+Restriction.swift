internal import CGDAL
import Synchronization

extension GDAL {
    private static let trust = Mutex<Restriction>(.none)

    private enum Restriction: Sendable { case none, files, filesAndVRT }

    /// Whether ``restrict(trustingVRT:)`` was called.
    static var isRestricted: Bool { trust.withLock { $0 != .none } }

    /// From now on this process opens GeoTIFF and JPEG 2000 files of this machine and nothing else: no
    /// other format, whatever a file calls itself, and no address on a network, wherever it stands.
    ///
    /// For scenes that anyone may have made. Call it before anything is read.
    ///
    /// - Parameter trustingVRT: whether VRT files are opened too; which files they name is
    ///   ``VRTTrust``'s to check.
    package static func restrict(trustingVRT: Bool) {
        start
        trust.withLock { $0 = trustingVRT ? .filesAndVRT : .files }
        // What GDAL opens by itself (parts, masks, overviews that a file's metadata name) knows no list
        // of allowed drivers, so the others go altogether. Those for vectors alone read areas.
        let kept = Set(restrictedDrivers + ["COG", "MEM", "GPKG", "VRT"])
        for index in (0..<GDALGetDriverCount()).reversed() {
            guard let driver = unsafe GDALGetDriver(index),
                unsafe GDALGetMetadataItem(driver, "DCAP_RASTER", nil) != nil,
                !kept.contains(unsafe String(cString: GDALGetDriverShortName(driver)))
            else { continue }
            unsafe GDALDeregisterDriver(driver)
        }
        for (name, value) in [
            // No file has this name, so no request is sent; a proxy that is not there holds up what
            // does not ask for it.
            ("CPL_VSIL_CURL_ALLOWED_FILENAME", "none"), ("GDAL_HTTP_PROXY", "http://127.0.0.1:9"),
            ("GDAL_HTTP_MAX_RETRY", "0"),
            // Parts of a VRT: GDAL tries the names of their sidecars, and lists no folder.
            ("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"),
        ] {
            unsafe CPLSetConfigOption(name, value)
        }
        OSRSetPROJEnableNetwork(0)
    }

    /// The drivers by which files are opened then; PNG is what previews are.
    static var restrictedDrivers: [String] {
        ["GTiff", "JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID", "JPEG2000", "PNG"]
            + (trust.withLock { $0 == .filesAndVRT } ? ["VRT"] : [])
    }
}
