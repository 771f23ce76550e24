internal import CGDAL

/// Files on servers, which GDAL reads a part at a time (`/vsicurl/…`, `/vsis3/…`).
enum RemoteFile {
    private static let systems = [
        "/vsicurl", "/vsis3", "/vsigs", "/vsiaz", "/vsiadls", "/vsioss", "/vsiswift", "/vsihdfs",
        "/vsiwebhdfs",
    ]

    /// What GDAL keeps of them, over all files; part of every memory limit where one is read.
    static let cacheBytes = 16 << 20

    /// GDAL's settings for servers, unless the environment has others: no request may hang for ever,
    /// and a server that is busy is asked again.
    static let options = [
        "GDAL_HTTP_CONNECTTIMEOUT": "20", "GDAL_HTTP_LOW_SPEED_LIMIT": "1",
        "GDAL_HTTP_LOW_SPEED_TIME": "30", "GDAL_HTTP_MAX_RETRY": "3",
        "GDAL_HTTP_RETRY_DELAY": "1", "CPL_VSIL_CURL_CACHE_SIZE": "\(cacheBytes)",
    ]

    /// Whether `path` is such a file, or one in an archive that is.
    static func isRemote(_ path: String) -> Bool {
        path.hasPrefix("/vsi") && systems.contains { path.contains($0) }
    }

    /// Whether a scene is one, or has parts that are.
    static func isRemote(scene path: String) -> Bool {
        if let item = try? SceneItem(path: path) { return item.isRemote }
        let files = SceneStack(path: path)?.files ?? [path]
        return files.contains { isRemote($0) || VRTParts.files(of: $0).contains { isRemote($0) } }
    }

    /// An address as browsers have it, which GDAL would fetch as a whole into memory.
    static func isAddress(_ path: String) -> Bool {
        ["http://", "https://", "ftp://"].contains { path.hasPrefix($0) }
    }

    /// What GDAL is to find beside a remote scene, by name: two requests, where it would ask for a
    /// dozen names. Overviews are not read, and georeference comes with TIFF.
    ///
    /// - Parameter isForeign: whether a mask must be a GeoTIFF, since GDAL opens it as whatever it is.
    static func siblings(of path: String, isForeign: Bool = false) -> [String] {
        let name = path.pathName
        // What stands after a question mark belongs to one file alone.
        guard !path.contains("?") else { return [name] }
        let mask = path + ".msk"
        let hasMask =
            isForeign
            ? GDAL.head(of: mask).flatMap { TIFFCheck.byteOrder(head: $0) } != nil
            : GDAL.fileSize(mask) != nil
        return [name] + (GDAL.fileSize(path + ".aux.xml") != nil ? [name + ".aux.xml"] : [])
            + (hasMask ? [name + ".msk"] : [])
    }

    /// Runs what opens `path`, without asking a server for a listing of the folder that it lies in.
    static func opening<Result>(_ path: String, _ body: () -> Result) -> Result {
        guard isRemote(path) else { return body() }
        let option = "GDAL_DISABLE_READDIR_ON_OPEN"
        unsafe CPLSetThreadLocalConfigOption(option, "EMPTY_DIR")
        defer { unsafe CPLSetThreadLocalConfigOption(option, nil) }
        return body()
    }

    /// Forgets what servers said and sent before: what was missing or cut off then need not be now.
    static func forgetAll() {
        GDAL.start
        VSICurlClearCache()
        ItemText.forgetAll()
    }
}
