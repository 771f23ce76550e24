internal import CMatio
import IICInfer

/// One open .mat file.
@safe struct MatHandle: ~Copyable {
    let handle: OpaquePointer

    init(reading path: String) throws(MatError) {
        let opened = unsafe path.withCPath { unsafe Mat_Open($0, Int32(MAT_ACC_RDONLY.rawValue)) }
        guard let handle = unsafe opened else {
            throw MatError(path: path, reason: .damaged("The list of variables"))
        }
        unsafe self.handle = handle
    }

    deinit { _ = unsafe Mat_Close(handle) }

    /// Type and shape of a variable; its data stay in the file.
    func variable(_ name: String, path: String) throws(MatError) -> MatVariable {
        guard let found = unsafe Mat_VarReadInfo(handle, name) else {
            throw MatError(path: path, reason: .noVariable(name, found: names()))
        }
        return unsafe MatVariable(owning: found)
    }

    private func names() -> [String] {
        var count = 0
        guard let list = unsafe Mat_GetDir(handle, &count) else { return [] }
        return (0..<min(count, 10)).compactMap { index in
            unsafe list[index].map { unsafe String(cString: $0) }
        }
    }
}

/// Type and shape of one variable of an open file.
@safe struct MatVariable: ~Copyable {
    let handle: UnsafeMutablePointer<matvar_t>
    /// Whether matio could not tell the type, so that it reads as double.
    let isResolved: Bool

    /// Takes over what `Mat_VarReadInfo` returned.
    ///
    /// matio 1.5.23 loses the last letter of a 7.3 file's `MATLAB_class` if that text has no closing
    /// zero, as h5py and hdf5storage write it. Such numbers are read as doubles: HDF5 converts them.
    init(owning handle: UnsafeMutablePointer<matvar_t>) {
        unsafe self.handle = handle
        isResolved = unsafe handle.pointee.class_type == MAT_C_EMPTY && handle.pointee.rank > 0
        if isResolved {
            unsafe handle.pointee.class_type = MAT_C_DOUBLE
            unsafe handle.pointee.data_type = MAT_T_DOUBLE
        }
    }

    deinit { unsafe Mat_VarFree(handle) }

    var type: MatType { unsafe MatType(handle.pointee.class_type) }

    /// A real array of numbers: not a cell, structure, sparse or complex one, as matio sees it.
    var isPlain: Bool { unsafe type.byteCount > 0 && handle.pointee.isComplex == 0 }

    var dimensions: [Int] {
        let rank = Int(unsafe handle.pointee.rank)
        guard let sizes = unsafe handle.pointee.dims, rank > 0 else { return [] }
        return MatClaim.trimmed((0..<rank).map { Int(clamping: unsafe sizes[$0]) })
    }
}

/// The type of a MATLAB array's elements.
struct MatType: Equatable {
    let name: String
    /// Bytes of an element; 0 for what is no number.
    let byteCount: Int

    static let uint8 = MatType(MAT_C_UINT8)

    init(_ type: matio_classes) {
        (name, byteCount) =
            switch type {
            case MAT_C_UINT8: ("uint8", 1)
            case MAT_C_INT8: ("int8", 1)
            case MAT_C_UINT16: ("uint16", 2)
            case MAT_C_INT16: ("int16", 2)
            case MAT_C_UINT32: ("uint32", 4)
            case MAT_C_INT32: ("int32", 4)
            case MAT_C_UINT64: ("uint64", 8)
            case MAT_C_INT64: ("int64", 8)
            case MAT_C_SINGLE: ("single", 4)
            case MAT_C_DOUBLE: ("double", 8)
            case MAT_C_CHAR: ("char", 0)
            case MAT_C_CELL: ("cell", 0)
            case MAT_C_STRUCT: ("struct", 0)
            case MAT_C_SPARSE: ("sparse", 0)
            case MAT_C_OBJECT: ("object", 0)
            case MAT_C_FUNCTION: ("function handle", 0)
            case MAT_C_OPAQUE: ("opaque object", 0)
            default: ("another kind", 0)
            }
    }
}

extension MatType {
    /// What numbers of a version 5 file are stored as; nil for what is no number.
    ///
    /// Source: MathWorks, *MAT-File Format* (R2023b), “MAT-File Data Types”.
    init?(stored type: Int) {
        switch type {
        case 1: self.init(MAT_C_INT8)
        case 2: self.init(MAT_C_UINT8)
        case 3: self.init(MAT_C_INT16)
        case 4: self.init(MAT_C_UINT16)
        case 5: self.init(MAT_C_INT32)
        case 6: self.init(MAT_C_UINT32)
        case 7: self.init(MAT_C_SINGLE)
        case 9: self.init(MAT_C_DOUBLE)
        case 12: self.init(MAT_C_INT64)
        case 13: self.init(MAT_C_UINT64)
        default: return nil
        }
    }
}

/// A MATLAB array as it lies in memory, first index innermost.
struct MatArray {
    var dimensions: [Int]
    var type: MatType
    /// Whether matio could not tell the type, so that it reads as double.
    var isResolved = false
    var bytes: [UInt8]

    /// The elements as labels; nil if one is not a whole number of 32 bits.
    func wholeNumbers() -> [Int32]? {
        switch type.name {
        case "uint8": integers(UInt8.self)
        case "int8": integers(Int8.self)
        case "uint16": integers(UInt16.self)
        case "int16": integers(Int16.self)
        case "uint32": integers(UInt32.self)
        case "int32": integers(Int32.self)
        case "uint64": integers(UInt64.self)
        case "int64": integers(Int64.self)
        case "single": numbers(Float.self)
        default: numbers(Double.self)
        }
    }

    /// The elements as bytes; nil if the type is neither `uint8` nor one that matio could not tell
    /// and a value is no byte.
    func pixels() -> [UInt8]? {
        if type == .uint8 { return bytes }
        guard isResolved, let values = wholeNumbers() else { return nil }
        let exact = values.compactMap { UInt8(exactly: $0) }
        return exact.count == values.count ? exact : nil
    }

    private func elements<Element: BitwiseCopyable>(_: Element.Type) -> [Element] {
        let size = MemoryLayout<Element>.size
        return unsafe bytes.withUnsafeBytes { buffer in
            (0..<buffer.count / size).map {
                unsafe buffer.loadUnaligned(fromByteOffset: $0 * size, as: Element.self)
            }
        }
    }

    private func integers<Element: FixedWidthInteger & BitwiseCopyable>(
        _ type: Element.Type
    ) -> [Int32]? {
        let list = elements(type)
        let exact = list.compactMap { Int32(exactly: $0) }
        return exact.count == list.count ? exact : nil
    }

    private func numbers<Element: BinaryFloatingPoint & BitwiseCopyable>(
        _ type: Element.Type
    ) -> [Int32]? {
        let list = elements(type)
        let exact = list.compactMap { Int32(exactly: $0) }
        return exact.count == list.count ? exact : nil
    }
}
