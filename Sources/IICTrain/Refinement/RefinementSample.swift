package import IICInfer
import IICKernels

/// Draws the pixels of training data that a model's refinement is fitted to, and what head B says of
/// them: the same as in a map of the whole image.
///
/// Which they are depends on the data and the seed alone.
package struct RefinementSample {
    /// Pixels to be drawn, about.
    static let pixels = 150_000

    private let images: RefinementImages
    private let seed: UInt64
    private let work: Int

    /// - Parameter work: pixels of all parts together, about: what the network runs on.
    package init(images: RefinementImages, seed: UInt64, work: Int) {
        self.images = images
        self.seed = seed
        self.work = work
    }

    /// Bytes while a sample is drawn and fitted.
    static func bytes(architecture: Architecture, threads: Int) -> Int {
        let dimensions = Mixture.dimensions(channels: architecture.channels)
        let sample = PixelSample.bytes(
            pixels: pixels + pixels / 8, dimensions: 2 * dimensions,
            networkClasses: architecture.classes)
        let side = RefinementImages.side
        let swath = Swath(height: side, rows: 0..<side, width: side, columns: 0..<side)
        let stream = WinogradEngine.bytes(
            swath, heads: [architecture.classes], architecture: architecture, geometry: .seamless)
        let read = (side + 2 * NetworkShape.halo) * (side + 2 * NetworkShape.halo)
        return sample + threads * (stream + 8 * architecture.channels * read)
            + MixtureFit.scratchBytes(
                pixels: pixels, classes: architecture.classes, dimensions: dimensions,
                threads: threads)
    }

    /// Runs the model on parts of the images.
    ///
    /// - Parameter isCancelled: asked between parts.
    /// - Throws: what reading throws, or ``Interrupted``.
    package func draw(
        _ weights: ParameterBlock, pool: ComputePool, isCancelled: () -> Bool
    ) throws -> PixelSample {
        let engine = WinogradEngine(weights: weights, geometry: .seamless, pool: pool)
        let key = SplitMix64.mix(seed &+ 0x3E_F1E)
        var random = SplitMix64(seed: key)
        let parts = try images.parts(pixels: max(work, 1), random: &random)
        let share = Double(Self.pixels) / Double(parts.reduce(0) { $0 + $1.window.count })
        var sample = PixelSample(
            dimensions: Mixture.dimensions(channels: engine.architecture.channels),
            networkClasses: engine.architecture.classes)
        // As many at once as there are threads; they are added in their order.
        for start in stride(from: 0, to: parts.count, by: pool.threads) {
            if isCancelled() { throw Interrupted() }
            let found = try (start..<min(start + pool.threads, parts.count)).map { index in
                var random = SplitMix64(seed: SplitMix64.mix(key &+ 1 ^ UInt64(index)))
                return try DrawnPart(
                    parts[index], of: images, engine: engine,
                    drawn: (0..<parts[index].window.count).filter { _ in random.unit() < share })
            }
            pool.forEach(found.count) { _, index in found[index].run(engine) }
            for part in found { part.add(to: &sample) }
        }
        return sample
    }
}

/// The drawn pixels of one part of an image.
private final class DrawnPart {
    private let part: RefinementImages.Part
    private let drawn: [Int]
    private let swath: Swath
    /// What the engine reads, at least the part and a pixel more on each side where there are any.
    private let read: PixelWindow
    private let values: [Float]
    private let valid: [UInt8]
    private let dimensions: Int
    private let classes: Int
    /// `(n, D)` and `(n, K)`.
    private var features: [Float] = []
    private var probabilities: [Float] = []

    /// - Parameter drawn: places in the part, in order.
    init(
        _ part: RefinementImages.Part, of images: RefinementImages, engine: WinogradEngine,
        drawn: [Int]
    ) throws {
        self.part = part
        self.drawn = drawn
        let window = part.window
        swath = Swath(
            height: part.height, rows: window.y..<window.y + window.height, width: part.width,
            columns: window.x..<window.x + window.width)
        let (rows, columns) = engine.inputs(of: swath)
        read = PixelWindow(
            x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
        (values, valid) = try images.read(part.image, read)
        dimensions = Mixture.dimensions(channels: engine.architecture.channels)
        classes = engine.architecture.classes
    }

    func add(to sample: inout PixelSample) {
        for pixel in 0..<features.count / dimensions {
            sample.add(
                { features[pixel * dimensions + $0] },
                probability: { probabilities[pixel * classes + $0] })
        }
    }

    func run(_ engine: WinogradEngine) {
        let (window, channels) = (part.window, engine.architecture.channels)
        let stride = lanes(window.width) * laneWidth
        let lines = (-1...window.height).map { row in
            PixelLine(
                row: window.y + row - read.y, of: values, valid: valid, width: read.width,
                start: window.x - read.x, count: window.width)
        }
        var next = 0
        var numbers = [Float](repeating: 0, count: dimensions * stride)
        var row = [Float](repeating: 0, count: window.width * classes)
        do {
            try engine.run(
                swath, heads: [.B],
                read: { rows, target, _ in
                    let width = read.width * channels
                    let first = (rows.lowerBound - read.y) * width
                    for index in 0..<rows.count * width { target[index] = values[first + index] }
                }, isCancelled: { false },
                emit: { y, scores in
                    let index = y - window.y
                    let first = index * window.width
                    guard next < drawn.count, drawn[next] < first + window.width else { return }
                    do {
                        var span = numbers.mutableSpan
                        PixelNeighbourhood.features(
                            above: lines[index], row: lines[index + 1], below: lines[index + 2],
                            into: &span, stride: stride)
                        var output = row.mutableSpan
                        scores[0].probabilities(of: 0..<window.width, into: &output)
                    }
                    while next < drawn.count, drawn[next] < first + window.width {
                        let x = drawn[next] - first
                        next += 1
                        guard valid[(y - read.y) * read.width + window.x - read.x + x] != 0 else {
                            continue
                        }
                        for d in 0..<dimensions { features.append(numbers[d * stride + x]) }
                        for k in 0..<classes { probabilities.append(row[x * classes + k]) }
                    }
                })
        } catch {
            preconditionFailure("nothing here throws: \(error)")
        }
    }
}
