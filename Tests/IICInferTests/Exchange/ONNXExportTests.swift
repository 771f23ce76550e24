import Foundation
import IICInfer
import ParityCases
import TestSupport
import Testing

/// The written files, run operator by operator.
@Suite struct ONNXExportTests {
    /// A network of 1/16 width with random weights, its refinement, and named classes.
    static func model(
        refined: Bool = false, naming: Naming? = nil
    ) -> ModelBundle {
        let classes = naming?.count ?? PlainReadOut.classes
        return ModelBundle(
            geometry: .seamless, bands: [.red, .green, .blue, .infrared],
            scaling: .uint8(channels: 4), legend: .unnamed(classes: classes), preset: "quick",
            softwareVersion: "0.1", weights: StreamingEngineTests.weights(),
            refinement: refined ? PlainReadOut().mixture : nil, naming: naming,
            pixelSizeMetres: 0.5)
    }

    static let named: NamedClasses = {
        func random(_ count: Int, _ seed: Int, spread: Float) -> [Float] {
            (0..<count).map { (Float(noise($0, seed, 9)) / 127.5 - 1) * spread }
        }
        return NamedClasses(
            trunk: random(5 * 32, 1, spread: 1), pixels: random(5 * 16, 2, spread: 6),
            offsets: random(5, 3, spread: 1))
    }()

    static func reader(
        _ model: ModelBundle, _ settings: ONNXExport.Settings = .init()
    ) throws -> ONNXModelReader {
        ONNXModelReader(try ONNXExport(model, settings: settings).serialised)
    }

    /// `(H, W, C)` as `(1, C, H, W)`.
    static func planes(_ image: [Float], _ height: Int, _ width: Int) -> PlainTensor {
        let channels = image.count / (height * width)
        let numbers = (0..<image.count).map { index in
            let (channel, pixel) = index.quotientAndRemainder(dividingBy: height * width)
            return Double(image[pixel * channels + channel])
        }
        return PlainTensor(numbers, shape: [1, channels, height, width])
    }

    /// The greatest distance of `(1, K, H, W)` from `(H, W, K)`.
    static func difference(_ found: PlainTensor?, _ expected: [Double]) throws -> Double {
        let found = try #require(found)
        let (classes, plane) = (found.shape[1], found.shape[2] * found.shape[3])
        try #require(expected.count == classes * plane)
        return expected.indices.reduce(0) { worst, index in
            let (pixel, k) = index.quotientAndRemainder(dividingBy: classes)
            let distance = abs(found.numbers[k * plane + pixel] - expected[index])
            return distance.isNaN ? .infinity : max(worst, distance)
        }
    }

    @Test(arguments: [Geometry.seamless, .paper])
    func `both heads say what the engine says, at the input's size`(geometry: Geometry) throws {
        let reader = try Self.reader(Self.model(), .init(geometry: geometry))
        #expect(reader.outputs.map(\.name) == ["head_b", "head_a"])
        let engine = ReferenceEngine(
            weights: StreamingEngineTests.weights(), geometry: geometry)
        let sizes = [(1, 1), (2, 3), (7, 1), (8, 8), (9, 14), (33, 40)]
        for (height, width) in sizes where min(height, width) >= NetworkShape.least(geometry) {
            let image = StreamingEngineTests.image(height, width)
            let found = ONNXInterpreter(model: reader).run(Self.planes(image, height, width))
            for (head, name) in [(Head.A, "head_a"), (.B, "head_b")] {
                let expected = StreamingEngineTests.probabilities(
                    engine, image, height, width, head: head)
                let distance = try Self.difference(found[name], expected.map { Double($0) })
                #expect(distance < 1e-4, "\(geometry) \(height) × \(width) \(name)")
            }
        }
    }

    @Test(arguments: try ParityCase.all(.network) + ParityCase.all(.seamless))
    func `heads give PyTorch's numbers`(_ parity: ParityCase) throws {
        let weights = try parity.weights()
        let isSeamless = parity.file.metadata["geometry"] != nil
        var model = Self.model()
        model.weights = weights
        model.legend = .unnamed(classes: weights.architecture.classes)
        let reader = try Self.reader(model, .init(geometry: isSeamless ? .seamless : .paper))
        let input = try parity.tensor("input")
        let image = PlainTensor(input.floats.map { Double($0) / 255 }, shape: input.shape)
        let found = ONNXInterpreter(model: reader).run(image)
        for head in ["A", "B"] {
            let expected = try parity.tensor("eval.\(head).0")
            let output = try #require(found["head_\(head.lowercased())"])
            #expect(output.shape == expected.shape)
            let distance = largestDifference(output.numbers, expected.doubles)
            #expect(distance < 1e-4, "\(parity) head \(head)")
        }
    }

    @Test(arguments: [(1, 1), (2, 2), (1, 9), (19, 23)])
    func `a refinement's probabilities are those of its definition`(
        height: Int, width: Int
    ) throws {
        let reader = try Self.reader(Self.model(refined: true))
        #expect(reader.outputs.map(\.name) == ["refined", "head_b", "head_a"])
        let image = StreamingEngineTests.image(height, width)
        let found = ONNXInterpreter(model: reader).run(Self.planes(image, height, width))
        let said = try #require(found["head_b"])
        let plain = PlainReadOut()
        let expected = (0..<height * width).flatMap { pixel -> [Double] in
            let bands = (0..<4).map { Double(image[pixel * 4 + $0]) }
            let near = Self.around(image, height, width, pixel, reach: 1)
            let scores = plain.scores(
                bands + near.map(Self.mean),
                said: (0..<6).map { said.numbers[$0 * height * width + pixel] },
                weight: plain.mixture.weight)
            return ONNXInterpreter.softmax(scores)
        }
        #expect(try Self.difference(found["refined"], expected) < 1e-4)
    }

