internal import CMatio
import Synchronization

/// Reads and writes MATLAB files: version 5, compressed or not, and 7.3.
///
/// matio writes both and reads 7.3. It and HDF5 under it are not made for several threads; one lock
/// lets one in at a time.
public enum MatFile {
    /// The most bytes of one variable; 200 × 200 × 4 needs 160,000.
    static let byteLimit = 1 << 30

    static let lock = Mutex(())

    private static let silenceMatio: Void = {
        unsafe Mat_LogInitFunc("iicd") { _, _ in }
    }()

    /// Keeps both libraries from printing; HDF5 keeps its switch per thread, so before every use.
    static func silence() {
        silenceMatio
        iicd_silence_hdf5()
    }

    /// Reads an image of H × W or H × W × C bytes.
    ///
    /// - Throws: ``MatError``, also if the variable is of another type.
    public static func tile(at path: String, variable: String = "img") throws(MatError) -> MatTile {
        let (array, type) = try read(variable, at: path, wanted: "uint8")
        // Truth values are bytes as well, of 0 and 1: no picture.
        guard ["uint8", ""].contains(type), let pixels = array.pixels() else {
            throw MatError(
                path: path,
                reason: .wrongType(
                    variable, found: type.isEmpty ? array.type.name : type, wanted: "uint8"))
        }
        guard (2...3).contains(array.dimensions.count) else {
            throw MatError(
                path: path,
                reason: .wrongShape(
                    variable, found: array.dimensions, wanted: "height × width × bands"))
        }
        let (height, width) = (array.dimensions[0], array.dimensions[1])
        let channels = array.dimensions.count == 3 ? array.dimensions[2] : 1
        return MatTile(
            height: height, width: width, channels: channels,
            pixels: ColumnMajor.toRows(
                pixels, height: height, width: width, channels: channels))
    }

    /// Reads H × W labels of any integer type, or of floating-point type with whole values.
    public static func labels(
        at path: String, variable: String = "gt"
    ) throws(MatError) -> MatLabels {
        let (array, _) = try read(variable, at: path, wanted: "whole numbers")
        guard array.dimensions.count == 2 else {
            throw MatError(
                path: path,
                reason: .wrongShape(variable, found: array.dimensions, wanted: "height × width"))
        }
        guard let values = array.wholeNumbers() else {
            throw MatError(path: path, reason: .notWhole(variable))
        }
        let (height, width) = (array.dimensions[0], array.dimensions[1])
        return MatLabels(
            height: height, width: width,
            labels: ColumnMajor.toRows(values, height: height, width: width, channels: 1))
    }

    /// The variable's bytes, after every check that can be made before, and its type's name in the
    /// file.
    ///
    /// - Parameter wanted: in words, for the message about another kind.
    private static func read(
        _ name: String, at path: String, wanted: String
    ) throws(MatError) -> (array: MatArray, type: String) {
        let envelope = try MatEnvelope(path: path)
        guard envelope.version == .seven else { return try envelope.array(name, wanted: wanted) }
        silence()
        return try lock.withLock { _ throws(MatError) in
            let claim = MatClaim(hdf5: path, variable: name)
            try claim?.check(name, wanted: wanted, path: path)
            let file = try MatHandle(reading: path)
            let found = try file.variable(name, path: path)
            guard let claim, found.isPlain else {
                throw MatError(path: path, reason: .damaged("“\(name)”"))
            }
            let count = try check(found, name: name, path: path)
            // Both must have read the same header.
            guard found.dimensions == MatClaim.trimmed(claim.dimensions) else {
                throw MatError(path: path, reason: .damaged("“\(name)”"))
            }
            var bytes = [UInt8](repeating: 0, count: count * found.type.byteCount)
            let status = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Mat_VarReadDataLinear(
                    file.handle, found.handle, buffer.baseAddress, 0, 1, Int32(count))
            }
            guard status == 0 else { throw MatError(path: path, reason: .damaged("“\(name)”")) }
            return (
                MatArray(
                    dimensions: found.dimensions, type: found.type, isResolved: found.isResolved,
                    bytes: bytes), claim.type
            )
        }
    }

    /// The number of elements, if the file can hold as many.
    private static func check(
        _ found: borrowing MatVariable, name: String, path: String
    ) throws(MatError) -> Int {
        guard !found.dimensions.contains(0) else {
            throw MatError(
                path: path,
                reason: .wrongShape(name, found: found.dimensions, wanted: "at least one value"))
        }
        guard let bytes = MatClaim.bytes(found.dimensions, of: found.type.byteCount) else {
            throw MatError(path: path, reason: .tooLarge(name, found.dimensions))
        }
        return bytes / found.type.byteCount
    }
}
