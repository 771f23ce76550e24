import IICKernels

/// The two heads of the network, and what may run beside them.
public enum Head: String, Codable, Sendable, CaseIterable {
    /// Overclustering, auxiliary.
    case A
    /// Clustering: its classes are the labels of a map.
    case B
    /// An engine's ``Projection``: no part of the network, and no probabilities.
    case projection

    /// Those of the network.
    public static let allCases: [Head] = [.A, .B]
}

/// A rectangle of a scene that is labelled together, or tiles side by side that do not see each
/// other.
public struct Swath: Hashable, Sendable {
    /// Rows of the scene, or of one tile.
    public var height: Int
    /// The rows to label.
    public var rows: Range<Int>
    public var width: Int
    public var columns: Range<Int>
    /// How many such images lie side by side.
    public var copies: Int

    public init(
        height: Int, rows: Range<Int>, width: Int, columns: Range<Int>, copies: Int = 1
    ) {
        self.height = height
        self.rows = rows
        self.width = width
        self.columns = columns
        self.copies = copies
    }
}

/// What runs a model over images. One value serves many threads at once.
public protocol Engine: Sendable {
    var architecture: Architecture { get }
    var geometry: Geometry { get }
    /// What runs beside the heads; nil if nothing does.
    var projection: Projection? { get }

    /// What `iicd inspect` shows.
    var name: String { get }

    /// Bytes of the weights in the form that this engine uses.
    var weightBytes: Int { get }

    /// Peak bytes of scratch that one call of ``probabilities(of:height:width:head:into:)`` for one
    /// image needs.
    func scratchBytes(height: Int, width: Int) -> Int

    /// Class probabilities of images of one size, each alone, in this engine's geometry.
    ///
    /// - Parameters:
    ///   - images: `(N, H, W, C)` scaled to 0…1, 0 where invalid. Zeros lie beyond their edges.
    ///     Several at once may be faster; their results are the same bits.
    ///   - output: `(N, H, W, K)` of the head's first sub-head, or of the projection, overwritten.
    /// - Precondition: in `paper` geometry images are at least 8 × 8.
    func probabilities(
        of images: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>)

    /// The rows, and the columns of each copy, that a swath's outputs are made from.
    func inputs(of swath: Swath) -> (rows: Range<Int>, columns: Range<Int>)

    /// Peak bytes that one call of ``run(_:heads:read:isCancelled:emit:)`` needs.
    func bytes(_ swath: Swath, heads: [Head]) -> Int

    /// Runs a swath, and hands out row by row what several heads say of it, in one pass.
    ///
    /// - Parameters:
    ///   - read: called for the rows of ``inputs(of:)`` in order, each once; fills `(rows, copies ×
    ///     columns, C)`, scaled to 0…1, 0 where invalid. Of `wanted`, a mark for each of these
    ///     pixels and 1 at first, it may make 0 those whose outputs nobody will look at.
    ///   - emit: called for the swath's rows in order, with a row of `copies × columns` pixels for
    ///     each of the heads in their order; they hold for the length of the call. What they say of
    ///     pixels that are not wanted means nothing.
    /// - Throws: what `read` and `emit` throw, or ``Interrupted``.
    func run(
        _ swath: Swath, heads: [Head],
        read: (
            _ rows: Range<Int>, _ values: inout MutableSpan<Float>,
            _ wanted: inout MutableSpan<UInt8>
        ) throws -> Void,
        isCancelled: () -> Bool, emit: (_ row: Int, _ scores: [ScoreRow]) throws -> Void) throws
}

extension Engine {
    public var projection: Projection? { nil }

    /// Classes of one head, or numbers of the projection.
    public func classes(of head: Head) -> Int {
        guard head == .projection else { return architecture.classes(of: head) }
        guard let projection else { preconditionFailure("no projection runs") }
        return projection.rows
    }
}

