internal import CGDAL
import Glibc

/// Writes a map of class labels: a Cloud-Optimised GeoTIFF with its attribute table beside it.
///
/// Labels go to a temporary in the same folder, in any order; ``finish()`` copies it to the form of
/// a COG, which GDAL 3.6 makes from a whole file only. Both exist at once: a map of W × H pixels
/// needs about 2 · W · H bytes of disk at its worst. One thread at a time; without `finish`
/// nothing is left behind. The bytes depend on the labels and what `init` is given, nothing else.
public final class MapWriter {
    /// The label of pixels that hold no data.
    public static let nodata: UInt8 = 255

    public let path: String
    public let width: Int
    public let height: Int
    private let legend: Legend
    private let georeference: Georeference
    private let threads: Int
    /// Labels as they come; never committed, so that its end removes it.
    private var scratch: AtomicFile?
    private var labels: GDALDataset?

    /// Creates the temporary; every pixel is nodata at first.
    ///
    /// - Parameter threads: that compress the finished map; its bytes do not depend on them.
    /// - Throws: ``AtomicFileError`` (exit code 73).
    /// - Precondition: the legend has at most 255 entries.
    public init(
        path: String, width: Int, height: Int, georeference: Georeference, legend: Legend,
        threads: Int = 1
    ) throws {
        precondition(width > 0 && height > 0, "\(width) × \(height)")
        precondition(legend.entries.count <= 255, "\(legend.entries.count) classes")
        let scratch = try AtomicFile(path: path)
        do {
            // Not compressed: blocks are written in parts, and a compressed one would move each
            // time it grows, leaving a hole.
            let labels = try GDALDataset(
                creating: scratch.temporaryPath, driver: "GTiff", width: width, height: height,
                bands: 1, type: GDT_Byte,
                options: [
                    "TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512", "SPARSE_OK=TRUE",
                    "BIGTIFF=IF_NEEDED", "PHOTOMETRIC=PALETTE",
                ])
            try georeference.apply(to: labels)
            let band = unsafe GDALGetRasterBand(labels.handle, 1)
            unsafe GDALSetRasterNoDataValue(band, Double(MapWriter.nodata))
            if let band = unsafe band { unsafe legend.apply(to: band) }
            self.labels = consume labels
        } catch {
            throw AtomicFileError.writing(path, after: error)
        }
        self.path = path
        self.width = width
        self.height = height
        self.legend = legend
        self.threads = threads
        self.georeference = georeference
        self.scratch = consume scratch
    }

    deinit {
        labels = nil
        if let name = scratch?.temporaryPath { MapWriter.removeCompanions(of: name) }
    }

    /// Gives the map metadata items (`IICD_SCENE_SHA256`, …). To keep maps reproducible, no times,
    /// paths or thread counts.
    public func setProvenance(_ items: [String: String]) {
        for (name, value) in items.sorted(by: { $0.key < $1.key }) {
            unsafe GDALSetMetadataItem(dataset(), name, value, nil)
        }
    }

    /// Writes a rectangle of labels.
    ///
    /// - Parameter labels: `(H, W)`, row-major; 255 for no data.
    /// - Precondition: the window lies in the map.
    public func write(_ labels: Span<UInt8>, window: PixelWindow) throws {
        precondition(labels.count == window.count, "\(labels.count) \(window)")
        precondition(window.clipped(toWidth: width, height: height) == window, "\(window)")
        guard window.count > 0 else { return }
        let band = unsafe GDALGetRasterBand(dataset(), 1)
        CPLErrorReset()
        let status = unsafe labels.withUnsafeBytes { buffer in
            unsafe GDALRasterIO(
                band, GF_Write, Int32(window.x), Int32(window.y), Int32(window.width),
                Int32(window.height), UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                Int32(window.width), Int32(window.height), GDT_Byte, 0, 0)
        }
        guard status == CE_None else { throw AtomicFileError.writing(path, after: .last()) }
    }

    private func dataset() -> GDALDatasetH? {
        precondition(labels != nil, "written after finish()")
        return unsafe labels?.handle
    }

    /// Makes the map of what was written and gives it its name; once.
    ///
    /// The attribute table goes first and the `.tif` last: where it is, all is there.
    ///
    /// - Parameter preview: where to put a picture of the map too, before the map itself.
    /// - Throws: ``AtomicFileError`` (exit code 73).
    public func finish(preview: String? = nil) throws {
        let map = try AtomicFile(path: path)
        let sidecar = try AtomicFile(path: path + ".aux.xml")
        let name = map.temporaryPath
        defer { MapWriter.removeCompanions(of: name) }
        do throws(GDALError) {
            CPLErrorReset()
            unsafe GDALFlushCache(dataset())
            // The call itself does not tell.
            guard CPLGetLastErrorType() != CE_Failure else { throw GDALError.last() }
            let counts = try unsafe ClassCounts(labels: dataset(), width: width, height: height)
            try GDAL.withSmallCache { () throws(GDALError) in
                if let labels = unsafe dataset() {
                    try unsafe MapOverviews.build(in: labels, width: width, height: height)
                }
                try copy(to: name)
            }
            try labels.take()?.close()
            let written = try GDALDataset(reading: name)
            counts.attach(to: written, legend: legend, georeference: georeference)
            // What GeoTIFF cannot hold, GDAL keeps in the sidecar as well.
            try georeference.missing(from: Georeference(of: written))?.apply(to: written)
            try written.close()
        } catch {
            throw AtomicFileError.writing(path, after: error)
        }
        if let preview { try Preview.write(map: name, legend: legend, to: preview) }
        guard unsafe rename(name + ".aux.xml", sidecar.temporaryPath) == 0 else {
            throw AtomicFileError.writing(
                path + ".aux.xml", after: GDALError(description: "GDAL has not written it"))
        }
        // An older map's name would stand beside the newer table in between: it goes first.
        if unsafe unlink(path) != 0 && errno != ENOENT {
            throw AtomicFileError(
                path: path, reason: AtomicFile.reason(errno, folder: AtomicFile.folder(of: path)))
        }
        try sidecar.commit()
        try map.commit()
        if let used = scratch?.temporaryPath { MapWriter.removeCompanions(of: used) }
        scratch = nil
    }

    private func copy(to name: String) throws(GDALError) {
        guard let driver = unsafe GDALGetDriverByName("COG") else {
            throw GDALError(description: "this GDAL has no COG driver")
        }
        CPLErrorReset()
        let copy = unsafe withStringList([
            "COMPRESS=DEFLATE", "LEVEL=6", "BLOCKSIZE=512", "BIGTIFF=IF_SAFER",
            "OVERVIEWS=FORCE_USE_EXISTING", "NUM_THREADS=\(min(threads, 16))",
        ]) { unsafe GDALCreateCopy(driver, name, dataset(), 0, $0, nil, nil) }
        guard let copy = unsafe copy else { throw .last() }
        // Some failed writes leave a file and an error.
        let failed = CPLGetLastErrorType() == CE_Failure
        let reason = GDALError.last()
        try unsafe GDALDataset(owning: copy).close()
        if failed { throw reason }
    }

    /// Removes what GDAL may have put beside a temporary.
    private static func removeCompanions(of name: String) {
        for suffix in [".aux.xml", ".ovr.tmp", ".msk.ovr.tmp"] { _ = unsafe unlink(name + suffix) }
    }
}
