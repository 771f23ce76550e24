/// A small PNG picture of the map in its classes' colours, for a look; transparent where there
/// is no data.
///
/// Each of its pixels shows the most frequent class among up to 3 × 3 pixels that lie evenly in the
/// part of the map that it stands for. Small maps are magnified by whole numbers.
public struct PreviewPicture: MapOutput {
    /// No side is longer, in pixels.
    public static let longestSide = 1024
    /// Samples that one pixel of the picture takes along each axis, at most.
    fileprivate static let samples = 3

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
        let (columns, rows) = Axis.both(width: width, height: height)
        // The samples, and the picture in GDAL's memory, as ours and as a file.
        return columns.places.count * rows.places.count + 3 * 4 * columns.length * rows.length
    }

    public func diskBytes(width: Int, height: Int) -> Int { 0 }

    public func check(_ architecture: Architecture) throws {
        try LabelMap(.classes, path: path).check(architecture)
    }

    public func begin(_ frame: MapFrame) throws -> any MapProduct {
        try Product(path: path, frame: frame)
    }

    /// One axis of the picture.
    fileprivate struct Axis {
        /// Pixels of the picture.
        let length: Int
        /// Samples of each of them.
        let each: Int
        /// The map's pixel that each sample is, in order.
        let places: [Int]

        private init(_ length: Int, of size: Int) {
            self.length = length
            each = min(PreviewPicture.samples, max(1, (size + length - 1) / length))
            let total = length * each
            places = (0..<total).map { min(size - 1, (2 * $0 + 1) * size / (2 * total)) }
        }

        /// Columns and rows.
        static func both(width: Int, height: Int) -> (Axis, Axis) {
            let side = max(width, height)
            let longest = PreviewPicture.longestSide
            let times = max(1, longest / 2 / side)
            func length(_ size: Int) -> Int {
                guard side > longest else { return size * times }
                return max(1, Int((Double(size) * Double(longest) / Double(side)).rounded()))
            }
            return (Axis(length(width), of: width), Axis(length(height), of: height))
        }

        /// The samples that lie in some of the map's pixels.
        func samples(in range: Range<Int>) -> Range<Int> {
            first(at: range.lowerBound)..<first(at: range.upperBound)
        }

        private func first(at place: Int) -> Int {
            var (low, high) = (0, places.count)
            while low < high {
                let middle = (low + high) / 2
                if places[middle] < place { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private final class Product: MapProduct {
        private let legend: Legend
        private let columns: Axis
        private let rows: Axis
        /// Labels at the samples' places, `(rows, columns)`.
        private var samples: [UInt8]
        private let path: String
        private var file: AtomicFile?

        init(path: String, frame: MapFrame) throws {
            self.path = path
            legend = frame.legend
            (columns, rows) = Axis.both(width: frame.width, height: frame.height)
            samples = Array(
                repeating: MapWriter.nodata, count: columns.places.count * rows.places.count)
            file = try AtomicFile(path: path)
        }

        func write(_ pixels: Span<UInt8>, window: PixelWindow) throws {
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
            var picture = Picture(width: columns.length, height: rows.length)
            for y in 0..<rows.length {
                for x in 0..<columns.length {
                    let label = Int(mostFrequent(x, y))
                    guard label < legend.entries.count else { continue }
                    picture.set(y * columns.length + x, legend.entries[label].colour)
                }
            }
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

        func publish(in publication: inout Publication) {
            guard let file = file.take() else { preconditionFailure("published twice") }
            publication.add(file)
        }
    }
}
