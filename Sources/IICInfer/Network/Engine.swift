import IICKernels

/// The two heads of the network.
public enum Head: String, Codable, Sendable, CaseIterable {
    /// Overclustering, auxiliary.
    case A
    /// Clustering: its classes are the labels of a map.
    case B
}

/// A rectangle of a scene that is labelled together, or tiles side by side that do not see each
/// other.
public struct Strip: Hashable, Sendable {
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
    ///   - output: `(N, H, W, K)` of the head's first sub-head, overwritten.
    /// - Precondition: in `paper` geometry images are at least 8 × 8.
    func probabilities(
        of images: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>)

    /// The rows, and the columns of each copy, that the labels of a strip are made from.
    func inputs(of strip: Strip) -> (rows: Range<Int>, columns: Range<Int>)

    /// Peak bytes that one call of ``label(_:heads:read:isCancelled:emit:)`` needs.
    func bytes(_ strip: Strip, heads: [Head]) -> Int

    /// Labels a strip row by row, for several heads in one pass.
    ///
    /// - Parameters:
    ///   - read: called for the rows of ``inputs(of:)`` in order, each once; fills `(rows, copies ×
    ///     columns, C)`, scaled to 0…1, 0 where invalid.
    ///   - emit: called for the strip's rows in order, and for each with the heads in their order,
    ///     with `(copies × columns)` labels, the most probable class; of equal ones the lowest.
    /// - Throws: what `read` and `emit` throw, or ``Interrupted``.
    func label(
        _ strip: Strip, heads: [Head],
        read: (_ rows: Range<Int>, _ values: inout MutableSpan<Float>) throws -> Void,
        isCancelled: () -> Bool,
        emit: (_ row: Int, _ head: Head, _ labels: Span<UInt8>) throws -> Void) throws
}

extension Engine {
    /// Classes of one head.
    public func classes(of head: Head) -> Int {
        architecture.classes(of: head)
    }
}

// For engines that know whole images only: a strip with its halo is one image.
extension Engine {
    public var weightBytes: Int {
        architecture.tensors.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
    }

    public func inputs(of strip: Strip) -> (rows: Range<Int>, columns: Range<Int>) {
        guard geometry == .seamless else { return (0..<strip.height, 0..<strip.width) }
        return (Self.halo(strip.rows, strip.height), Self.halo(strip.columns, strip.width))
    }

    /// Even ends: cells of the max-pool are counted from the image's corner, and must be the same
    /// in every strip.
    private static func halo(_ range: Range<Int>, _ size: Int) -> Range<Int> {
        let margin = NetworkShape.margin
        return ((range.lowerBound - margin) & ~1..<(range.upperBound + margin + 1) & ~1)
            .clamped(to: 0..<size)
    }

    public func bytes(_ strip: Strip, heads: [Head]) -> Int {
        let (rows, columns) = inputs(of: strip)
        let pixels = rows.count * columns.count * strip.copies
        let classes = heads.map { self.classes(of: $0) }.max() ?? 0
        return 4 * pixels * (2 * architecture.channels + classes)
            + scratchBytes(height: rows.count, width: columns.count)
    }

    public func label(
        _ strip: Strip, heads: [Head],
        read: (_ rows: Range<Int>, _ values: inout MutableSpan<Float>) throws -> Void,
        isCancelled: () -> Bool,
        emit: (_ row: Int, _ head: Head, _ labels: Span<UInt8>) throws -> Void
    ) throws {
        let (rows, columns) = inputs(of: strip)
        let (channels, copies) = (architecture.channels, strip.copies)
        let line = columns.count * channels
        var image = [Float](repeating: 0, count: rows.count * line * copies)
        do {
            var span = image.mutableSpan
            try read(rows, &span)
        }
        var labels = heads.map { _ in
            [UInt8](repeating: 0, count: strip.rows.count * strip.columns.count * copies)
        }
        for copy in 0..<copies {
            if isCancelled() { throw Interrupted() }
            var part: [Float] = []
            for row in rows.indices {
                let start = ((row - rows.lowerBound) * copies + copy) * line
                part += image[start..<start + line]
            }
            for (index, head) in heads.enumerated() {
                let classes = classes(of: head)
                var output = [Float](repeating: 0, count: rows.count * columns.count * classes)
                do {
                    var span = output.mutableSpan
                    probabilities(
                        of: part.span, height: rows.count, width: columns.count, head: head,
                        into: &span)
                }
                for (y, row) in strip.rows.enumerated() {
                    for (x, column) in strip.columns.enumerated() {
                        let pixel =
                            (row - rows.lowerBound) * columns.count + column - columns.lowerBound
                        // NaN is greater than nothing, so it never wins.
                        var best = (label: 0, value: -Float.infinity)
                        for label in 0..<classes {
                            let value = output[pixel * classes + label]
                            if value > best.value { best = (label, value) }
                        }
                        labels[index][(y * copies + copy) * strip.columns.count + x] =
                            UInt8(best.label)
                    }
                }
            }
        }
        let width = strip.columns.count * copies
        for (y, row) in strip.rows.enumerated() {
            for (head, labels) in zip(heads, labels) {
                try emit(row, head, labels.span.extracting(y * width..<(y + 1) * width))
            }
        }
    }
}
