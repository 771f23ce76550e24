internal import CGDAL
import Synchronization

/// Where the text of a STAC Item comes from: a file, or an address as browsers have it.
enum ItemText {
    /// Items have some dozen KiB.
    static let longest = 16 << 20

    /// What came from servers, so that all that reads an item sees one version of it.
    private static let known = Mutex<[String: [UInt8]]>([:])

    static func isAddress(_ path: String) -> Bool {
        ["http://", "https://"].contains { path.hasPrefix($0) }
    }

    /// The bytes of what may be an item by its name; nil for what is none.
    ///
    /// - Throws: ``RasterError``
    static func bytes(of path: String) throws -> [UInt8]? {
        guard !GDAL.isRestricted else { return nil }
        if isAddress(path) {
            // A raster is read in parts, by another name.
            let name = FileName(place(of: path))
            let rasters = [".tif", ".tiff", ".jp2", ".vrt"]
            return rasters.contains { name.hasEnding($0) } ? nil : try fetch(path)
        }
        guard [".json", ".geojson"].contains(where: { FileName(path).hasEnding($0) }),
            !path.hasPrefix("/vsi")
        else { return nil }
        do {
            let file = try InputFile(path)
            return file.size > longest ? nil : try file.read(upTo: longest, at: 0)
        } catch {
            throw RasterError.unreadable(error)
        }
    }

    /// An address without what stands behind `?` or `#`.
    static func place(of address: String) -> String {
        let end = address.utf8.firstIndex { [UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) }
        return String(address[..<(end ?? address.endIndex)])
    }

    static func forgetAll() { known.withLock { $0 = [:] } }

    private static func fetch(_ address: String) throws(RasterError) -> [UInt8] {
        if let bytes = known.withLock({ $0[address] }) { return bytes }
        GDAL.start
        GDALError.reset()
        let options = [
            "MAX_FILE_SIZE=\(longest)", "TIMEOUT=120",
            "HEADERS=Accept: application/geo+json, application/json",
        ]
        let result = unsafe withStringList(options) { options in
            unsafe address.withCPath { unsafe CPLHTTPFetch($0, options) }
        }
        guard let result = unsafe result else {
            throw .notReadable(path: address, reason: GDALError.last().description)
        }
        defer { unsafe CPLHTTPDestroyResult(result) }
        let problem = unsafe result.pointee.pszErrBuf.map { unsafe String(cPath: $0) }
        guard unsafe result.pointee.nStatus == 0, problem == nil else {
            throw .notReadable(
                path: address, reason: problem?.shown ?? "its server does not answer as it should")
        }
        let count = Int(unsafe result.pointee.nDataLen)
        let bytes = unsafe [UInt8](
            UnsafeBufferPointer(start: result.pointee.pabyData, count: count))
        known.withLock { $0[address] = bytes }
        return bytes
    }
}
