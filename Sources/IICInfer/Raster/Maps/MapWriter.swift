internal import CGDAL

/// Writes a map of class labels: a Cloud-Optimised GeoTIFF with its attribute table beside it.
///
/// Labels come in any order; ``prepare(progress:isCancelled:)`` makes the map of them under a
/// temporary name, and ``publish(in:)`` has it named. One thread at a time; without `publish` nothing is left
/// behind. The bytes depend on the labels and what `init` is given, nothing else.
public final class MapWriter {
    /// The label of pixels that hold no data.
    public static let nodata: UInt8 = 255

    private let legend: Legend
    private let georeference: Georeference
    private let file: CloudOptimisedFile
    private var counts: ClassCounts

    public var path: String { file.path }
    public var width: Int { file.width }
    public var height: Int { file.height }

    /// Pixels written of each label.
    var pixels: [Int] { counts.pixels }
    /// Labels below it are classes.
    var classes: Int { legend.entries.count }

    /// Bytes of disk that writing a map takes for a while: surely where a scene has data everywhere,
    /// and at most.
    public static func diskBytes(width: Int, height: Int) -> (sure: Int, most: Int) {
        CloudOptimisedFormat.labels.diskBytes(width: width, height: height)
    }

    /// Creates a temporary; every pixel is nodata at first.
    ///
    /// - Parameter threads: that compress the finished map; its bytes do not depend on them.
    /// - Throws: ``AtomicFileError`` (exit code 73).
    /// - Precondition: the legend has at most 255 entries.
    public init(
        path: String, width: Int, height: Int, georeference: Georeference, legend: Legend,
        threads: Int = 1
    ) throws {
        precondition(legend.entries.count <= 255, "\(legend.entries.count) classes")
        file = try CloudOptimisedFile(
            path: path, width: width, height: height, format: .labels,
            georeference: georeference, threads: threads
        ) { labels in
            if let band = unsafe GDALGetRasterBand(labels.handle, 1) {
                unsafe legend.apply(to: band)
            }
        }
        self.legend = legend
        self.georeference = georeference
        counts = ClassCounts(width: width, georeference: georeference)
    }

    /// Gives the map metadata items (`IICD_SCENE_SHA256`, …). To keep maps reproducible, no times,
    /// paths or thread counts.
    public func setProvenance(_ items: [String: String]) { file.setMetadata(items) }

    /// Writes a rectangle of labels; each pixel once, or those of the table are counted wrongly.
    ///
    /// - Parameter labels: `(H, W)`, row-major; 255 for no data.
    /// - Precondition: the window lies in the map.
    public func write(_ labels: Span<UInt8>, window: PixelWindow) throws {
        try file.write(labels, window: window)
        counts.add(labels, window: window)
    }

    /// Counts all labels anew: some were changed after they had been written.
    func recount(isCancelled: () -> Bool) throws {
        counts = ClassCounts(width: width, georeference: georeference)
        try forEachRows { labels, window in
            if isCancelled() { throw Interrupted() }
            counts.add(labels, window: window)
        }
    }

    /// The band of the labels, to be read and changed until the map is prepared.
    func band() -> GDALRasterBandH? { unsafe file.band(1) }

    /// Makes the map of what was written, under a temporary name; once.
    ///
    /// - Parameters:
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked often.
    /// - Throws: ``AtomicFileError`` (exit code 73) or ``Interrupted``.
    public func prepare(
        progress: (_ share: Double) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws {
        try file.prepare(progress: progress, isCancelled: isCancelled) { written in
            counts.attach(to: written, legend: legend)
        }
        guard file.hasSidecar else {
            throw AtomicFileError.writing(
                path + ".aux.xml", after: GDALError(description: "GDAL has not written it"))
        }
    }

    /// The prepared map and its attribute table; none before that and after ``publish(in:)``.
    var finished: [FinishedFile] {
        file.finished(role: "data")
    }

    /// Hands over the prepared map, to be given its name: the attribute table goes first and the
    /// `.tif` last, so that where it is, all is there.
    public func publish(in publication: inout Publication) { file.publish(in: &publication) }

    /// Makes the map of what was written and gives it its name.
    ///
    /// - Throws: ``AtomicFileError``; then an older map there is what it was.
    public func finish() throws {
        try prepare()
        var publication = Publication()
        publish(in: &publication)
        try publication.commit()
    }
}
