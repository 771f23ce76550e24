internal import CGDAL

/// A Cloud-Optimised GeoTIFF in the making, and the `.aux.xml` beside it that holds what GeoTIFF
/// cannot.
///
/// Pixels go to a temporary in the same folder, in any order;
/// ``prepare(progress:isCancelled:attach:)`` copies it to the form of a COG, which GDAL 3.6 makes
/// from a whole file only, and ``publish(in:)`` has it named. Both files exist at once
/// (``CloudOptimisedFormat/diskBytes(width:height:)``). One thread at a time; without `publish`
/// nothing is left behind. The bytes depend on the pixels and on what `init` is given alone.
final class CloudOptimisedFile {
    let path: String
    let width: Int
    let height: Int
    /// Whether what was prepared has an `.aux.xml`.
    var hasSidecar: Bool { sidecar != nil }
    private let format: CloudOptimisedFormat
    private let georeference: Georeference
    private let threads: Int
    /// Pixels as they come; never committed, so that its end removes it.
    private var scratch: AtomicFile?
    private var pixels: GDALDataset?
    /// The finished file and its sidecar, under temporary names.
    private var file: AtomicFile?
    private var sidecar: AtomicFile?

    /// Creates the temporary; every pixel is nodata at first.
    ///
    /// - Parameters:
    ///   - threads: that compress the finished file; its bytes do not depend on them.
    ///   - describe: gives the empty dataset what shall be known of it: colours, names of bands.
    /// - Throws: ``AtomicFileError`` (exit code 73).
    init(
        path: String, width: Int, height: Int, format: CloudOptimisedFormat,
        georeference: Georeference, threads: Int,
        describe: (borrowing GDALDataset) -> Void
    ) throws {
        precondition(width > 0 && height > 0, "\(width) × \(height)")
        let scratch = try AtomicFile(path: path)
        do {
            let pixels = try GDALDataset(
                creating: scratch.temporaryPath, driver: "GTiff", width: width, height: height,
                bands: format.bands, type: format.type.gdal, options: format.temporaryOptions)
            try georeference.apply(to: pixels)
            for band in 1...format.bands {
                unsafe GDALSetRasterNoDataValue(
                    GDALGetRasterBand(pixels.handle, Int32(band)), format.nodata)
            }
            describe(pixels)
            self.pixels = consume pixels
        } catch {
            throw AtomicFileError.writing(path, after: error)
        }
        self.path = path
        self.width = width
        self.height = height
        self.format = format
        self.georeference = georeference
        self.threads = threads
        self.scratch = consume scratch
    }

    deinit {
        pixels = nil
        if let name = scratch?.temporaryPath { Self.removeCompanions(of: name) }
    }

    /// Gives the file metadata items (`IICD_SCENE_SHA256`, …). To keep files reproducible, no
    /// times, paths or thread counts.
    func setMetadata(_ items: [String: String]) {
        for (name, value) in items.sorted(by: { $0.key < $1.key }) {
            unsafe GDALSetMetadataItem(dataset(), name, value, nil)
        }
    }

    /// Writes a rectangle.
    ///
    /// - Parameter samples: bytes of `(H, W, bands)`.
    /// - Precondition: the window lies in the raster.
    func write(_ samples: Span<UInt8>, window: PixelWindow) throws {
        let bytes = format.pixelBytes
        precondition(samples.count == window.count * bytes, "\(samples.count) \(window)")
        precondition(window.clipped(toWidth: width, height: height) == window, "\(window)")
        guard window.count > 0 else { return }
        // No data is what every block holds that nobody has written.
        if format.type == .uint8, samples.isAll(UInt8(format.nodata)) { return }
        CPLErrorReset()
        // GDAL's write does not change the buffer, though its type allows it to.
        let status = unsafe samples.withUnsafeBytes { buffer in
            unsafe GDALDatasetRasterIOEx(
                dataset(), GF_Write, Int32(window.x), Int32(window.y), Int32(window.width),
                Int32(window.height), UnsafeMutableRawPointer(mutating: buffer.baseAddress),
                Int32(window.width), Int32(window.height), format.type.gdal, Int32(format.bands),
                nil, GSpacing(bytes), GSpacing(bytes * window.width),
                GSpacing(format.type.byteCount), nil)
        }
        guard status == CE_None else { throw AtomicFileError.writing(path, after: .last()) }
    }

    /// A band, from 1, to be read and changed until the file is prepared.
    func band(_ number: Int) -> GDALRasterBandH? {
        unsafe GDALGetRasterBand(dataset(), Int32(number))
    }

