import IICKernels

/// What every layer must compute along one axis so that some outputs come out right.
///
/// Layers are asked from the last to the first: what one reads, the one before must compute. Each
/// computes whole tiles of a grid that is the scene's own, so a value's bits do not depend on who
/// computes it; what lies beyond the scene is zero.
struct AxisPlan: Hashable, Sendable {
    /// One trunk layer.
    struct Layer: Hashable, Sendable {
        /// Outputs along the whole axis, before pooling.
        var size: Int
        /// Outputs that are computed: whole tiles, so the end may lie beyond `size`.
        var computed: Range<Int>
        /// Inputs that these tiles read; may begin before 0 and end beyond `inputSize`.
        var input: Range<Int>
        /// Inputs along the whole axis.
        var inputSize: Int
        /// Outputs that are computed together, before pooling.
        var group: Int
        /// Whether a 2 × 2 max-pool follows.
        var pooled: Bool

        /// Inputs that there are and that are needed.
        var needed: Range<Int> { input.clamped(to: 0..<inputSize) }
    }

    /// Pixels along the whole axis.
    let size: Int
    /// Output pixels that are wanted.
    let outputs: Range<Int>
    let layers: [Layer]
    /// The trunk's features that are needed.
    let features: Range<Int>
    /// The heads' map along the whole axis, with its ring.
    private let headSize: Int
    let ring: Int
    private let scale: Double

    /// Outputs a side of the first layer's groups, which know no tiles.
    static let firstGroup = 4

    init(architecture: Architecture, geometry: Geometry, size: Int, outputs: Range<Int>) {
        let shape = NetworkShape(
            architecture: architecture, geometry: geometry, height: size, width: size)
        self.size = size
        self.outputs = outputs
        ring = shape.ring
        headSize = shape.headHeight
        scale = geometry == .paper ? Double(headSize) / Double(size) : 0.5
        let low = Self.place(outputs.lowerBound, headSize, scale).low - ring
        let high = Self.place(outputs.upperBound - 1, headSize, scale).high - ring
        features = (low..<high + 1).clamped(to: 0..<shape.featureHeight)
        var needed = features
        var layers: [Layer] = []
        for (index, layer) in architecture.layers.enumerated().reversed() {
            let convolution = shape.convolutions[index]
            let size = convolution.outputHeight
            if layer.pooled {
                needed = 2 * needed.lowerBound..<min(2 * needed.upperBound, size)
            }
            let grid = index == 0 ? 1 : WinogradEngine.algorithm.outputs * layer.dilation
            let computed =
                needed.lowerBound / grid * grid..<(needed.upperBound + grid - 1) / grid * grid
            let after = 2 * layer.dilation - convolution.padding
            let result = Layer(
                size: size, computed: computed,
                input: computed.lowerBound - convolution.padding..<computed.upperBound + after,
                inputSize: convolution.height, group: index == 0 ? Self.firstGroup : grid,
                pooled: layer.pooled)
            layers.append(result)
            needed = result.needed
        }
        self.layers = layers.reversed()
    }

    /// The input pixels that must be read.
    var inputs: Range<Int> { layers[0].needed }

    /// Where an output pixel lies in the heads' map, its ring included, counted from the ring's
    /// width before the first feature needed.
    func place(_ output: Int) -> HeadRows.Place {
        var place = Self.place(output, headSize, scale)
        place.low -= features.lowerBound
        place.high -= features.lowerBound
        return place
    }

    /// Rows or columns of the heads' map that ``place(_:)`` may name.
    var headCount: Int { features.count + 2 * ring }

    /// Half-pixel centres: (output + 0.5) · scale − 0.5, not below 0.
    private static func place(_ output: Int, _ size: Int, _ scale: Double) -> HeadRows.Place {
        let position = max(0, (Double(output) + 0.5) * scale - 0.5)
        let low = min(Int(position), size - 1)
        return HeadRows.Place(
            low: low, high: min(low + 1, size - 1), weight: Float(position - Double(low)))
    }
}