    @Test(arguments: [(1, 1), (2, 7), (19, 23)])
    func `named classes' probabilities are those of their definition`(
        height: Int, width: Int
    ) throws {
        let model = Self.model(refined: true, naming: Naming(.learnt(Self.named), majority: 5))
        let reader = try Self.reader(model)
        #expect(reader.outputs.map(\.name) == ["named", "refined", "head_b", "head_a"])
        let image = StreamingEngineTests.image(height, width)
        let found = ONNXInterpreter(model: reader).run(Self.planes(image, height, width))
        var trunk = [Float](repeating: 0, count: height * width * 5)
        do {
            var span = trunk.mutableSpan
            ReferenceEngine(
                weights: model.weights, geometry: .seamless, projection: Self.named.projection
            ).probabilities(
                of: image.span, height: height, width: width, head: .projection, into: &span)
        }
        let expected = (0..<height * width).flatMap { pixel -> [Double] in
            let far = Self.around(image, height, width, pixel, reach: 3)
            let deviations = far.map { values in
                Self.mean(values.map { ($0 - Self.mean(values)) * ($0 - Self.mean(values)) })
                    .squareRoot()
            }
            let bands = (0..<4).map { Double(image[pixel * 4 + $0]) }
            let near = Self.around(image, height, width, pixel, reach: 1).map(Self.mean)
            let description = bands + near + far.map(Self.mean) + deviations
            let scores = (0..<5).map { k -> Double in
                let own = (0..<16).reduce(0) {
                    $0 + Double(Self.named.pixels[k * 16 + $1]) * description[$1]
                }
                return Double(Self.named.offsets[k]) + Double(trunk[pixel * 5 + k]) + own
            }
            return ONNXInterpreter.softmax(scores)
        }
        #expect(try Self.difference(found["named"], expected) < 1e-4)
    }

    /// Each band's values around a pixel, as far as there are any.
    private static func around(
        _ image: [Float], _ height: Int, _ width: Int, _ pixel: Int, reach: Int
    ) -> [[Double]] {
        let (y, x) = (pixel / width, pixel % width)
        return (0..<4).map { band in
            var found: [Double] = []
            for row in max(0, y - reach)...min(height - 1, y + reach) {
                for column in max(0, x - reach)...min(width - 1, x + reach) {
                    found.append(Double(image[(row * width + column) * 4 + band]))
                }
            }
            return found
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    @Test func `a merged class is as probable as its likeliest member, and all add up to 1`() throws
    {
        let targets = [1, 0, 1, 2, 0, 2]
        let image = Self.planes(StreamingEngineTests.image(9, 11), 9, 11)
        for isRefined in [false, true] {
            let model = Self.model(refined: isRefined, naming: Naming(.merged(targets)))
            let found = ONNXInterpreter(model: try Self.reader(model)).run(image)
            let members = try #require(found[isRefined ? "refined" : "head_b"]).numbers
            let expected = (0..<99).flatMap { pixel -> [Double] in
                let greatest = (0..<3).map { k in
                    (0..<6).filter { targets[$0] == k }.map { members[$0 * 99 + pixel] }.max() ?? 0
                }
                return greatest.map { $0 / greatest.reduce(0, +) }
            }
            #expect(try Self.difference(found["named"], expected) < 1e-12)
        }
    }

    @Test func `images do not see each other, and values beyond 0 and 1 are clamped`() throws {
        let reader = try Self.reader(Self.model(refined: true))
        let images = [1, 2].map { shift in
            Self.planes(StreamingEngineTests.image(7, 9).map { $0 * Float(shift) - 0.1 }, 7, 9)
        }
        let interpreter = ONNXInterpreter(model: reader)
        let together = interpreter.run(
            PlainTensor(images.flatMap(\.numbers), shape: [2, 4, 7, 9]))
        let clamped = images.map { image in
            PlainTensor(image.numbers.map { min(max($0, 0), 1) }, shape: image.shape)
        }
        let alone = clamped.map { interpreter.run($0) }
        for name in ["refined", "head_b", "head_a"] {
            #expect(together[name]?.numbers == alone.flatMap { $0[name]?.numbers ?? [] })
        }
    }

    @Test func `with 16-bit floats the trunk's weights take half, and labels hardly change`() throws
    {
        let model = Self.model(refined: true)
        let (whole, half) = (
            try Self.reader(model), try Self.reader(model, .init(isHalf: true))
        )
        for (name, type) in whole.types {
            let isTrunk = name.hasPrefix("trunk.features.") && type == 1
            #expect(half.types[name] == (isTrunk ? 10 : type), "\(name)")
        }
        let image = Self.planes(StreamingEngineTests.image(24, 31), 24, 31)
        let (a, b) = (
            ONNXInterpreter(model: whole).run(image), ONNXInterpreter(model: half).run(image)
        )
        for name in ["refined", "head_b", "head_a"] {
            let distance = largestDifference(a[name]?.numbers ?? [], b[name]?.numbers ?? [0])
            // Half a thousandth a weight, over six layers.
            #expect(distance > 0 && distance < 0.02, "\(name)")
        }
        var wild = model
        wild.weights[.scale(3)] = wild.weights[.scale(3)].map { $0 * 1e6 }
        #expect(throws: ONNXExportError.beyondHalf(layer: 4)) {
            try ONNXExport(wild, settings: .init(isHalf: true))
        }
    }
}
