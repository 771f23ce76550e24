import ArgumentParser
import IICInfer
import IICKernels

/// The kernels of the fast engine one by one, at the shapes that a swath of a scene gives them.
struct StageBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Time each kernel of the fast engine at its real shapes.",
        discussion: """
            For one group of rows of a swath 1024 pixels wide, in blocks as the engine cuts them. \
            “µs a tile” is the share of one tile of 200 × 200 pixels of the scene; operations are \
            those that the kernel does, not those that it saves.
            """)

    @Option(parsing: .upToNextOption, help: "Widths of the network.") var width = [1, 0.25]
    @Option(help: "Seconds to time each kernel.") var seconds = 0.3

    private static let columns = 1024
    private static let widths = [-7, -19, -13, 10, 9, 9]

    func run() throws {
        let peak = Peak(threads: 1, seconds: seconds).oneCore
        print("Peak of one core: \(text(peak, 1)) GFLOP/s (\(InstructionSet.name))\n")
        show(
            "width", "layer", "kernel", "µs a tile", "GFLOP/s", "of peak", widths: Self.widths)
        for width in width {
            let architecture = Architecture(width: width, overclusters: 24, classes: 6)
            var total = 0.0
            /// - Parameter pixels: of the scene that one run stands for.
            func report(
                _ layer: String, _ kernel: String, _ pixels: Int, _ operations: Double,
                _ body: () -> Void
            ) {
                let least = leastSeconds(total: seconds, body)
                let share = least * 40_000 / Double(pixels)
                total += share
                let rate = operations / least / 1e9
                show(
                    text(width, 4), layer, kernel, text(share * 1e6, 0), text(rate, 1),
                    text(rate / peak * 100, 0) + " %", widths: Self.widths)
            }
            first(architecture.layers[0], report)
            for layer in architecture.layers.dropFirst() { winograd(layer, report) }
            head(architecture, report)
            show(
                text(width, 4), "all", "", text(total * 1e6, 0), "", "", widths: Self.widths)
        }
    }

    private typealias Report = (String, String, Int, Double, () -> Void) -> Void

    private func first(_ layer: Architecture.Layer, _ report: Report) {
        let columns = Self.columns
        let depth = FirstLayer.depth(channels: layer.inputs)
        let lanes = lanes(layer.outputs)
        let source = noise(4 * (columns + 2) * layer.inputs + FirstLayer.overrun)
        let (a, c) = (noise(depth * columns), noise(lanes * columns * laneWidth))
        let (packed, bias) = (noise(depth * lanes * laneWidth), noise(lanes * laneWidth))
        let output = noise(lanes * columns * laneWidth)
        let name = "\(layer.inputs) → \(layer.outputs)"
        let row = (columns + 2) * layer.inputs
        report(name, "gather", columns, 0) {
            var span = a.mutableSpan()
            FirstLayer.gather(
                source.span(), rows: (0, row, 2 * row), columns: 0..<columns,
                channels: layer.inputs, into: &span, capacity: columns)
        }
        report(
            name, "product", columns, 2 * 9 * Double(layer.inputs * layer.outputs * columns)
        ) {
            var span = c.mutableSpan()
            multiplyLanes(
                a.span(), rows: columns, depth: depth, packed: packed.span(), lanes: lanes,
                into: &span, capacity: columns)
        }
        report(name, "rectify", columns, 0) {
            var span = output.mutableSpan()
            FirstLayer.rectify(
                c.span(), columns: columns, capacity: columns, bias: bias.span(),
                laneStride: columns * laneWidth, into: &span)
        }
    }

    private func winograd(_ layer: Architecture.Layer, _ report: Report) {
        let winograd = WinogradEngine.algorithm
        let dilation = layer.dilation
        let scale = layer.feature < 5 ? 1 : 2
        let columns = Self.columns / scale
        let (inputs, outputs) = (lanes(layer.inputs), lanes(layer.outputs))
        let stride = columns + 16
        let rows = winograd.inputs * dilation
        let source = noise(rows * inputs * stride * laneWidth)
        let starts = (0..<rows).map { $0 * inputs * stride * laneWidth }
        // A block of tiles of one group of rows.
        let (count, group) = WinogradEngine.block(of: layer)
        let tiles = (0..<count).map { index in
            let column =
                index / dilation * winograd.outputs * dilation % (columns - 16) + index % dilation
            return WinogradTile(
                phase: 0, source: column * laneWidth,
                target: column / (layer.pooled ? 2 : 1) * laneWidth,
                columns: 0..<winograd.outputs / (layer.pooled ? 2 : 1), inside: winograd.outputs)
        }
        let vStride = Winograd.planeStride(lanes: inputs, capacity: count)
        let mStride = Winograd.planeStride(lanes: group, capacity: count)
        let v = noise(winograd.planes * vStride)
        let m = noise(winograd.planes * mStride)
        let depth = inputs * laneWidth
        let plane = depth * outputs * laneWidth
        let packed = noise(winograd.planes * plane)
        let bias = noise(group * laneWidth)
        let outputRows = layer.pooled ? winograd.outputs / 2 : winograd.outputs * dilation
        let output = noise(outputRows * outputs * stride * laneWidth)
        let targets = (0..<outputRows).map { $0 * outputs * stride * laneWidth }
        let pixels = count * winograd.outputs * winograd.outputs * scale * scale
        let name =
            "\(layer.inputs) → \(layer.outputs)\(dilation > 1 ? " dilated" : "")"
            + "\(layer.pooled ? " pooled" : "")"
        let lanePixels = Double(count * laneWidth)
        // 16 transforms of 8 numbers, 36 additions and products each, a tile and channel.
        report(name, "to Winograd", pixels, 16 * 36 * lanePixels * Double(inputs)) {
            var span = v.mutableSpan()
            winograd.transformInputs(
                source.span(), rows: starts.span, tiles: tiles.span, lanes: inputs,
                laneStride: stride * laneWidth, dilation: dilation, into: &span, capacity: count)
        }
        report(
            name, "products", pixels,
            2 * Double(winograd.planes * count) * Double(depth * outputs * laneWidth)
        ) {
            for lane in Swift.stride(from: 0, to: outputs, by: group) {
                for index in 0..<winograd.planes {
                    let from = index * plane + lane * laneWidth * depth
                    var span = m.mutableSpan(index * mStride..<(index + 1) * mStride)
                    multiplyLanes(
                        v.span(index * vStride..<(index + 1) * vStride), rows: count,
                        depth: depth,
                        packed: packed.span(from..<from + group * laneWidth * depth),
                        lanes: group, into: &span, capacity: count)
                }
            }
        }
        report(name, "and back", pixels, 14 * 30 * lanePixels * Double(outputs)) {
            for lane in Swift.stride(from: 0, to: outputs, by: group) {
                var span = output.mutableSpan()
                winograd.transformOutputs(
                    m.span(), bias: bias.span(), tiles: tiles.span, lanes: group,
                    capacity: count, into: &span, rows: targets.span,
                    target: Winograd.Target(
                        laneStride: stride * laneWidth, dilation: dilation,
                        pooled: layer.pooled, insideRows: winograd.outputs * dilation,
                        firstLane: lane))
            }
        }
    }

    private func head(_ architecture: Architecture, _ report: Report) {
        let columns = Self.columns / 2
        let classes = architecture.classes
        let depth = lanes(architecture.features) * laneWidth
        let features = noise(depth * columns)
        let packed = noise(depth * lanes(classes) * laneWidth)
        let logits = noise(lanes(classes) * columns * laneWidth)
        let row = noise(classes * columns)
        let mixed = noise(classes * columns)
        let labels = Buffer<UInt16>(repeating: 0, count: Self.columns)
        let places = (0..<Self.columns).map { x in
            let position = max(0, (Double(x) + 0.5) / 2 - 0.5)
            return HeadRows.Place(
                low: Int(position), high: min(Int(position) + 1, columns - 1),
                weight: Float(position - position.rounded(.down)))
        }
        let outputs = HeadRows.Columns(places, width: columns)
        let name = "head"
        report(
            name, "product", 4 * columns, 2 * Double(depth * classes * columns)
        ) {
            var span = logits.mutableSpan()
            multiplyLanes(
                features.span(), rows: columns, depth: depth, packed: packed.span(),
                lanes: lanes(classes), into: &span, capacity: columns)
        }
        report(name, "softmax", 4 * columns, 0) {
            var span = row.mutableSpan()
            HeadRows.softmax(
                logits.span(), columns: 0..<columns, capacity: columns, classes: classes,
                into: &span, width: columns, first: 0)
        }
        report(name, "mix rows", 2 * columns, 0) {
            var span = mixed.mutableSpan()
            HeadRows.mix(row.span(), row.span(), weight: 0.25, into: &span)
        }
        report(name, "label", 2 * columns, 0) {
            var span = labels.mutableSpan()
            HeadRows.label(
                mixed.span(), classes: classes, columns: outputs, into: &span)
        }
    }

    private func noise(_ count: Int) -> Buffer<Float> {
        var noise = Noise(seed: 4)
        return Buffer((0..<count).map { _ in noise.uniform(-1...1) })
    }
}
