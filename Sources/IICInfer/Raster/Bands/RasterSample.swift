internal import CGDAL

/// A Swift type whose values are a raster's samples.
public protocol RasterSample: BitwiseCopyable, Sendable {
    static var sampleType: SampleType { get }
}

extension UInt8: RasterSample { public static var sampleType: SampleType { .uint8 } }
extension UInt16: RasterSample { public static var sampleType: SampleType { .uint16 } }
extension Int16: RasterSample { public static var sampleType: SampleType { .int16 } }
extension Float: RasterSample { public static var sampleType: SampleType { .float32 } }

extension SampleType {
    /// Bytes of one sample.
    public var byteCount: Int {
        switch self {
        case .uint8: 1
        case .uint16, .int16: 2
        case .float32: 4
        }
    }

    var gdal: GDALDataType {
        switch self {
        case .uint8: GDT_Byte
        case .uint16: GDT_UInt16
        case .int16: GDT_Int16
        case .float32: GDT_Float32
        }
    }

    init?(gdal: GDALDataType) {
        switch gdal {
        case GDT_Byte: self = .uint8
        case GDT_UInt16: self = .uint16
        case GDT_Int16: self = .int16
        case GDT_Float32: self = .float32
        default: return nil
        }
    }
}