// For engines that know whole images only: a swath with its halo is one image.
extension Engine {
    public var weightBytes: Int {
        4 * ParameterLayout(architecture).count
    }

    public func inputs(of swath: Swath) -> (rows: Range<Int>, columns: Range<Int>) {
        guard geometry == .seamless else { return (0..<swath.height, 0..<swath.width) }
        return (Self.withHalo(swath.rows, swath.height), Self.withHalo(swath.columns, swath.width))
    }

    /// Even ends: cells of the max-pool are counted from the image's corner, and must be the same
    /// in every swath.
    private static func withHalo(_ range: Range<Int>, _ size: Int) -> Range<Int> {
        let halo = NetworkShape.halo
        return ((range.lowerBound - halo) & ~1..<(range.upperBound + halo + 1) & ~1)
            .clamped(to: 0..<size)
    }

    public func bytes(_ swath: Swath, heads: [Head]) -> Int {
        let (rows, columns) = inputs(of: swath)
        let pixels = rows.count * columns.count * swath.copies
        let classes = heads.reduce(0) { $0 + self.classes(of: $1) }
        return pixels * (4 * (2 * architecture.channels + classes) + 1)
            + heads.count * ScoreRow.bytes(pixels: swath.columns.count * swath.copies)
            + scratchBytes(height: rows.count, width: columns.count)
    }

    public func run(
        _ swath: Swath, heads: [Head],
        read: (
            _ rows: Range<Int>, _ values: inout MutableSpan<Float>,
            _ wanted: inout MutableSpan<UInt8>
        ) throws -> Void,
        isCancelled: () -> Bool, emit: (_ row: Int, _ scores: [ScoreRow]) throws -> Void
    ) throws {
        let (rows, columns) = inputs(of: swath)
        let (channels, copies) = (architecture.channels, swath.copies)
        let line = columns.count * channels
        var image = [Float](repeating: 0, count: rows.count * line * copies)
        var wanted = [UInt8](repeating: 1, count: rows.count * columns.count * copies)
        do {
            var span = image.mutableSpan
            var marks = wanted.mutableSpan
            try read(rows, &span, &marks)
        }
        var outputs = heads.map { head in
            [Float](
                repeating: 0,
                count: copies * rows.count * columns.count * classes(of: head))
        }
        for copy in 0..<copies {
            var part: [Float] = []
            for row in rows.indices {
                let start = ((row - rows.lowerBound) * copies + copy) * line
                part += image[start..<start + line]
            }
            for (index, head) in heads.enumerated() {
                if isCancelled() { throw Interrupted() }
                let size = rows.count * columns.count * classes(of: head)
                var span = outputs[index].mutableSpan
                var output = span._mutatingExtracting(copy * size..<(copy + 1) * size)
                probabilities(
                    of: part.span, height: rows.count, width: columns.count, head: head,
                    into: &output)
            }
        }
        // Every pixel is its own column here.
        let width = copies * swath.columns.count
        let pixels = HeadRows.Columns(
            (0..<width).map { HeadRows.Place(low: $0, high: $0, weight: 0) }, width: width)
        let values = heads.map { Buffer<Float>(repeating: 0, count: classes(of: $0) * width) }
        let scores = zip(heads, values).map { head, values in
            ScoreRow(head: head, classes: classes(of: head), values: values, columns: pixels)
        }
        for row in swath.rows {
            for (index, head) in heads.enumerated() {
                let classes = classes(of: head)
                let target = values[index]
                var span = target.mutableSpan()
                for pixel in 0..<width {
                    let (copy, x) = pixel.quotientAndRemainder(dividingBy: swath.columns.count)
                    let y = copy * rows.count + row - rows.lowerBound
                    let column = swath.columns.lowerBound + x - columns.lowerBound
                    let source = (y * columns.count + column) * classes
                    for k in 0..<classes { span[k * width + pixel] = outputs[index][source + k] }
                }
                scores[index].renew()
            }
            try emit(row, scores)
        }
    }
}
