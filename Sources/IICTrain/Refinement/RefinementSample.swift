package import IICInfer
import IICKernels

/// Draws the pixels of training data that a model's refinement is fitted to.
///
/// Which they are depends on the data and the seed alone. They come from the inner parts of random
/// crops, where the network has seen all that its labels depend on.
package struct RefinementSample {
    /// Pixels to be drawn, about.
    static let pixels = 150_000
    private static let crops = 32...1024

    private let crop: (_ index: Int, _ random: inout SplitMix64) throws -> Patch
    /// Things that crops come from, such as tiles.
    private let items: Int
    private let size: Int
    private let seed: UInt64
    private let work: Int

    /// - Parameters:
    ///   - items: what `crop` can be asked for; the crops are spread over them.
    ///   - size: pixels a side of a crop, more than two halos.
    ///   - work: pixels of all crops together, about: what the network runs on.
    ///   - crop: makes one, anywhere in an item.
    package init(
        items: Int, size: Int, seed: UInt64, work: Int,
        crop: @escaping (_ index: Int, _ random: inout SplitMix64) throws -> Patch
    ) {
        precondition(size > 2 * NetworkShape.halo, "\(size)")
        self.crop = crop
        self.items = items
        self.size = size
        self.seed = seed
        self.work = work
    }

    private var count: Int {
        min(max(work / (size * size), Self.crops.lowerBound), Self.crops.upperBound)
    }

    /// The crop's pixels whose labels are those of the whole scene.
    private var inner: Range<Int> { NetworkShape.halo..<size - NetworkShape.halo }

    /// Bytes while a sample is drawn and fitted.
    static func bytes(architecture: Architecture, size: Int, threads: Int) -> Int {
        let dimensions = Mixture.dimensions(channels: architecture.channels)
        let sample = PixelSample.bytes(
            pixels: pixels + pixels / 8, dimensions: 2 * dimensions,
            networkClasses: architecture.classes)
        let swath = Swath(
            height: size, rows: 0..<size, width: size, columns: 0..<size)
        return sample
            + threads
            * WinogradEngine.bytes(
                swath, heads: [.B], architecture: architecture, geometry: .seamless)
    }

    /// Runs the model on the crops.
    ///
    /// - Parameter isCancelled: asked between crops.
    /// - Throws: what reading throws, or ``Interrupted``.
    package func draw(
        _ weights: ParameterBlock, pool: ComputePool, isCancelled: () -> Bool
    ) throws -> PixelSample {
        let engine = WinogradEngine(weights: weights, geometry: .seamless, pool: pool)
        let (count, inner) = (count, inner)
        let key = SplitMix64.mix(seed &+ 0x3E_F1E)
        let share = Double(Self.pixels) / Double(count * inner.count * inner.count)
        var sample = PixelSample(
            dimensions: Mixture.dimensions(channels: engine.architecture.channels),
            networkClasses: engine.architecture.classes)
        // As many at once as there are threads; they are added in their order.
        for start in stride(from: 0, to: count, by: pool.threads) {
            if isCancelled() { throw Interrupted() }
            let range = start..<min(start + pool.threads, count)
            let patches = try range.map { index in
                var random = SplitMix64(seed: SplitMix64.mix(key ^ UInt64(index)))
                return try crop(index * items / count, &random)
            }
            let drawn = range.map { index in
                var random = SplitMix64(seed: SplitMix64.mix(key &+ 1 ^ UInt64(index)))
                return (0..<inner.count * inner.count).filter { _ in random.unit() < share }
            }
            let found = range.map { _ in Found() }
            pool.forEach(range.count) { _, index in
                found[index].run(
                    patches[index], engine: engine, inner: inner, drawn: drawn[index])
            }
            for found in found { found.add(to: &sample) }
        }
        return sample
    }

    /// The drawn pixels of one crop.
    private final class Found {
        private var dimensions = 0
        private var classes = 0
        /// `(n, D)` and `(n, K)`.
        private var features: [Float] = []
        private var probabilities: [Float] = []

        func add(to sample: inout PixelSample) {
            for pixel in 0..<features.count / max(1, dimensions) {
                sample.add(
                    { features[pixel * dimensions + $0] },
                    probability: { probabilities[pixel * classes + $0] })
            }
        }

        /// - Parameter drawn: places in the inner part, in order.
        func run(_ patch: Patch, engine: WinogradEngine, inner: Range<Int>, drawn: [Int]) {
            let (size, channels) = (patch.size, engine.architecture.channels)
            dimensions = Mixture.dimensions(channels: channels)
            classes = engine.architecture.classes
            let swath = Swath(height: size, rows: inner, width: size, columns: inner)
            let (rows, columns) = engine.inputs(of: swath)
            let stride = lanes(inner.count) * laneWidth
            var lines: [PixelLine] = []
            for y in inner.lowerBound - 1...inner.upperBound {
                let line = PixelLine(channels: channels, count: inner.count)
                line.fill(
                    patch.values.span.extracting(
                        y * size * channels..<(y + 1) * size * channels),
                    valid: patch.valid.span.extracting(y * size..<(y + 1) * size),
                    first: inner.lowerBound - 1)
                lines.append(line)
            }
            var next = 0
            var values = [Float](repeating: 0, count: dimensions * stride)
            var row = [Float](repeating: 0, count: inner.count * classes)
            do {
                try engine.run(
                    swath, heads: [.B],
                    read: { part, target in
                        precondition(rows.contains(part.lowerBound), "\(part)")
                        var index = 0
                        for y in part {
                            for value in patch.values[
                                (y * size + columns.lowerBound)
                                    * channels..<(y * size
                                    + columns.upperBound) * channels]
                            {
                                target[index] = value
                                index += 1
                            }
                        }
                    }, isCancelled: { false },
                    emit: { y, scores in
                        let first = (y - inner.lowerBound) * inner.count
                        guard next < drawn.count, drawn[next] < first + inner.count else { return }
                        do {
                            var span = values.mutableSpan
                            let index = y - inner.lowerBound
                            PixelNeighbourhood.features(
                                above: lines[index], row: lines[index + 1],
                                below: lines[index + 2], into: &span, stride: stride)
                            var output = row.mutableSpan
                            scores[0].probabilities(of: 0..<inner.count, into: &output)
                        }
                        while next < drawn.count, drawn[next] < first + inner.count {
                            let x = drawn[next] - first
                            next += 1
                            guard patch.valid[y * size + inner.lowerBound + x] != 0 else {
                                continue
                            }
                            for d in 0..<dimensions { features.append(values[d * stride + x]) }
                            for k in 0..<classes { probabilities.append(row[x * classes + k]) }
                        }
                    })
            } catch {
                preconditionFailure("nothing here throws: \(error)")
            }
        }
    }
}
