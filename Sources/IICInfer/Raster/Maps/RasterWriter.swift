internal import CGDAL
import Glibc

/// Writes a tiled, compressed GeoTIFF that appears under its name when ``finish()`` succeeds.
///
/// One thread at a time. Without `finish` nothing is left behind.
public final class RasterWriter {
    /// What one band of a file to be written is.
    public struct Band: Sendable {
        public var role: BandRole
        public var description: String?

        public init(role: BandRole, description: String? = nil) {
            self.role = role
            self.description = description
        }
    }

    public let width: Int
    public let height: Int
    public let bandCount: Int
    private let path: String
    private var file: AtomicFile?
    private var dataset: GDALDataset?

    /// Creates the temporary.
    ///
    /// - Parameters:
    ///   - bands: their roles; the first three are taken as red, green and blue by other programs
    ///     if they are that here. A role that TIFF cannot tell (infrared) becomes the description.
    /// - Throws: ``RasterError`` or ``AtomicFileError`` (exit code 73).
    public init(
        path: String, width: Int, height: Int, bands: [Band], type: SampleType,
        georeference: Georeference = .none, nodata: Double? = nil
    ) throws {
        precondition(!bands.isEmpty && width > 0 && height > 0, "\(bands.count) \(width) \(height)")
        let file = try AtomicFile(path: path)
        let dataset = try RasterWriter.create(
            file.temporaryPath, for: path, width: width, height: height, bands: bands, type: type,
            georeference: georeference)
        for (index, band) in bands.enumerated() {
            guard let handle = unsafe GDALGetRasterBand(dataset.handle, Int32(index + 1)) else {
                continue
            }
            let description = band.description ?? (band.role == .other ? "" : band.role.rawValue)
            if !description.isEmpty { unsafe GDALSetDescription(handle, description) }
            if let nodata { unsafe GDALSetRasterNoDataValue(handle, nodata) }
        }
        self.path = path
        self.width = width
        self.height = height
        bandCount = bands.count
        self.file = consume file
        self.dataset = consume dataset
    }

    private static func create(
        _ temporary: String, for path: String, width: Int, height: Int, bands: [Band],
        type: SampleType, georeference: Georeference
    ) throws(AtomicFileError) -> GDALDataset {
        let colours = bands.prefix(3).map(\.role) == [.red, .green, .blue]
        do {
            // ALPHA=NO: four bands are not red, green, blue and opacity.
            let dataset = try GDALDataset(
                creating: temporary, driver: "GTiff", width: width, height: height,
                bands: bands.count, type: type.gdal,
                options: options(type) + [
                    "PHOTOMETRIC=\(colours ? "RGB" : "MINISBLACK")",
                    "ALPHA=NO", "INTERLEAVE=\(bands.count > 1 ? "PIXEL" : "BAND")",
                ])
            try georeference.apply(to: dataset)
            return dataset
        } catch {
            throw .writing(path, after: error)
        }
    }

    /// Options of every GeoTIFF that is read again by others: lossless, in blocks.
    static func options(_ type: SampleType) -> [String] {
        [
            "TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256", "COMPRESS=DEFLATE",
            "PREDICTOR=\(type == .float32 ? 3 : 2)", "BIGTIFF=IF_SAFER",
        ]
    }

    /// Writes one band of a window.
    ///
    /// - Parameters:
    ///   - samples: `(H, W)`, row-major, of the type the file was made with.
    ///   - band: from 1.
    /// - Precondition: the window lies in the raster.
    public func write<Sample: RasterSample>(
        _ samples: Span<Sample>, window: PixelWindow, band: Int
    ) throws {
        precondition((1...bandCount).contains(band), "band \(band) of \(bandCount)")
        try write(samples, window: window, bands: [Int32(band)])
    }

    /// Writes all bands of a window; `samples` is `(H, W, C)`, channels innermost.
    public func write<Sample: RasterSample>(
        interleaved samples: Span<Sample>, window: PixelWindow
    ) throws {
        try write(samples, window: window, bands: (1...bandCount).map(Int32.init))
    }

    private func write<Sample: RasterSample>(
        _ samples: Span<Sample>, window: PixelWindow, bands: [Int32]
    ) throws {
        precondition(samples.count == window.count * bands.count, "\(samples.count) \(window)")
        precondition(window.clipped(toWidth: width, height: height) == window, "\(window)")
        guard window.count > 0 else { return }
        guard dataset != nil else { preconditionFailure("written after finish()") }
        let bytes = MemoryLayout<Sample>.stride
        CPLErrorReset()
        var map = bands
        // GDAL's write does not change the buffer, though its type allows it to.
        let status = unsafe samples.withUnsafeBytes { buffer in
            unsafe GDALDatasetRasterIOEx(
                dataset?.handle, GF_Write, Int32(window.x), Int32(window.y), Int32(window.width),
                Int32(window.height), UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                Int32(window.width), Int32(window.height), Sample.sampleType.gdal,
                Int32(bands.count), &map, GSpacing(bytes * bands.count),
                GSpacing(bytes * bands.count * window.width), GSpacing(bytes), nil)
        }
        guard status == CE_None else { throw AtomicFileError.writing(path, after: .last()) }
    }

    /// Flushes everything to the disk and gives the file its name; once.
    ///
    /// An older file's `.aux.xml`, which would be taken for this one's, is removed.
    public func finish() throws {
        guard file != nil else { return }
        do {
            try dataset.take()?.close()
        } catch {
            throw AtomicFileError.writing(path, after: error)
        }
        PathCalls.unlink(path + ".aux.xml")
        try file.take()?.commit()
    }
}

extension Legend {
    /// Gives a band this legend's colours and names; every other value is transparent.
    func apply(to band: GDALRasterBandH) {
        guard let table = unsafe GDALCreateColorTable(GPI_RGB) else { return }
        defer { unsafe GDALDestroyColorTable(table) }
        for value in 0..<256 {
            let colour = entries.indices.contains(value) ? entries[value].colour : [0, 0, 0]
            var entry = GDALColorEntry(
                c1: Int16(colour[0]), c2: Int16(colour[1]), c3: Int16(colour[2]),
                c4: entries.indices.contains(value) ? 255 : 0)
            unsafe GDALSetColorEntry(table, Int32(value), &entry)
        }
        unsafe GDALSetRasterColorTable(band, table)
    }
}

extension AtomicFileError {
    /// The failure of a write through GDAL, which does not always tell a full disk from others.
    static func writing(_ path: String, after error: GDALError) -> AtomicFileError {
        let full = AtomicFile.freeBytes(beside: path).map { $0 < 1 << 20 } ?? false
        return AtomicFileError(path: path, reason: full ? "the disk is full" : "\(error)")
    }
}
