import Synchronization

/// The buffers of one tile in flight, used again for tile after tile.
///
/// The lock is never waited for: one thread reads a tile, then one computes it, then one writes it.
final class TileSlot: Sendable {
    fileprivate struct State: Sendable {
        var tile: TilePlan.Tile?
        /// `(H, W, C)` of the input window, scaled.
        var values: [Float]
        /// `(H, W)` of the input window.
        var valid: [UInt8]
        /// `(H, W)` of the output window.
        var labels: [UInt8]
        /// Whether any pixel of the output window is valid.
        var hasData = false
    }

    private let state: Mutex<State>
    private let channels: Int

    init(pixels: Int, channels: Int) {
        self.channels = channels
        state = Mutex(
            State(
                values: [Float](repeating: 0, count: pixels * channels),
                valid: [UInt8](repeating: 0, count: pixels),
                labels: [UInt8](repeating: 0, count: TilePlan.tile * TilePlan.tile)))
    }

    /// Reads a tile's input window and scales it.
    func read(_ tile: TilePlan.Tile, from scene: SceneReader, scaling: Scaling) throws {
        try state.withLock { state in
            state.tile = tile
            try fill(&state.values, &state.valid, window: tile.input, from: scene, scaling: scaling)
            state.hasData = state.containsData
        }
    }

    private func fill(
        _ values: inout [Float], _ valid: inout [UInt8], window: PixelWindow,
        from scene: SceneReader, scaling: Scaling
    ) throws {
        var allValues = values.mutableSpan
        var allMarks = valid.mutableSpan
        var inputs = allValues._mutatingExtracting(0..<window.count * channels)
        var marks = allMarks._mutatingExtracting(0..<window.count)
        try scene.read(window, into: &inputs, valid: &marks)
        scaling.apply(to: &inputs, valid: marks.span)
    }

    /// Labels the tile; `probabilities` is scratch of the input window's pixels × classes.
    func compute(engine: any Engine, head: Head, classes: Int, probabilities: inout [Float]) {
        state.withLock { state in
            guard let tile = state.tile, state.hasData else { return }
            let count = tile.input.count
            do {
                var all = probabilities.mutableSpan
                var output = all._mutatingExtracting(0..<count * classes)
                engine.probabilities(
                    of: state.values.span.extracting(0..<count * channels),
                    height: tile.input.height, width: tile.input.width, head: head, into: &output)
            }
            state.label(tile, classes: classes, probabilities: probabilities.span)
        }
    }

    /// Gives the labels away, with their window counted from the corner of `bounds`.
    func write(
        relativeTo bounds: PixelWindow, to sink: (Span<UInt8>, PixelWindow) throws -> Void
    ) throws {
        try state.withLock { state in
            guard var window = state.tile?.output, state.hasData else { return }
            window.x -= bounds.x
            window.y -= bounds.y
            try sink(state.labels.span.extracting(0..<window.count), window)
        }
    }
}

extension TileSlot.State {
    fileprivate var containsData: Bool {
        guard let tile else { return false }
        let start = tile.outputStart
        return (0..<tile.output.height).contains { row in
            let first = start + row * tile.input.width
            return valid[first..<first + tile.output.width].contains(1)
        }
    }

    /// The most probable class of each valid pixel; of equal ones the lowest, and 255 elsewhere.
    fileprivate mutating func label(
        _ tile: TilePlan.Tile, classes: Int, probabilities: Span<Float>
    ) {
        for row in 0..<tile.output.height {
            for column in 0..<tile.output.width {
                let pixel = tile.outputStart + row * tile.input.width + column
                // NaN is greater than nothing, so it never wins.
                var best = (label: 0, value: -Float.infinity)
                for label in 0..<classes {
                    let value = probabilities[pixel * classes + label]
                    if value > best.value { best = (label, value) }
                }
                labels[row * tile.output.width + column] =
                    valid[pixel] == 0 ? MapWriter.nodata : UInt8(best.label)
            }
        }
    }
}

extension TilePlan.Tile {
    /// The output window's first pixel, counted in the input window's.
    fileprivate var outputStart: Int {
        (output.y - input.y) * input.width + output.x - input.x
    }
}
