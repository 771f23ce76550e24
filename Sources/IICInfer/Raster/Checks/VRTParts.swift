internal import CGDAL
import Glibc

/// The rasters that a VRT file names, as its text tells: GDAL's list leaves out those that are not
/// there.
package enum VRTParts {
    /// A part, of a VRT that could not be read, that is not there: it may still arrive. Nil if all
    /// are, or if `path` is no VRT file.
    package static func absent(of path: String) -> FileError? {
        files(of: path).first { isAbsent($0) }.map { FileError(path: $0, code: ENOENT) }
    }

    /// The parts, and those of parts that are VRT files themselves.
    static func files(of path: String) -> [String] {
        var files = [path]
        var known: Set = [FileName(path)]
        var next = 0
        while next < files.count {
            if FileName(files[next]).hasEnding(".vrt") {
                files += named(in: files[next]).filter { known.insert(FileName($0)).inserted }
            }
            next += 1
        }
        return Array(files.dropFirst())
    }

    private static func isAbsent(_ path: String) -> Bool {
        // GDAL's own names (/vsicurl/…, NETCDF:…) are no files.
        guard !path.hasPrefix("/vsi"), !path.contains(":") else { return false }
        var status = stat()
        return PathCalls.status(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }

    private static func named(in path: String) -> [String] {
        GDAL.start
        guard let root = unsafe path.withCPath({ unsafe CPLParseXMLFile($0) }) else { return [] }
        defer { unsafe CPLDestroyXMLNode(root) }
        // As GDAL does, names are relative to the file that a link leads to.
        let folder = AtomicFile.folder(of: PathCalls.resolved(path) ?? path)
        var names: [String] = []
        var nodes = unsafe [root]
        while let node = unsafe nodes.popLast() {
            if let next = unsafe node.pointee.psNext { unsafe nodes.append(next) }
            if let child = unsafe node.pointee.psChild { unsafe nodes.append(child) }
            guard unsafe node.pointee.eType == CXT_Element,
                ["SourceFilename", "SourceDataset"].contains(
                    unsafe String(cString: node.pointee.pszValue))
            else { continue }
            let name = unsafe String(cPath: CPLGetXMLValue(node, "", ""))
            let isRelative = unsafe String(cString: CPLGetXMLValue(node, "relativeToVRT", "0"))
            guard !name.isEmpty else { continue }
            names.append(
                isRelative == "1" && name.utf8.first != UInt8(ascii: "/")
                    ? "\(folder)/\(name)" : name)
        }
        return names
    }
}
