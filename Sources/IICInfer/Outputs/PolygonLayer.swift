import Glibc

/// The patches of a map as polygons, in a GeoPackage: pixels of one class that hang together by their
/// sides are one polygon, whatever tiles and swaths they were computed in.
///
/// Polygons have at most `PatchTracer.vertexLimit` open corners together while they are made; beyond
/// that, the largest are cut between two rows, and the summary says so.
public struct PolygonLayer: MapOutput {
    public let path: String
    /// What is smaller is left out, unless it is a part of a patch that was cut.
    public let least: PatchSize?

    public init(path: String, least: PatchSize? = nil) {
        self.path = path
        self.least = least
    }

    /// What other programs keep beside a GeoPackage: an older file's would be taken for a part of a new
    /// one.
    static let parts = ["-journal", "-wal", "-shm"]

    public var kind: String { "polygons" }
    public var companions: [String] { Self.parts.map { path + $0 } }
    public var settings: JSONValue {
        ["polygons": "B", "least": least.map { .string("\($0)") } ?? .null]
    }
    public var labellings: [Labelling] { [.classes] }
    public var pixelBytes: Int { 1 }
    public var role: MapRole { .follower }
    public var provenance: MapProvenance? { MapProvenance(geoPackage: path) }
    public var legendHash: String? { MapProvenance.legendHash(geoPackage: path) }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        LabelEncoder(.classes).encode(row, into: &pixels)
    }

    public func diskBytes(width: Int, height: Int) -> Int { 0 }

    public func finishingBytes(width: Int, height: Int) -> Int {
        PatchTracer.memoryBytes(width: width)
            + PolygonFile.memoryBytes(corners: PatchTracer.largestPatch(width: width))
    }

    public func check(_ architecture: Architecture) throws {
        try LabelMap(.classes, path: path).check(architecture)
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        if case .squareMetres = least, PixelArea(frame.georeference) == nil {
            throw SegmentError.noAreas
        }
        return try Product(path: path, least: least, frame: frame)
    }

    private final class Product: MapProduct {
        private let least: PatchSize?
        private let legend: Legend
        private let height: Int
        private let area: PixelArea?
        private var tracer: PatchTracer
        private var polygons: PolygonFile?
        private var counts = OutputSummary.Polygons()
        private let path: String
        private var file: AtomicFile?

        init(path: String, least: PatchSize?, frame: MapFrame) throws {
            self.path = path
            self.least = least
            legend = frame.legend
            height = frame.height
            area = PixelArea(frame.georeference)
            tracer = PatchTracer(width: frame.width)
            let file = try AtomicFile(path: path)
            // Beside the temporary, since GeoPackages are not made of a file that is there.
            let beside = file.temporaryPath + ".gpkg"
            do {
                polygons = try PolygonFile.withSettings { () throws(GDALError) in
                    try PolygonFile(
                        path: beside, names: frame.legend.entries.map(\.name),
                        grid: MapGrid(frame.georeference))
                }
            } catch {
                throw AtomicFileError.writing(path, after: error.withoutQuery)
            }
            self.file = consume file
        }

        /// Takes whole rows, from the top down.
        func write(_ pixels: Span<UInt8>, window: PixelWindow) throws {
            precondition(window.y == tracer.row && window.width == tracer.width, "\(window)")
            do {
                try PolygonFile.withSettings {
                    for row in 0..<window.height {
                        let place = window.y + row
                        try tracer.add(
                            pixels.extracting(row * window.width..<(row + 1) * window.width),
                            squareMetres: area?.squareMetres(
                                rows: place..<place + 1, width: window.width) ?? 0
                        ) { try take($0) }
                    }
                    if tracer.row == height { try tracer.finish { try take($0) } }
                }
            } catch let error as GDALError {
                throw AtomicFileError.writing(path, after: error.withoutQuery)
            }
        }

        private func take(_ patch: Patch) throws {
            if patch.isPart {
                counts.parts += 1
            } else if let least, !least.admits(patch) {
                counts.smaller += 1
                return
            }
            counts.written += 1
            try polygons?.add(patch, squareMetres: area == nil ? nil : patch.squareMetres)
        }

        func finish(
            _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
            isCancelled: () -> Bool
        ) throws -> OutputSummary {
            if isCancelled() { throw Interrupted() }
            guard let polygons, let temporary = file?.temporaryPath else {
                preconditionFailure("finished after it was published")
            }
            precondition(tracer.row > height, "\(tracer.row) of \(height) rows")
            var items = provenance.items
            items["IICD_LEGEND_SHA256"] = legend.hash
            do {
                try PolygonFile.withSettings { () throws(GDALError) in
                    try polygons.finish(metadata: items)
                }
            } catch {
                throw AtomicFileError.writing(path, after: error.withoutQuery)
            }
            guard PathCalls.rename(polygons.path, temporary) == 0 else {
                throw AtomicFileError(path: path, code: errno)
            }
            self.polygons = nil
            counts.cuts = tracer.cuts
            progress(1)
            return OutputSummary(kind: "polygons", path: path, polygons: counts)
        }

        var finished: [FinishedFile] {
            guard let temporary = file?.temporaryPath else { return [] }
            return [
                FinishedFile(
                    path: path, temporaryPath: temporary,
                    mediaType: "application/geopackage+sqlite3", role: "data")
            ]
        }

        func publish(in publication: inout Publication) {
            guard let file = file.take() else { preconditionFailure("published twice") }
            // What another program keeps beside an older file would be taken for a part of this one.
            for part in PolygonLayer.parts { publication.remove(path + part) }
            publication.add(file)
        }
    }
}