    /// The prepared file and its sidecar; none before that and after ``publish(in:)``.
    ///
    /// - Parameter role: the file's, in the words of STAC's assets.
    func finished(role: String) -> [FinishedFile] {
        guard let file = file?.temporaryPath else { return [] }
        let main = FinishedFile(
            path: path, temporaryPath: file, mediaType: FinishedFile.cloudOptimised, role: role)
        guard let sidecar = sidecar?.temporaryPath else { return [main] }
        return [
            main,
            FinishedFile(
                path: path + ".aux.xml", temporaryPath: sidecar, mediaType: "application/xml",
                role: "metadata"),
        ]
    }

    private func dataset() -> GDALDatasetH? {
        precondition(pixels != nil, "written after it was prepared")
        return unsafe pixels?.handle
    }

    /// Makes the file of what was written, under a temporary name; once.
    ///
    /// - Parameters:
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked often.
    ///   - attach: gives the finished file, open for reading, what GDAL keeps beside it.
    /// - Throws: ``AtomicFileError`` (exit code 73) or ``Interrupted``.
    func prepare(
        progress: (_ share: Double) -> Void, isCancelled: () -> Bool,
        attach: (borrowing GDALDataset) -> Void = { _ in }
    ) throws {
        let file = try AtomicFile(path: path)
        let sidecar = try AtomicFile(path: path + ".aux.xml")
        let name = file.temporaryPath
        defer { Self.removeCompanions(of: name) }
        do {
            CPLErrorReset()
            unsafe GDALFlushCache(dataset())
            // The call itself does not tell.
            guard CPLGetLastErrorType() != CE_Failure else { throw GDALError.last() }
            try buildOverviews(
                progress: { progress($0 * Self.overviewShare) }, isCancelled: isCancelled)
            let options = format.copyOptions(threads: threads)
            try unsafe CloudOptimisedCopy.write(dataset(), to: name, options: options) { share in
                progress(Self.overviewShare + share * (1 - Self.overviewShare))
                return !isCancelled()
            }
            if isCancelled() { throw Interrupted() }
            try pixels.take()?.close()
            let written = try GDALDataset(reading: name)
            attach(written)
            // What GeoTIFF cannot hold, GDAL keeps in the sidecar as well.
            try georeference.missing(from: Georeference(of: written))?.apply(to: written)
            try written.close()
        } catch let error as GDALError {
            throw AtomicFileError.writing(path, after: error)
        }
        if PathCalls.rename(name + ".aux.xml", sidecar.temporaryPath) == 0 {
            self.sidecar = consume sidecar
        }
        if let used = scratch?.temporaryPath { Self.removeCompanions(of: used) }
        scratch = nil
        self.file = consume file
    }

    /// Of the time that finishing takes.
    private static let overviewShare = 0.3

    private func buildOverviews(
        progress: (_ share: Double) -> Void, isCancelled: () -> Bool
    ) throws {
        guard let handle = unsafe dataset() else { return }
        switch format {
        case .labels:
            try unsafe MapOverviews.build(
                in: handle, pooling: MostFrequentClass(), progress: progress,
                isCancelled: isCancelled)
        case .percent:
            try unsafe MapOverviews.build(
                in: handle, pooling: MeanPercent(), progress: progress, isCancelled: isCancelled)
        case .floats:
            try unsafe MapOverviews.build(
                in: handle, pooling: MeanNumber(), progress: progress, isCancelled: isCancelled)
        }
    }

    /// Hands over the prepared file, to be named after its sidecar, so that where it is, all is
    /// there. Without a sidecar an older one goes, which would be taken for its own.
    func publish(in publication: inout Publication) {
        guard let file = file.take() else {
            preconditionFailure("published before it was prepared")
        }
        for companion in Self.companions(of: path) { publication.remove(companion) }
        if let sidecar = sidecar.take() {
            publication.add(sidecar)
        } else {
            publication.remove(path + ".aux.xml")
        }
        publication.add(file)
    }

    /// What other programs keep beside a raster: GDAL would take an older one's overviews and mask for
    /// those of a new one.
    static func companions(of path: String) -> [String] { [path + ".ovr", path + ".msk"] }

    /// Removes what GDAL may have put beside a temporary.
    private static func removeCompanions(of name: String) {
        for suffix in [".aux.xml", ".ovr.tmp", ".msk.ovr.tmp"] { PathCalls.unlink(name + suffix) }
    }
}
