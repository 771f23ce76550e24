/// A small PNG picture of the map in its classes' colours, for a look; transparent where there
/// is no data.
///
/// Each of its pixels shows the most frequent class among up to 3 × 3 pixels that lie evenly in the
/// part of the map that it stands for. Small maps are magnified by whole numbers. Below a picture
/// that is large enough stand a scale bar and a legend.
public struct PreviewPicture: MapOutput {
    /// No side of the map's picture is longer, in pixels; the legend comes on top of that.
    public static let longestSide = 1024
    /// There is a legend if a side of the map's picture is longer than this, in pixels.
    public static let longestWithoutLegend = 400

    public let path: String

    public init(path: String) { self.path = path }

    public var kind: String { "preview" }
    public var settings: JSONValue { ["preview": "B"] }
    public var labellings: [Labelling] { [.classes] }
    public var pixelBytes: Int { 1 }
    public var role: MapRole { .follower }

    public func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        LabelEncoder(.classes).encode(row, into: &pixels)
    }

    public func memoryBytes(width: Int, height: Int) -> Int {
        let (columns, rows) = PreviewAxis.both(width: width, height: height)
        let (wide, high) =
            Self.hasLegend(columns, rows)
            ? (max(columns.length, PictureLegend.leastWidth), PictureLegend.mostHeight)
            : (columns.length, 0)
        // The samples, and the picture in GDAL's memory, as ours and as a file.
        return columns.places.count * rows.places.count + 3 * 4 * wide * (rows.length + high)
    }

    private static func hasLegend(_ columns: PreviewAxis, _ rows: PreviewAxis) -> Bool {
        max(columns.length, rows.length) > longestWithoutLegend
    }

    public func diskBytes(width: Int, height: Int) -> Int { 0 }

    public func check(_ architecture: Architecture) throws {
        try LabelMap(.classes, path: path).check(architecture)
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        try Product(path: path, frame: frame)
    }

    private final class Product: MapProduct {
        private let legend: Legend
        private let columns: PreviewAxis
        private let rows: PreviewAxis
        /// Metres that one pixel of the picture is wide; nil if unknown.
        private let metresPerPixel: Double?
        private var counts: ClassCounts
        private let total: Int
        /// Labels at the samples' places, `(rows, columns)`.
        private var samples: [UInt8]
        private let path: String
        private var file: AtomicFile?

        init(path: String, frame: MapFrame) throws {
            self.path = path
            legend = frame.legend
            (columns, rows) = PreviewAxis.both(width: frame.width, height: frame.height)
            counts = ClassCounts(width: frame.width, georeference: .none)
            total = frame.width * frame.height
            let across = Double(frame.width) / Double(columns.length)
            metresPerPixel = frame.georeference.pixelWidthMetres(
                width: frame.width, height: frame.height
            ).map { $0 * across }
            samples = Array(
                repeating: MapWriter.nodata, count: columns.places.count * rows.places.count)
            file = try AtomicFile(path: path)
        }

        func write(_ pixels: Span<UInt8>, window: PixelWindow) throws {
            counts.add(pixels, window: window)
            let taken = columns.samples(in: window.x..<window.x + window.width)
            for row in rows.samples(in: window.y..<window.y + window.height) {
                let line = (rows.places[row] - window.y) * window.width
                for column in taken {
                    samples[row * columns.places.count + column] =
                        pixels[line + columns.places[column] - window.x]
                }
            }
        }

        func finish(
            _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
            isCancelled: () -> Bool
        ) throws -> OutputSummary {
            if isCancelled() { throw Interrupted() }
            let picture = draw()
            guard let temporary = file?.temporaryPath else {
                preconditionFailure("finished after it was published")
            }
            do {
                try picture.copy(to: temporary, metadata: provenance.items)
            } catch {
                throw AtomicFileError.writing(path, after: error)
            }
            progress(1)
            return OutputSummary(kind: "preview", path: path)
        }

        private func draw() -> Picture {
            let below =
                PreviewPicture.hasLegend(columns, rows)
                ? PictureLegend(
                    legend, pixels: counts.pixels, total: total, width: columns.length,
                    metresPerPixel: metresPerPixel) : nil
            let width = below?.width ?? columns.length
            var picture = Picture(width: width, height: rows.length + (below?.height ?? 0))
            for y in 0..<rows.length {
                for x in 0..<columns.length {
                    let label = Int(mostFrequent(x, y))
                    guard label < legend.entries.count else { continue }
                    picture.set(y * width + x, legend.entries[label].colour)
                }
            }
            below?.draw(on: &picture, top: rows.length)
            return picture
        }

        /// The most frequent of a pixel's samples, no data left out; of equally frequent ones the
        /// first.
        private func mostFrequent(_ x: Int, _ y: Int) -> UInt8 {
            var best = (label: MapWriter.nodata, count: 0)
            var found: [UInt8] = []
            for row in y * rows.each..<(y + 1) * rows.each {
                for column in x * columns.each..<(x + 1) * columns.each {
                    let label = samples[row * columns.places.count + column]
                    if label != MapWriter.nodata { found.append(label) }
                }
            }
            for label in found {
                let count = found.count { $0 == label }
                if count > best.count { best = (label, count) }
            }
            return best.label
        }

        var finished: [FinishedFile] {
            guard let name = file?.temporaryPath else { return [] }
            return [
                FinishedFile(
                    path: path, temporaryPath: name, mediaType: "image/png", role: "overview")
            ]
        }

        func publish(in publication: inout Publication) {
            guard let file = file.take() else { preconditionFailure("published twice") }
            publication.add(file)
        }
    }
}
