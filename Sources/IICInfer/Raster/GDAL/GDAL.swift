import CGDAL
import Glibc

/// GDAL's set-up for this process.
public enum GDAL {
    /// Registers the drivers and silences GDAL's messages, once; every entry into GDAL touches it.
    ///
    /// GDAL keeps the text of its last error per thread all the same, so ``GDALError`` has it.
    static let start: Void = {
        unsafe CPLSetErrorHandler(CPLQuietErrorHandler)
        // Its default cache is 5 % of the machine's memory, which `--memory` knows nothing of.
        GDALSetCacheMax64(32 << 20)
        // A scene in a folder of thousands must not cost a listing, but sidecars must be found.
        unsafe CPLSetConfigOption("GDAL_READDIR_LIMIT_ON_OPEN", "100")
        // Damaged scenes are reported by their errors; libtiff's repairs would hide them.
        unsafe CPLSetConfigOption("GTIFF_IGNORE_READ_ERRORS", "NO")
        // A VRT file may not run Python. It may still name any file of this machine and, by
        // /vsicurl/ and the like, of others, which are then opened.
        unsafe CPLSetConfigOption("GDAL_VRT_ENABLE_PYTHON", "NO")
        unsafe CPLSetConfigOption("GDAL_NUM_THREADS", "1")
        for (name, value) in RemoteFile.options.sorted(by: { $0.key < $1.key }) {
            if unsafe CPLGetConfigOption(name, nil) == nil {
                unsafe CPLSetConfigOption(name, value)
            }
        }
        GDALAllRegister()
    }()

    /// Bounds the decoded blocks that GDAL keeps, over all files; 32 MiB unless called.
    public static func limitCache(bytes: Int) {
        start
        GDALSetCacheMax64(GIntBig(max(bytes, 1 << 20)))
    }

    /// Bytes of a file, which may be one of GDAL's (`/vsizip/…`, `/vsicurl/…`); nil if it cannot be
    /// opened.
    static func fileSize(_ path: String) -> Int? {
        start
        let opened = unsafe RemoteFile.opening(path) {
            unsafe path.withCPath { unsafe VSIFOpenL($0, "rb") }
        }
        guard let file = unsafe opened else { return nil }
        defer { unsafe VSIFCloseL(file) }
        guard unsafe VSIFSeekL(file, 0, SEEK_END) == 0 else { return nil }
        return Int(clamping: unsafe VSIFTellL(file))
    }

    /// The first 12 bytes of such a file, or all if it has fewer; nil if it cannot be opened.
    static func head(of path: String) -> [UInt8]? {
        start
        let opened = unsafe RemoteFile.opening(path) {
            unsafe path.withCPath { unsafe VSIFOpenL($0, "rb") }
        }
        guard let file = unsafe opened else { return nil }
        defer { unsafe VSIFCloseL(file) }
        var bytes = [UInt8](repeating: 0, count: 12)
        let count = unsafe VSIFReadL(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(Int(count)))
    }
}
