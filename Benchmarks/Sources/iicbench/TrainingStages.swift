import ArgumentParser
import IICInfer
import IICKernels

/// The kernels of training one by one, at the shapes that a crop gives them.
struct TrainingStages: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trainstages",
        abstract: "Time each kernel of training at its real shapes.",
        discussion: """
            On one thread, for two bands of tiles of one image. “ms an image” is what all bands of \
            an image would take; operations are those that the kernel does, not those that it saves.
            """)

    @Option(parsing: .upToNextOption, help: "Widths of the network.") var width = [1, 0.25]
    @Option(help: "Pixels a side.") var side = 200
    @Option(help: "Seconds to time each kernel.") var seconds = 0.3

    private static let widths = [-7, -19, -18, 11, 9, 9]
    /// About as many tiles are one task of a training.
    private static let tilesAtOnce = 96

    func run() throws {
        let peak = Peak(threads: 1, seconds: seconds).oneCore
        print("Peak of one core: \(text(peak, 1)) GFLOP/s (\(InstructionSet.name))\n")
        show(
            "width", "layer", "kernel", "ms an image", "GFLOP/s", "of peak", widths: Self.widths)
        for width in width {
            let architecture = Architecture(width: width, overclusters: 24, classes: 6)
            var total = 0.0
            for layer in architecture.layers.dropFirst() {
                let stages = Stages(layer, side: layer.feature < 5 ? side : side / 2)
                for (kernel, operations, body) in stages.all {
                    let least = leastSeconds(total: seconds, body)
                    let rate = operations / least / 1e9
                    total += least * stages.bandsOfImage
                    show(
                        text(width, 4), stages.name, kernel,
                        text(least * stages.bandsOfImage * 1e3, 2), text(rate, 1),
                        text(rate / peak * 100, 0) + " %", widths: Self.widths)
                }
            }
            show(text(width, 4), "all", "", text(total * 1e3, 1), "", "", widths: Self.widths)
        }
    }

    /// Operands of one layer's kernels.
    private struct Stages {
        let name: String
        /// Pairs of bands that an image has.
        let bandsOfImage: Double
        private let shape: ConvolutionShape
        private let tiles: [TileGrid.Tile]
        private let capacity: Int
        private let input, output: LaneRows
        private let x, y, v, w, m, packed, sums: Buffer<Float>
        private let moments: Buffer<Double>
        private let norm: LaneNorm
        private let vStride, mStride: Int

        init(_ layer: Architecture.Layer, side: Int) {
            name =
                "\(layer.inputs) → \(layer.outputs)\(layer.dilation > 1 ? " dilated" : "")"
            shape = ConvolutionShape(
                inputs: layer.inputs, outputs: layer.outputs, height: side, width: side,
                dilation: layer.dilation, padding: layer.dilation)
            let grid = TileGrid(shape)
            let groups = min(
                grid.groups, 2 * max(1, TrainingStages.tilesAtOnce / grid.count(0..<1)))
            // In the middle of the image, whose edges would be few.
            let first = (grid.groups - groups) / 2
            let band = first..<first + groups
            tiles = grid.tiles(band)
            bandsOfImage = Double(grid.count) / Double(tiles.count)
            let unit = LaneProduct.leftover
            capacity = (tiles.count + unit - 1) / unit * unit
            input = LaneRows(
                rows: grid.inputRows(band), channels: layer.inputs, width: shape.width)
            output = LaneRows(
                rows: grid.outputRows(band), channels: layer.outputs, width: shape.outputWidth)
            let planes = TileTransform.algorithm.planes
            vStride = Winograd.planeStride(lanes: input.lanes, capacity: capacity)
            mStride = Winograd.planeStride(lanes: output.lanes, capacity: capacity)
            var noise = Noise(seed: 4)
            func random(_ count: Int) -> Buffer<Float> {
                Buffer((0..<count).map { _ in noise.uniform(-1...1) })
            }
            (x, y) = (random(input.count), random(output.count))
            (v, w, m) = (
                random(planes * vStride), random(planes * mStride), random(planes * mStride)
            )
            let weights = planes * input.lanes * output.lanes * laneWidth * laneWidth
            (packed, sums) = (random(weights), random(weights))
            moments = Buffer(repeating: 0, count: 2 * output.lanes * laneWidth)
            norm = LaneNorm(channels: layer.outputs)
        }

        /// Names, operations, and the kernels.
        var all: [(String, Double, () -> Void)] {
            let planes = TileTransform.algorithm.planes
            let values = Double(tiles.count * laneWidth)
            let product =
                2 * Double(planes * tiles.count * input.lanes * output.lanes)
                * Double(laneWidth * laneWidth)
            return [
                // 16 transforms of 8 numbers with 38 operations each; 14 of 30; 14 of 28.
                ("to Winograd", 608 * values * Double(input.lanes), transformInputs),
                ("products", product, multiply),
                ("and back", 420 * values * Double(output.lanes), transformOutputs),
                ("norm forward", 0, rectify),
                ("norm's sums", 0, addGradients),
                ("norm back", 0, backpropagateNorm),
                ("gradient to Winograd", 392 * values * Double(output.lanes), transformGradients),
                ("weights' products", product, multiplyTransposed),
            ]
        }

        private func transformInputs() {
            var span = v.mutableSpan()
            TileTransform.transformInputs(
                x.span(), layout: input, shape: shape, tiles: tiles.span, into: &span, first: 0,
                capacity: capacity)
        }

        private func multiply() {
            let plane = input.lanes * output.lanes * laneWidth * laneWidth
            for index in 0..<TileTransform.algorithm.planes {
                var span = m.mutableSpan(index * mStride..<(index + 1) * mStride)
                multiplyLanes(
                    v.span(index * vStride..<(index + 1) * vStride), rows: tiles.count,
                    depth: input.lanes * laneWidth,
                    packed: packed.span(index * plane..<(index + 1) * plane),
                    lanes: output.lanes, into: &span, capacity: capacity)
            }
        }

        private func transformOutputs() {
            var span = y.mutableSpan()
            var added = moments.mutableSpan()
            TileTransform.transformOutputs(
                m.span(), lanes: output.lanes, firstLane: 0, tiles: tiles.span,
                capacity: capacity, dilation: shape.dilation, into: &span, layout: output,
                moments: &added)
        }

        private func rectify() {
            var span = w.mutableSpan(0..<output.count)
            norm.rectify(y.span(), into: &span, layout: output)
        }

        private func addGradients() {
            var added = moments.mutableSpan()
            norm.addGradients(y.span(), input: y.span(), layout: output, into: &added)
        }

        private func backpropagateNorm() {
            var span = w.mutableSpan(0..<output.count)
            norm.backpropagate(
                &span, input: y.span(), layout: output, meanGradients: moments.span())
        }

        private func transformGradients() {
            var span = w.mutableSpan()
            TileTransform.transformGradients(
                y.span(), layout: output, shape: shape, tiles: tiles.span, into: &span, first: 0,
                capacity: capacity)
        }

        private func multiplyTransposed() {
            let plane = input.lanes * output.lanes * laneWidth * laneWidth
            for index in 0..<TileTransform.algorithm.planes {
                var span = sums.mutableSpan(index * plane..<(index + 1) * plane)
                addTransposedProduct(
                    v.span(index * vStride..<(index + 1) * vStride), lanes: input.lanes,
                    stride: capacity * laneWidth,
                    w.span(index * mStride..<(index + 1) * mStride), lanes: output.lanes,
                    stride: capacity * laneWidth, rows: tiles.count, into: &span)
            }
        }
    }
}
