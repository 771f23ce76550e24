import IICInfer
import IICKernels

/// How the convolutions of one network and image size are cut into parts: a matter of sizes alone.
struct TrainingPlan: Sendable {
    /// One layer's convolution, or the one that carries its gradient back.
    struct Convolution: Sendable {
        let shape: ConvolutionShape
        let grid: TileGrid
        /// Groups of rows of tiles that are one task.
        let bands: [Range<Int>]
        /// Tiles that are multiplied together.
        let block: Int
        /// Lanes of outputs that are multiplied together.
        let lanesAtOnce: Int

        init(_ shape: ConvolutionShape) {
            self.shape = shape
            let grid = TileGrid(shape)
            self.grid = grid
            let tiles = grid.count
            let parts = min(grid.groups, max(1, (tiles + Self.tiles / 2) / Self.tiles))
            bands = (0..<parts).map { $0 * grid.groups / parts..<($0 + 1) * grid.groups / parts }
            let most = bands.map { grid.count($0) }.max() ?? 0
            // As in inference: where weights are large, they stream from memory once a block.
            let isLarge = shape.inputs * shape.outputs >= 128 * 256
            let unit = LaneProduct.leftover
            block = min(isLarge ? .max : Self.smallBlock, (most + unit - 1) / unit * unit)
            lanesAtOnce = isLarge ? lanes(shape.outputs) : min(8, lanes(shape.outputs))
        }

        /// About as many tiles a task.
        private static let tiles = 96
        private static let smallBlock = 24

        var input: LaneRows {
            LaneRows(height: shape.height, channels: shape.inputs, width: shape.width)
        }
        var output: LaneRows {
            LaneRows(
                height: shape.outputHeight, channels: shape.outputs, width: shape.outputWidth)
        }
        var vCount: Int {
            TileTransform.algorithm.planes
                * Winograd.planeStride(lanes: lanes(shape.inputs), capacity: block)
        }
        var mCount: Int {
            TileTransform.algorithm.planes
                * Winograd.planeStride(lanes: lanesAtOnce, capacity: block)
        }
        /// Floats of the inputs of one band.
        var rowCount: Int {
            bands.map { input.part(grid.inputRows($0)).count }.max() ?? 0
        }
    }

    /// Parts of the sum that is a layer's weight gradient: bands of an image whose V and W are kept
    /// together.
    struct WeightGradient: Sendable {
        let convolution: Convolution
        /// Tiles that V and W can hold.
        let capacity: Int

        init(_ convolution: Convolution) {
            self.convolution = convolution
            let (inputs, outputs) = (
                lanes(convolution.shape.inputs), lanes(convolution.shape.outputs)
            )
            let tile = 4 * laneWidth * TileTransform.algorithm.planes * (inputs + outputs)
            let band =
                convolution.bands.map { convolution.grid.count($0) }.max() ?? 1
            capacity = band * max(Self.leastBands, Self.bytes / (tile * band))
        }

        /// What V and W may take together, so that they stay in the last-level cache, if that makes
        /// sums long enough to be worth adding.
        private static let bytes = 16 << 20
        private static let leastBands = 2

        var vCount: Int {
            TileTransform.algorithm.planes
                * Winograd.planeStride(
                    lanes: lanes(convolution.shape.inputs), capacity: capacity)
        }
        var wCount: Int {
            TileTransform.algorithm.planes
                * Winograd.planeStride(
                    lanes: lanes(convolution.shape.outputs), capacity: capacity)
        }
        /// Floats of the transformed gradient.
        var sumCount: Int {
            TileTransform.algorithm.planes * lanes(convolution.shape.inputs)
                * lanes(convolution.shape.outputs) * laneWidth * laneWidth
        }

        /// Bands of all images in order, in runs that fit together, and where each one's tiles start.
        func runs(images: Int) -> [[(image: Int, band: Int, first: Int)]] {
            var result: [[(image: Int, band: Int, first: Int)]] = []
            var used = capacity
            for image in 0..<images {
                for band in convolution.bands.indices {
                    let tiles = convolution.grid.count(convolution.bands[band])
                    if used + tiles > capacity {
                        result.append([])
                        used = 0
                    }
                    result[result.count - 1].append((image, band, used))
                    used += tiles
                }
            }
            return result
        }
    }

    /// Rows of an image that are one task where nothing else decides.
    static let rowsAtOnce = 16

    let shape: NetworkShape
    /// One a layer but for the first, which is not done in tiles: what stands there is not used.
    let forward: [Convolution]
    let backward: [Convolution]
    let gradients: [WeightGradient]

    init(_ shape: NetworkShape) {
        self.shape = shape
        forward = shape.convolutions.map { Convolution($0) }
        backward = shape.convolutions.map { Convolution($0.transposed) }
        gradients = forward.map { WeightGradient($0) }
    }

    /// What a layer's products are before batch norm.
    func product(_ layer: Int) -> LaneRows { forward[layer].output }

    /// What a layer hands on.
    func output(_ layer: Int) -> LaneRows {
        var output = product(layer)
        guard shape.architecture.layers[layer].pooled else { return output }
        let pooled = pooledSize(
            height: output.rows.count, width: output.width, ceiling: shape.geometry == .seamless)
        output.rows = 0..<pooled.height
        output.width = pooled.width
        return output
    }

    /// Floats of the largest of all activations.
    var largestOutput: Int { forward.indices.map { product($0).count }.max() ?? 0 }

    /// Ranges of so many rows.
    static func parts(of rows: Int, at step: Int = rowsAtOnce) -> [Range<Int>] {
        stride(from: 0, to: rows, by: step).map { $0..<min($0 + step, rows) }
    }
}
