/// A map of labels: a Cloud-Optimised GeoTIFF with its attribute table beside it.
public struct LabelMap: MapOutput {
    /// Takes `(H, W)` labels of a window of the map in the making, before any clean-up; each pixel
    /// comes once, one thread at a time.
    public typealias Watcher =
        @Sendable (
            _ labels: Span<UInt8>, _ window: PixelWindow, _ map: (width: Int, height: Int)
        ) -> Void

    public let labelling: Labelling
    public let path: String
    private let watcher: Watcher?

    public init(_ labelling: Labelling, path: String, watcher: Watcher? = nil) {
        self.labelling = labelling
        self.path = path
        self.watcher = watcher
    }

    public var kind: String { labelling == .classes ? "map" : "overclusters" }
    public var files: [String] { [path, path + ".aux.xml"] }
    public var companions: [String] { CloudOptimisedFile.companions(of: path) }
    public var settings: JSONValue { ["labels": labelling == .classes ? "B" : "A"] }
    public var labellings: [Labelling] { [labelling] }
    public var pixelBytes: Int { 1 }
    public var role: MapRole { labelling == .classes ? .map : .other }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        LabelEncoder(labelling).encode(row, into: &pixels)
    }

    public func diskBytes(width: Int, height: Int) -> Int {
        MapWriter.diskBytes(width: width, height: height).sure
    }

    public func check(_ architecture: Architecture) throws {
        let head = labelling == .classes ? Head.B : .A
        let classes = architecture.classes(of: head)
        guard classes <= Int(MapWriter.nodata) else {
            throw SegmentError.tooManyClasses(head: head, classes)
        }
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        try ClassMapProduct(
            of: self, frame: frame,
            legend: labelling == .classes
                ? frame.legend : .overclusters(frame.architecture.overclusters),
            watcher: watcher)
    }
}

/// A map of class numbers in the making, whatever they mean.
public final class ClassMapProduct: MapProduct {
    private let kind: String
    private let legend: Legend
    private let writer: MapWriter
    private let watcher: LabelMap.Watcher?

    /// Pixels of a column.
    var height: Int { writer.height }

    /// - Throws: ``AtomicFileError``.
    /// - Precondition: the legend has at most 255 entries.
    public init(
        of output: any MapOutput, frame: MapFrame, legend: Legend,
        watcher: LabelMap.Watcher? = nil
    ) throws {
        kind = output.kind
        self.watcher = watcher
        self.legend = legend
        writer = try MapWriter(
            path: output.path, width: frame.width, height: frame.height,
            georeference: frame.georeference, legend: legend, threads: frame.threads)
    }

    public func write(_ pixels: Span<UInt8>, window: PixelWindow) throws {
        try writer.write(pixels, window: window)
        watcher?(pixels, window, (writer.width, writer.height))
    }

    public func finish(
        _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws -> OutputSummary {
        var items = provenance.items
        items["IICD_LEGEND_SHA256"] = legend.hash
        writer.setProvenance(items)
        try writer.prepare(progress: progress, isCancelled: isCancelled)
        let classes = zip(legend.entries, writer.pixels).map {
            OutputSummary.ClassShare(name: $0.name, pixels: $1)
        }
        return OutputSummary(
            kind: kind, path: writer.path, classes: classes,
            nodata: writer.width * writer.height - classes.reduce(0) { $0 + $1.pixels })
    }

    public var finished: [FinishedFile] { writer.finished }

    public func publish(in publication: inout Publication) { writer.publish(in: &publication) }

    /// Cleans up the labels, all of which are there.
    func apply(
        _ cleanUp: CleanUp, memory: FinishingMemory, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws {
        try writer.apply(cleanUp, memory: memory, progress: progress, isCancelled: isCancelled)
    }

    /// Hands out the labels, all of which are there, as ``MapWriter/forEachRows(_:)`` does.
    func forEachRows(
        _ body: (_ labels: Span<UInt8>, _ window: PixelWindow) throws -> Void
    ) throws {
        try writer.forEachRows(body)
    }
}

extension Legend {
    /// What the classes of head A are called: they have no names, and there are many.
    static func overclusters(_ count: Int) -> Legend {
        var legend = unnamed(classes: count)
        for index in legend.entries.indices {
            legend.entries[index].name = "Cluster \(index + 1)"
        }
        return legend
    }
}
