import IICInfer
import IICKernels
import Testing

@testable import IICTrain

/// The pixels that a refinement is fitted to.
@Suite struct RefinementSampleTests {
    private static let weights = ParameterBlock(
        atRest: Architecture(width: 1.0 / 16, overclusters: 8, classes: 3))

    private static func draw(
        _ source: any TrainingSource, size: Int = 48, seed: UInt64 = 1, threads: Int = 2
    ) throws -> PixelSample {
        try RefinementSample(
            items: source.count, size: size, seed: seed, work: 0,
            crop: { try source.crop($0, size: size, random: &$1) }
        ).draw(weights, pool: ComputePool(threads: threads)) { false }
    }

    /// Values of the sample, `(D, count)`.
    private static func values(_ sample: PixelSample) -> [[Float]] {
        (0..<sample.dimensions).map { d in
            sample.features.indices.flatMap { block in
                let first = d * PixelSample.blockSize
                return sample.features[block].array[first..<first + sample.count(of: block)]
            }
        }
    }

    @Test func `pixels are those of the inner parts, with their neighbours' means`() throws {
        let sample = try Self.draw(StepSource { _, _ in true })
        // 32 crops of 48, of which 16 × 16 are left: few enough to take all of them.
        #expect(sample.count == 32 * 16 * 16 && sample.networkClasses == 3)
        let values = Self.values(sample)
        for band in 0..<4 {
            for (index, x) in (0..<16 * 16).map({ ($0, 16 + $0 % 16) }) {
                let own = StepSource.value(x, band)
                let around = (x - 1...x + 1).map { StepSource.value($0, band) }
                #expect(values[band][index] == own)
                #expect(abs(values[4 + band][index] - around.reduce(0, +) / 3) < 1e-6)
            }
        }
    }

    @Test func `invalid pixels are not drawn, and tell nothing of their neighbours`() throws {
        let sample = try Self.draw(StepSource(constant: true) { x, y in (x + y) % 3 == 0 })
        #expect((2600...2850).contains(sample.count), "\(sample.count)")
        let values = Self.values(sample)
        #expect(values.allSatisfy { $0.allSatisfy { abs($0 - 0.5) < 1e-6 } })
    }

    @Test func `data without a valid pixel have no refinement`() throws {
        let source = StepSource { _, _ in false }
        #expect(try Self.draw(source).count == 0)
    }

    @Test(arguments: [33, 34, 41]) func `any inner part will do`(size: Int) throws {
        let inner = size - 32
        #expect(try Self.draw(StepSource { _, _ in true }, size: size).count == 32 * inner * inner)
    }

    @Test func `another seed draws other pixels, more threads the same`() throws {
        let one = Self.values(try Self.draw(PatternSource(), threads: 1))
        #expect(Self.values(try Self.draw(PatternSource(), threads: 3)) == one)
        #expect(Self.values(try Self.draw(PatternSource(), seed: 2)) != one)
    }

    @Test func `a model's refinement has the same bits for any threads and after a resumption`()
        throws
    {
        func refined(_ trainer: Trainer) throws -> Mixture? {
            try trainer.bundle(checkpoint: false, pixels: 1, refining: 100_000).refinement
        }
        let through = try TrainerTests.trainer(threads: 1)
        for _ in 0..<3 { try through.step() }
        let first = try TrainerTests.trainer(threads: 3)
        try first.step()
        // Fitted on the way, it changes nothing of what comes after.
        let early = try refined(first)
        let checkpoint = try first.bundle(checkpoint: true)
        let second = try TrainerTests.trainer(
            resuming: TrainingState(reading: checkpoint, path: "c"))
        for _ in 0..<2 { try second.step() }
        let last = try refined(through)
        #expect(last != nil && early != nil && early != last)
        #expect(try refined(second) == last)
        #expect(second.state.weights == through.state.weights)
    }

    @Test func `only models that want a refinement have one`() throws {
        #expect(Preset.allCases.filter { $0.settings.refine == true } == [.quick])
        for (refine, work) in [(true, nil), (false, 1), (nil, 1)] as [(Bool?, Int?)] {
            var settings = TrainerTests.settings()
            settings.refine = refine
            let model = try TrainerTests.trainer(settings)
                .bundle(checkpoint: false, pixels: 1, refining: work)
            #expect(model.refinement == nil)
        }
    }

    @Test func `a model of overclusters alone has a Gaussian for each of them`() throws {
        var settings = TrainerTests.settings(.overclustering)
        settings.averaging = nil
        let trainer = try TrainerTests.trainer(settings)
        try trainer.step()
        let model = try trainer.bundle(checkpoint: false, pixels: 1, refining: 1)
        #expect(model.refinement?.classes == 8)
        #expect(throws: Never.self) { try model.contents() }
    }
}

/// Crops whose values rise in steps from left to right.
private final class StepSource: TrainingSource {
    let roles: [BandRole] = [.red, .green, .blue, .infrared]
    let scaling = Scaling.uint8(channels: 4)
    let quantiles: BandQuantiles? = nil
    let pixelSizeMetres: Double? = nil
    let count = 5
    let summary: JSONValue = ["kind": "steps"]
    let byteCount = 0
    let readingBytes = 0
    private let isConstant: Bool
    private let isValid: (Int, Int) -> Bool

    init(constant: Bool = false, isValid: @escaping (Int, Int) -> Bool) {
        isConstant = constant
        self.isValid = isValid
    }

    static func value(_ x: Int, _ band: Int) -> Float { Float(x * (band + 1) % 64) / 64 }

    func allowCache(bytes: Int) {}

    func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch {
        var (values, valid): ([Float], [UInt8]) = ([], [])
        for y in 0..<size {
            for x in 0..<size {
                valid.append(isValid(x, y) ? 1 : 0)
                for band in 0..<4 {
                    let value = isConstant ? 0.5 : Self.value(x, band)
                    values.append(isValid(x, y) ? value : 0)
                }
            }
        }
        return Patch(size: size, values: values, valid: valid, isByte: false)
    }
}
