package import IICInfer
import IICKernels

/// The result of a monitoring pass: what a model makes of the monitoring tiles.
package struct Snapshot: Sendable {
    /// `(H, W)` labels of each tile, 255 where invalid.
    package let labels: [[UInt8]]
    /// Each class's share of the valid pixels.
    package let shares: [Double]
    /// Against the truth; nil without any.
    package let matrix: ConfusionMatrix?
    /// How sure the network is of itself, without any truth.
    package let evidence: Evidence

    /// What labels say of their own worth.
    package struct Evidence: Equatable, Sendable {
        /// Nats that the labels of a tile and of its mirror image, mirrored back, tell of each other.
        package var views: Double
        /// Nats that the labels of both heads tell of each other.
        package var heads: Double
        /// The labels' entropy in nats.
        package var entropy: Double

        package init(views: Double, heads: Double, entropy: Double) {
            self.views = views
            self.heads = heads
            self.entropy = entropy
        }

        /// The labels' entropy, less what stays open of it when the other head's labels are known,
        /// and less what stays open when the mirror image's are: H(B) − H(B | A) − H(B | mirrored).
        ///
        /// Many even classes make it great, but only as far as both others confirm them.
        package var agreement: Double { heads + views - entropy }
    }

    /// Labels the tiles, as `iicd segment` would, each for itself: with the model's refinement, if it
    /// has one. The evidence is that of head B alone.
    ///
    /// - Parameters:
    ///   - memory: bytes that may be used for it; one tile at a time is labelled in any case.
    package init(of monitored: MonitoringTiles, model: ModelBundle, threads: Int, memory: Int) {
        let pool = ComputePool(threads: threads)
        let engine = WinogradEngine(
            weights: model.weights,
            geometry: model.geometry, pool: pool)
        let tiles = monitored.tiles
        let needed = tiles.map { engine.bytes(Self.swath($0), heads: [.A, .B]) }.max() ?? 1
        let atOnce = max(1, (memory - engine.weightBytes) / max(1, needed))
        func buffers() -> [Buffer<UInt16>] {
            tiles.map { Buffer(repeating: Self.invalid, count: $0.valid.count) }
        }
        let (classes, overclusters, mirrored) = (buffers(), buffers(), buffers())
        ComputePool(threads: min(threads, atOnce)).forEach(2 * tiles.count) { _, task in
            let (tile, index) = (tiles[task / 2], task / 2)
            if task.isMultiple(of: 2) {
                Self.label(
                    tile, engine: engine, into: [.B: classes[index], .A: overclusters[index]])
            } else {
                Self.label(tile, engine: engine, into: [.B: mirrored[index]], mirrored: true)
            }
        }
        var counts = [Int](repeating: 0, count: model.architecture.classes)
        var matrix = ConfusionMatrix(
            predictedClasses: counts.count, trueClasses: max(1, monitored.trueClasses))
        var views = ConfusionMatrix(predictedClasses: counts.count, trueClasses: counts.count)
        var heads = ConfusionMatrix(
            predictedClasses: counts.count, trueClasses: model.architecture.overclusters)
        // Head B has at most 254 classes.
        labels =
            Self.refined(tiles, model: model, engine: engine, threads: min(threads, atOnce))
            ?? classes.map { $0.array.map { UInt8(min($0, 255)) } }
        for (index, tile) in tiles.enumerated() {
            let (others, mirror) = (overclusters[index].array, mirrored[index].array)
            for (pixel, label) in classes[index].array.enumerated() where label != Self.invalid {
                let shown = labels[index][pixel]
                counts[Int(shown)] += 1
                matrix.add(predicted: Int32(shown), truth: tile.truth?[pixel] ?? -1)
                views.add(predicted: Int32(label), truth: Int32(mirror[pixel]))
                heads.add(predicted: Int32(label), truth: Int32(others[pixel]))
            }
        }
        let total = max(1, counts.reduce(0, +))
        shares = counts.map { Double($0) / Double(total) }
        self.matrix = matrix.total > 0 ? matrix : nil
        evidence = Evidence(
            views: views.mutualInformation, heads: heads.mutualInformation,
            entropy: views.predictedEntropy)
    }

    /// No class has this number: head A has at most 1,024 of them.
    private static let invalid = UInt16.max

    /// The tiles' labels with the model's refinement; nil without one.
    private static func refined(
        _ tiles: [MonitoringTiles.Tile], model: ModelBundle, engine: WinogradEngine, threads: Int
    ) -> [[UInt8]]? {
        guard let mixture = model.refinement, engine.geometry == .seamless else { return nil }
        let segmenter = ImageSegmenter(engine: engine, readOut: MixtureReadOut(mixture))
        let labels = tiles.map { Buffer<UInt8>(repeating: 255, count: $0.valid.count) }
        ComputePool(threads: threads).forEach(tiles.count) { _, index in
            let (tile, target) = (tiles[index], labels[index])
            let found = segmenter.labels(
                of: tile.values, valid: tile.valid, height: tile.height, width: tile.width)
            var span = target.mutableSpan()
            for pixel in found.indices { span[pixel] = found[pixel] }
        }
        return labels.map(\.array)
    }

    private static func swath(_ tile: MonitoringTiles.Tile) -> Swath {
        Swath(
            height: tile.height, rows: 0..<tile.height, width: tile.width,
            columns: 0..<tile.width)
    }

    /// - Parameters:
    ///   - targets: `(H, W)` labels of each head that is wanted; those of invalid pixels stay.
    ///   - mirrored: whether left and right are exchanged before, and back after.
    private static func label(
        _ tile: MonitoringTiles.Tile, engine: WinogradEngine,
        into targets: [Head: Buffer<UInt16>], mirrored: Bool = false
    ) {
        let (width, line) = (tile.width, tile.values.count / tile.height)
        let channels = line / width
        func place(_ x: Int) -> Int { mirrored ? width - 1 - x : x }
        do {
            try engine.run(
                swath(tile), heads: Head.allCases.filter { targets[$0] != nil },
                read: { rows, values, _ in
                    for (row, y) in rows.enumerated() {
                        for x in 0..<width {
                            for c in 0..<channels {
                                values[row * line + x * channels + c] =
                                    tile.values[y * line + place(x) * channels + c]
                            }
                        }
                    }
                }, isCancelled: { false },
                emit: { y, scores in
                    for scores in scores {
                        guard let target = targets[scores.head] else { continue }
                        var labels = target.mutableSpan()
                        let row = scores.labels()
                        for x in 0..<width where tile.valid[y * width + x] != 0 {
                            labels[y * width + x] = row[place(x)]
                        }
                    }
                })
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
    }
}
