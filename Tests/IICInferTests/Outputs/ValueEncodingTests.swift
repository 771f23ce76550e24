import Foundation
import IICInfer
import TestSupport
import Testing

/// What maps of confidence and probabilities say of each pixel, against the engines' own numbers.
@Suite struct ValueEncodingTests {
    private static let width = 151
    private static let height = 130
    private let folder: TemporaryFolder
    private let scene: SceneReader
    /// Of the scene, scaled.
    private let image: [Float]
    private let valid: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        let path = try folder.scene(
            "a.tif", width: Self.width, height: Self.height, nodata: 0
        ) { x, y, band in
            let isHole = (x / 7 + y / 5) % 11 == 5 || x + y < 20
            return isHole ? 0 : max(1, noise(x / 17, y / 23, band) / 2 + noise(x, y, band) / 3)
        }
        scene = try SceneReader(path: path, roles: rgbInfrared)
        let (values, valid) = try scene.pixels()
        var image = values
        do {
            var span = image.mutableSpan
            Scaling.uint8(channels: 4).apply(to: &span, valid: valid.span)
        }
        self.image = image
        self.valid = valid
    }

    /// What encoders make of the scene, `(H, W, pixelBytes)` each.
    private func encode(
        _ encoders: [any RowEncoder], readOut: (any ReadOut)? = nil, threads: Int = 2,
        memory: Int = 1 << 30
    ) throws -> [[UInt8]] {
        let segmenter = SceneSegmenter(
            engine: StreamingEngineTests.engine, readOut: readOut, threads: threads,
            memoryLimit: memory)
        var found = encoders.map {
            [UInt8](repeating: 77, count: Self.width * Self.height * $0.pixelBytes)
        }
        try segmenter.segment(
            scene, scaling: .uint8(channels: 4),
            budget: segmenter.budget(for: scene, encoders: encoders), encoders: encoders,
            write: { encoder, pixels, window in
                let bytes = encoders[encoder].pixelBytes
                for row in 0..<window.height {
                    let first = ((window.y + row) * Self.width + window.x) * bytes
                    for index in 0..<window.width * bytes {
                        found[encoder][first + index] = pixels[row * window.width * bytes + index]
                    }
                }
            })
        return found
    }

    private func floats(_ bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            var bits: UInt32 = 0
            for index in (start..<start + 4).reversed() { bits = bits << 8 | UInt32(bytes[index]) }
            return Float(bitPattern: bits)
        }
    }

    private func percent(_ share: Float) -> UInt8 {
        UInt8(min(100, (Double(share) * 100 + 0.5).rounded(.down)))
    }

    private let outputs: [any RowEncoder] = [
        ConfidenceMap(path: "c.tif"),
        ProbabilityMap(classes: 6, form: .percent, path: "p.tif"),
        ProbabilityMap(classes: 6, form: .floats, path: "f.tif"),
    ]

    @Test func `probabilities are the engine's, in per cent rounded half up`() throws {
        let found = try encode(outputs)
        let exact = StreamingEngineTests.probabilities(
            StreamingEngineTests.engine, image, Self.height, Self.width)
        let reference = StreamingEngineTests.probabilities(
            ReferenceEngine(weights: StreamingEngineTests.weights(), geometry: .seamless), image,
            Self.height, Self.width)
        let shares = floats(found[2])
        var levels: Set<UInt8> = []
        for pixel in valid.indices {
            let range = pixel * 6..<pixel * 6 + 6
            guard valid[pixel] == 1 else {
                #expect(range.allSatisfy { shares[$0].isNaN && found[1][$0] == 255 })
                #expect(found[0][2 * pixel] == 255 && found[0][2 * pixel + 1] == 255)
                continue
            }
            for index in range {
                #expect(shares[index] == exact[index], "\(index)")
                #expect(abs(shares[index] - reference[index]) < 2e-5, "\(index)")
                #expect(found[1][index] == percent(exact[index]), "\(index)")
            }
            let sorted = exact[range].sorted(by: >)
            #expect(found[0][2 * pixel] == percent(sorted[0]), "\(pixel)")
            #expect(found[0][2 * pixel + 1] == percent(sorted[0] - sorted[1]), "\(pixel)")
            // Each of six was rounded by half a per cent at most.
            let sum = found[1][range].reduce(0) { $0 + Int($1) }
            #expect(abs(sum - 100) <= 3, "\(pixel)")
            levels.insert(found[0][2 * pixel])
        }
        #expect(levels.count > 20)
    }

    @Test func `threads, memory and other outputs change nothing`() throws {
        let expected = try encode(outputs)
        let least = SceneSegmenter(
            engine: StreamingEngineTests.engine, threads: 1, memoryLimit: 1 << 30
        ).leastMemory(for: scene, encoders: outputs)
        #expect(try encode(outputs, threads: 1) == expected)
        #expect(try encode(outputs, threads: 7, memory: least) == expected)
        for (index, output) in outputs.enumerated() {
            #expect(try encode([output]) == [expected[index]])
        }
    }

    @Test func `with a refinement they are its posterior, and the label is the greatest`() throws {
        let plain = PlainReadOut()
        let encoders = outputs + [LabelEncoder(.classes)]
        let found = try encode(encoders, readOut: MixtureReadOut(plain.mixture))
        let shares = floats(found[2])
        let exact = try plain.labels(of: scene, weight: plain.mixture.weight)
        var compared = 0
        for pixel in valid.indices where valid[pixel] == 1 {
            let row = shares[pixel * 6..<pixel * 6 + 6]
            let sorted = row.sorted(by: >)
            let label = row.firstIndex(of: sorted[0]).map { $0 - pixel * 6 }
            #expect(label == Int(found[3][pixel]), "\(pixel)")
            let sum = row.reduce(0, +)
            #expect(abs(sum - 1) < 1e-5, "\(pixel)")
            #expect(found[0][2 * pixel] == percent(sorted[0]), "\(pixel)")
            // The scores' difference is the logarithm of the shares' quotient; single precision
            // holds scores of hundreds to 1e-4 or so.
            let margin = exact[pixel].margin
            guard margin < 20, sorted[1] > 0 else { continue }
            let quotient = log(Double(sorted[0]) / Double(sorted[1]))
            #expect(abs(quotient - margin) < 5e-3, "\(pixel): \(quotient) \(margin)")
            compared += 1
        }
        #expect(compared > 5000)
    }
}
