package import IICInfer
import IICKernels

/// What a model makes of the probe's tiles.
package struct Probe: Sendable {
    /// `(H, W)` labels of each tile, 255 where invalid.
    package let labels: [[UInt8]]
    /// Each class's share of the valid pixels.
    package let shares: [Double]
    /// Against the truth; nil without any.
    package let matrix: ConfusionMatrix?

    /// Labels the tiles, as `iicd segment` would, each for itself.
    ///
    /// - Parameters:
    ///   - memory: bytes that may be used for it; one tile at a time is labelled in any case.
    package init(_ probe: ProbeTiles, model: ModelBundle, threads: Int, memory: Int) {
        let pool = ComputePool(threads: threads)
        let engine = WinogradEngine(
            weights: NetworkWeights(tensors: model.weights, architecture: model.architecture),
            geometry: model.geometry, pool: pool)
        let tiles = probe.tiles
        let needed = tiles.map { engine.bytes(Self.strip($0), head: .B) }.max() ?? 1
        let room = max(1, (memory - engine.weightBytes) / max(1, needed))
        let buffers = tiles.map { Buffer<UInt8>(repeating: 255, count: $0.valid.count) }
        ComputePool(threads: min(threads, room)).forEach(tiles.count) { _, index in
            let (tile, buffer) = (tiles[index], buffers[index])
            var labels = buffer.mutableSpan()
            Self.label(tile, engine: engine, into: &labels)
        }
        labels = buffers.map(\.array)
        var counts = [Int](repeating: 0, count: model.architecture.classes)
        var matrix = ConfusionMatrix(
            predictedClasses: counts.count, trueClasses: max(1, probe.trueClasses))
        for (tile, labels) in zip(tiles, labels) {
            for (pixel, label) in labels.enumerated() where label != 255 {
                counts[Int(label)] += 1
                matrix.add(predicted: Int32(label), truth: tile.truth?[pixel] ?? -1)
            }
        }
        let total = max(1, counts.reduce(0, +))
        shares = counts.map { Double($0) / Double(total) }
        self.matrix = matrix.total > 0 ? matrix : nil
    }

    private static func strip(_ tile: ProbeTiles.Tile) -> Strip {
        Strip(
            height: tile.height, rows: 0..<tile.height, width: tile.width,
            columns: 0..<tile.width)
    }

    private static func label(
        _ tile: ProbeTiles.Tile, engine: WinogradEngine, into labels: inout MutableSpan<UInt8>
    ) {
        let line = tile.values.count / tile.height
        var found = [UInt8](repeating: 255, count: tile.valid.count)
        do {
            try engine.label(
                strip(tile), head: .B,
                read: { rows, values in
                    for (row, y) in rows.enumerated() {
                        for index in 0..<line {
                            values[row * line + index] = tile.values[y * line + index]
                        }
                    }
                }, isCancelled: { false },
                emit: { y, row in
                    for x in 0..<tile.width where tile.valid[y * tile.width + x] != 0 {
                        found[y * tile.width + x] = row[x]
                    }
                })
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
        for pixel in found.indices { labels[pixel] = found[pixel] }
    }
}
