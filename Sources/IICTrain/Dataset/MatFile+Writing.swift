internal import CMatio
public import IICInfer
import Synchronization

extension MatFile {
    /// The file formats that can be written.
    package enum Version: Sendable, CaseIterable {
        case five, seven
    }

    /// Writes `img`, as a version 5 file unless told otherwise.
    ///
    /// - Throws: `AtomicFileError` (exit code 73).
    public static func write(
        _ tile: MatTile, to path: String, compressed: Bool = true
    ) throws(AtomicFileError) {
        try write(tile, to: path, version: .five, compressed: compressed)
    }

    /// Writes `gt` as a version 5 file.
    public static func write(
        _ labels: MatLabels, to path: String, compressed: Bool = true
    ) throws(AtomicFileError) {
        try write(labels, to: path, version: .five, compressed: compressed)
    }

    package static func write(
        _ tile: MatTile, to path: String, version: Version, compressed: Bool
    ) throws(AtomicFileError) {
        let columns = ColumnMajor.fromRows(
            tile.pixels, height: tile.height, width: tile.width, channels: tile.channels)
        try write(
            columns, "img", dimensions: [tile.height, tile.width, tile.channels],
            MAT_C_UINT8, MAT_T_UINT8, to: path, version: version, compressed: compressed)
    }

    package static func write(
        _ labels: MatLabels, to path: String, version: Version, compressed: Bool
    ) throws(AtomicFileError) {
        let columns = ColumnMajor.fromRows(
            labels.labels, height: labels.height, width: labels.width, channels: 1)
        try write(
            columns, "gt", dimensions: [labels.height, labels.width],
            MAT_C_INT32, MAT_T_INT32, to: path, version: version, compressed: compressed)
    }

    /// Writes doubles, first index innermost, as MATLAB does with everything it is not told of.
    package static func write(
        doubles columns: [Double], named name: String, dimensions: [Int], to path: String
    ) throws(AtomicFileError) {
        try write(
            columns, name, dimensions: dimensions, MAT_C_DOUBLE, MAT_T_DOUBLE, to: path,
            version: .five, compressed: false)
    }

    private static func write<Element: BitwiseCopyable>(
        _ columns: [Element], _ name: String, dimensions: [Int], _ type: matio_classes,
        _ stored: matio_types, to path: String, version: Version, compressed: Bool
    ) throws(AtomicFileError) {
        silence()
        let file = try AtomicFile(path: path)
        let done = lock.withLock { _ -> Bool in
            // With no header of ours matio writes the time, and no two files would be alike.
            let header = "MATLAB 5.0 MAT-file, written by iicd"
            let created = unsafe file.temporaryPath.withCPath {
                unsafe Mat_CreateVer($0, header, version == .five ? MAT_FT_MAT5 : MAT_FT_MAT73)
            }
            guard let handle = unsafe created else { return false }
            var sizes = dimensions
            var values = columns
            let variable = unsafe values.withUnsafeMutableBytes { bytes in
                unsafe sizes.withUnsafeMutableBufferPointer { sizes in
                    unsafe sizes.withMemoryRebound(to: Int.self) { sizes in
                        unsafe Mat_VarCreate(
                            name, type, stored, Int32(sizes.count),
                            UnsafeMutableRawPointer(sizes.baseAddress)?.assumingMemoryBound(
                                to: size_t.self), bytes.baseAddress, 0)
                    }
                }
            }
            let written =
                unsafe Mat_VarWrite(
                    handle, variable, compressed ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE)
            unsafe Mat_VarFree(variable)
            return unsafe Mat_Close(handle) == 0 && written == 0
        }
        guard done else {
            let full = AtomicFile.freeBytes(beside: path).map { $0 < 1 << 20 } ?? false
            throw AtomicFileError(
                path: path, reason: full ? "the disk is full" : "matio could not write it")
        }
        try file.commit()
    }
}
