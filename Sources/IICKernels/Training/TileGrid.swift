/// How the outputs of one 3 × 3 convolution are cut into tiles of 6 × 6, and these into groups of
/// rows, each 6 · dilation high.
///
/// With dilation d a tile's outputs are d pixels apart, and d tiles along an axis interleave. What
/// is left at the lower or right edge would fill little of them; so one tile takes all of it where
/// it can (``Line/joined(at:size:shape:inputs:)``). Of 98 outputs 17 tiles are made, not 18.
public struct TileGrid: Sendable {
    /// A tile along one axis. Coordinates are the image's, −1 where there is nothing.
    public struct Line: Hashable, Sendable {
        /// What it reads; zeros where there is nothing.
        public var inputs: SIMD8<Int32>
        /// What it writes; the last two are nothing.
        public var outputs: SIMD8<Int32>
        /// Whether its inputs all lie in the image, and whether its outputs do: as far apart as the
        /// dilation.
        var hasAllInputs = false
        var hasAllOutputs = false

        /// Outputs that begin at `first` and are as far apart as the dilation.
        init(at first: Int, size: Int, shape: ConvolutionShape, inputs count: Int) {
            (inputs, outputs) = (SIMD8(repeating: -1), SIMD8(repeating: -1))
            for index in 0..<8 {
                let output = first + index * shape.dilation
                let input = output - shape.padding
                if (0..<count).contains(input) { inputs[index] = Int32(input) }
                if index < 6 && output < size { outputs[index] = Int32(output) }
            }
            hasAllInputs = inputs[0] >= 0 && inputs[7] >= 0
            hasAllOutputs = outputs[5] >= 0
        }

        /// All outputs from `first` on: those of one phase of the dilation after those of another,
        /// each with the two inputs more that it reads. Nil if they do not fit into one tile.
        ///
        /// - Parameters:
        ///   - size: outputs of the axis.
        ///   - count: its inputs.
        static func joined(
            at first: Int, size: Int, shape: ConvolutionShape, inputs count: Int
        ) -> Line? {
            guard shape.dilation > 1, size - first > 1 else { return nil }
            var line = Line(at: first, size: 0, shape: shape, inputs: 0)
            var next = 0
            for start in first..<min(first + shape.dilation, size) {
                for output in stride(from: start, to: size, by: shape.dilation) {
                    guard next < 6 else { return nil }
                    line.outputs[next] = Int32(output)
                    next += 1
                }
                next += 2
            }
            for index in 0..<6 where line.outputs[index] >= 0 {
                for tap in 0..<3 {
                    let input = Int(line.outputs[index]) - shape.padding + tap * shape.dilation
                    line.inputs[index + tap] = (0..<count).contains(input) ? Int32(input) : -1
                }
            }
            return line
        }
    }

    public struct Tile: Hashable, Sendable {
        public var rows: Line
        public var columns: Line
    }

    public let shape: ConvolutionShape
    /// The tiles along an axis, group after group.
    private let rows: [[Line]]
    private let columns: [Line]

    public init(_ shape: ConvolutionShape) {
        self.shape = shape
        func lines(_ size: Int, _ count: Int) -> [[Line]] {
            stride(from: 0, to: size, by: TileTransform.outputs * shape.dilation).map { start in
                if size - start < TileTransform.outputs * shape.dilation,
                    let line = Line.joined(at: start, size: size, shape: shape, inputs: count)
                {
                    return [line]
                }
                return (start..<min(start + shape.dilation, size)).map {
                    Line(at: $0, size: size, shape: shape, inputs: count)
                }
            }
        }
        rows = lines(shape.outputHeight, shape.height)
        columns = lines(shape.outputWidth, shape.width).flatMap(\.self)
    }

    private var groupRows: Int { TileTransform.outputs * shape.dilation }
    public var groups: Int { rows.count }
    /// Tiles of all groups.
    public var count: Int { rows.reduce(0) { $0 + $1.count } * columns.count }

    /// How many tiles some groups have.
    public func count(_ groups: Range<Int>) -> Int {
        rows[groups].reduce(0) { $0 + $1.count } * columns.count
    }

    public func tiles(_ groups: Range<Int>) -> [Tile] {
        rows[groups].flatMap { lines in
            lines.flatMap { row in columns.map { Tile(rows: row, columns: $0) } }
        }
    }

    /// The outputs of some groups.
    public func outputRows(_ groups: Range<Int>) -> Range<Int> {
        groups.lowerBound * groupRows..<min(groups.upperBound * groupRows, shape.outputHeight)
    }

    /// The inputs that tiles of some groups read, as far as they lie in the image.
    public func inputRows(_ groups: Range<Int>) -> Range<Int> {
        let first = groups.lowerBound * groupRows - shape.padding
        let last = groups.upperBound * groupRows - shape.padding + 2 * shape.dilation
        return (first..<last).clamped(to: 0..<shape.height)
    }
}
