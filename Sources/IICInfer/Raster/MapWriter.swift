internal import CGDAL
import Glibc

/// Writes a map of class labels: a Cloud-Optimised GeoTIFF with its attribute table beside it.
///
/// Labels go to a temporary in the same folder, in any order; ``prepare(progress:isCancelled:)`` copies
/// it to the form of a COG, which GDAL 3.6 makes from a whole file only, and ``publish(in:)`` has it
/// named. Both files exist at once (``diskBytes(width:height:)``). One thread at a time; without
/// `publish` nothing is left behind. The bytes depend on the labels and what `init` is given, nothing
/// else.
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
    private var counts: ClassCounts
    /// The finished map and its attribute table, under temporary names.
    private var map: AtomicFile?
    private var sidecar: AtomicFile?

    /// Pixels written of each label.
    var pixels: [Int] { counts.pixels }

    /// Bytes of disk that writing a map takes for a while: the temporary with its overviews, not
    /// compressed, which is `sure` where a scene has data everywhere, and at `most` a copy of it
    /// that does not get smaller.
    public static func diskBytes(width: Int, height: Int) -> (sure: Int, most: Int) {
        // Overviews add a quarter and a quarter of that and so on.
        let labels = Double(width) * Double(height) * 4 / 3
        return (Int(min(labels, 1e18)), Int(min(2 * labels, 1e18)))
    }

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
        counts = ClassCounts(width: width, height: height)
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

    /// Writes a rectangle of labels; each pixel once, or those of the table are counted wrongly.
    ///
    /// - Parameter labels: `(H, W)`, row-major; 255 for no data.
    /// - Precondition: the window lies in the map.
    public func write(_ labels: Span<UInt8>, window: PixelWindow) throws {
        precondition(labels.count == window.count, "\(labels.count) \(window)")
        precondition(window.clipped(toWidth: width, height: height) == window, "\(window)")
        guard window.count > 0 else { return }
        if labels.isAll(MapWriter.nodata) {
            // As every block is that nobody has written.
            counts.add(MapWriter.nodata, window: window)
            return
        }
        let band = unsafe GDALGetRasterBand(dataset(), 1)
        CPLErrorReset()
        let status = unsafe labels.withUnsafeBytes { buffer in
            unsafe GDALRasterIO(
                band, GF_Write, Int32(window.x), Int32(window.y), Int32(window.width),
                Int32(window.height), UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                Int32(window.width), Int32(window.height), GDT_Byte, 0, 0)
        }
        guard status == CE_None else { throw AtomicFileError.writing(path, after: .last()) }
        counts.add(labels, window: window)
    }

    private func dataset() -> GDALDatasetH? {
        precondition(labels != nil, "written after finish()")
        return unsafe labels?.handle
    }

    /// Makes the map of what was written, under a temporary name; once.
    ///
    /// - Parameters:
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked often.
    /// - Throws: ``AtomicFileError`` (exit code 73) or ``Interrupted``.
    public func prepare(
        progress: (_ share: Double) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws {
        let map = try AtomicFile(path: path)
        let sidecar = try AtomicFile(path: path + ".aux.xml")
        let name = map.temporaryPath
        defer { MapWriter.removeCompanions(of: name) }
        do {
            CPLErrorReset()
            unsafe GDALFlushCache(dataset())
            // The call itself does not tell.
            guard CPLGetLastErrorType() != CE_Failure else { throw GDALError.last() }
            if let labels = unsafe dataset() {
                try unsafe MapOverviews.build(
                    in: labels, width: width, height: height,
                    progress: { progress($0 * Self.overviewShare) }, isCancelled: isCancelled)
            }
            try copy(to: name) { share in
                progress(Self.overviewShare + share * (1 - Self.overviewShare))
                return !isCancelled()
            }
            if isCancelled() { throw Interrupted() }
            try labels.take()?.close()
            let written = try GDALDataset(reading: name)
            counts.attach(to: written, legend: legend, georeference: georeference)
            // What GeoTIFF cannot hold, GDAL keeps in the sidecar as well.
            try georeference.missing(from: Georeference(of: written))?.apply(to: written)
            try written.close()
        } catch let error as GDALError {
            throw AtomicFileError.writing(path, after: error)
        }
        guard unsafe rename(name + ".aux.xml", sidecar.temporaryPath) == 0 else {
            throw AtomicFileError.writing(
                path + ".aux.xml", after: GDALError(description: "GDAL has not written it"))
        }
        if let used = scratch?.temporaryPath { MapWriter.removeCompanions(of: used) }
        scratch = nil
        self.map = consume map
        self.sidecar = consume sidecar
    }

    /// Hands over the prepared map, to be given its name: the attribute table goes first and the
    /// `.tif` last, so that where it is, all is there.
    public func publish(in publication: inout Publication) {
        guard let map = map.take(), let sidecar = sidecar.take() else {
            preconditionFailure("published before it was prepared")
        }
        publication.add(sidecar)
        publication.add(map)
    }

    /// Makes the map of what was written and gives it its name.
    ///
    /// - Throws: ``AtomicFileError``; then an older map there is what it was.
    public func finish() throws {
        try prepare()
        var publication = Publication()
        publish(in: &publication)
        try publication.commit()
    }

    /// Of the time that finishing takes.
    private static let overviewShare = 0.3

    /// - Parameter goOn: told the share that is done; false to stop.
    private func copy(to name: String, goOn: (_ share: Double) -> Bool) throws {
        guard let driver = unsafe GDALGetDriverByName("COG") else {
            throw GDALError(description: "this GDAL has no COG driver")
        }
        CPLErrorReset()
        var stopped = false
        let copy = withoutActuallyEscaping(goOn) { goOn in
            let watch = CopyWatch(goOn: goOn)
            let copy = unsafe withStringList([
                "COMPRESS=DEFLATE", "LEVEL=6", "BLOCKSIZE=512", "BIGTIFF=IF_SAFER",
                "OVERVIEWS=FORCE_USE_EXISTING", "NUM_THREADS=\(min(threads, 16))",
            ]) { options in
                unsafe GDALCreateCopy(
                    driver, name, dataset(), 0, options,
                    { share, _, watch in
                        guard let watch = unsafe watch else { return 1 }
                        return unsafe Unmanaged<CopyWatch>.fromOpaque(watch).takeUnretainedValue()
                            .tell(share)
                    }, Unmanaged.passUnretained(watch).toOpaque())
            }
            stopped = watch.stopped
            return unsafe copy
        }
        guard let copy = unsafe copy else {
            if stopped { throw Interrupted() }
            throw GDALError.last()
        }
        // Some failed writes leave a file and an error.
        let failed = CPLGetLastErrorType() == CE_Failure
        let reason = GDALError.last()
        try unsafe GDALDataset(owning: copy).close()
        if stopped { throw Interrupted() }
        if failed { throw reason }
    }

    /// Removes what GDAL may have put beside a temporary.
    private static func removeCompanions(of name: String) {
        for suffix in [".aux.xml", ".ovr.tmp", ".msk.ovr.tmp"] { _ = unsafe unlink(name + suffix) }
    }
}

/// What GDAL's copy asks whether to go on; it lives as long as the call.
private final class CopyWatch {
    private let goOn: (Double) -> Bool
    private(set) var stopped = false

    init(goOn: @escaping (Double) -> Bool) { self.goOn = goOn }

    /// 0 makes GDAL stop.
    func tell(_ share: Double) -> Int32 {
        if !stopped && !goOn(share) { stopped = true }
        return stopped ? 0 : 1
    }
}
