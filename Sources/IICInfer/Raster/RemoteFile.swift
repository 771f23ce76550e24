internal import CGDAL
import Glibc

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

    /// An address as browsers have it, which GDAL would fetch as a whole into memory.
    static func isAddress(_ path: String) -> Bool {
        ["http://", "https://", "ftp://"].contains { path.hasPrefix($0) }
    }

    /// What GDAL is to find beside a remote scene, by name: two requests, where it would ask for a
    /// listing and then for a dozen names. Overviews are not read, and georeference comes with TIFF.
    static func siblings(of path: String) -> [String] {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        // What stands after a question mark belongs to one file alone.
        guard !path.contains("?") else { return [name] }
        return [name] + [".aux.xml", ".msk"].filter { exists(path + $0) }.map { name + $0 }
    }

    private static func exists(_ path: String) -> Bool {
        var status = VSIStatBufL()
        return unsafe VSIStatExL(path, &status, VSI_STAT_EXISTS_FLAG) == 0
    }

    /// Forgets what servers said and sent before: what was missing or cut off then need not be now.
    static func forgetAll() {
        GDAL.start
        VSICurlClearCache()
    }
}
