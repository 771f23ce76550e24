import IICInfer
import IICKernels

/// Labels pixels by a ``Mixture`` that no network takes part in.
struct MixtureClustering: PixelClustering {
    private let readOut: MixtureReadOut

    /// Fits to the pixels in the middle of patches of 3 × 3, beginning with their clusters.
    ///
    /// - Parameters:
    ///   - patches: side by side, `(3, 3 n, C)`, scaled; n above 0.
    ///   - begin: as many clusters as the mixture will have.
    /// - Throws: ``Interrupted``.
    init(
        patches: PixelBlock, begin: KMeans, pool: ComputePool, isCancelled: () -> Bool
    ) throws(Interrupted) {
        let middles = stride(from: 1, to: patches.width, by: 3)
        let clusters = begin.labels(of: patches)
        let dimensions = Mixture.dimensions(channels: patches.channels)
        var sample = PixelSample(dimensions: dimensions, networkClasses: 0)
        let stride = lanes(patches.width) * laneWidth
        var features = [Float](repeating: 0, count: dimensions * stride)
        patches.eachRow { lines in
            do {
                var span = features.mutableSpan
                PixelNeighbourhood.features(
                    above: lines.above, row: lines.row, below: lines.below, into: &span,
                    stride: stride)
            }
            for middle in middles {
                sample.add({ features[$0 * stride + middle] }, probability: { _ in 0 })
            }
        }
        guard
            let mixture = try MixtureFit.fit(
                sample, classes: begin.clusters, labels: middles.map { Int(clusters[$0]) },
                pool: pool, isCancelled: isCancelled)
        else { preconditionFailure("no patches") }
        readOut = MixtureReadOut(mixture, weight: 0)
    }

    func labels(of block: PixelBlock) -> [Int32] {
        let row = readOut.row(pixels: block.width)
        var labels: [Int32] = []
        labels.reserveCapacity(block.pixels.count)
        block.eachRow { lines in
            row.take([], range: 0..<block.width, lines: lines)
            let found = row.labels()
            for column in 0..<block.width { labels.append(Int32(found[column])) }
        }
        for (index, pixel) in block.pixels.enumerated() where block.valid[pixel] == 0 {
            labels[index] = LabelReader.none
        }
        return labels
    }
}

extension PixelBlock {
    /// Hands out the own rows, each with those above and below.
    fileprivate func eachRow(_ body: (PixelLines) -> Void) {
        func line(_ y: Int) -> PixelLine {
            PixelLine(
                row: y, of: values, valid: valid, width: width, start: 0, count: width)
        }
        var (above, row) = (line(rows.lowerBound - 1), line(rows.lowerBound))
        for y in rows {
            let below = line(y + 1)
            body(PixelLines(above: above, row: row, below: below))
            (above, row) = (row, below)
        }
    }
}
