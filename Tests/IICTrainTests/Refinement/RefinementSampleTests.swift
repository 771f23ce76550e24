import IICInfer
import IICKernels
import Testing

@testable import IICTrain

/// The pixels that a refinement is fitted to.
@Suite struct RefinementSampleTests {
    private static let weights = ParameterBlock(
        atRest: Architecture(width: 1.0 / 16, overclusters: 8, classes: 3))

    private static func draw(
        _ images: RefinementImages, work: Int = 1 << 30, seed: UInt64 = 1, threads: Int = 2
    ) throws -> PixelSample {
        try RefinementSample(images: images, seed: seed, work: work)
            .draw(weights, pool: ComputePool(threads: threads)) { false }
    }

    private static func value(_ x: Int, _ y: Int, _ band: Int) -> Float {
        Float((x * (band + 1) + 7 * y) % 64) / 64
    }

    /// Images of one size, whose values tell where a pixel lies.
    private static func images(
        _ count: Int = 2, width: Int, height: Int,
        isValid: @escaping (_ x: Int, _ y: Int) -> Bool = { _, _ in true }
    ) -> RefinementImages {
        RefinementImages(count: count, size: { _ in (width, height) }) { _, window in
            var (values, valid): ([Float], [UInt8]) = ([], [])
            for y in window.y..<window.y + window.height {
                for x in window.x..<window.x + window.width {
                    precondition(x >= 0 && y >= 0 && x < width && y < height)
                    valid.append(isValid(x, y) ? 1 : 0)
                    for band in 0..<4 { values.append(isValid(x, y) ? value(x, y, band) : 0) }
                }
            }
            return (values, valid)
        }
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

    @Test(arguments: [(1, 1), (3, 40), (33, 47), (200, 7), (201, 30)])
    func `pixels are those of the whole image, with their neighbours' means`(
        width: Int, height: Int
    ) throws {
        func isValid(_ x: Int, _ y: Int) -> Bool { (x + 2 * y) % 5 != 3 }
        let sample = try Self.draw(
            Self.images(1, width: width, height: height, isValid: isValid))
        // Few enough to take all of them: any order, since parts come in a random one.
        var expected: [[Float]] = []
        for y in 0..<height {
            for x in 0..<width where isValid(x, y) {
                var means = [Float](repeating: 0, count: 4)
                var count: Float = 0
                for v in max(0, y - 1)...min(height - 1, y + 1) {
                    for u in max(0, x - 1)...min(width - 1, x + 1) where isValid(u, v) {
                        count += 1
                        for band in 0..<4 { means[band] += Self.value(u, v, band) }
                    }
                }
                expected.append((0..<4).map { Self.value(x, y, $0) } + means.map { $0 / count })
            }
        }
        let values = Self.values(sample)
        let found = (0..<sample.count).map { pixel in values.map { $0[pixel] } }
        func order(_ a: [Float], _ b: [Float]) -> Bool { a.lexicographicallyPrecedes(b) }
        #expect(found.count == expected.count)
        for (a, b) in zip(found.sorted(by: order), expected.sorted(by: order)) {
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }, "\(a) \(b)")
        }
    }

    @Test func `all pixels are as likely, those at the border too`() throws {
        var random = SplitMix64(seed: 4)
        let images = Self.images(3, width: 450, height: 210)
        let all = try images.parts(pixels: .max, random: &random)
        var seen = [Int](repeating: 0, count: 3 * 450 * 210)
        for part in all {
            for y in part.window.y..<part.window.y + part.window.height {
                for x in part.window.x..<part.window.x + part.window.width {
                    seen[(part.image * 210 + y) * 450 + x] += 1
                }
            }
        }
        #expect(seen.allSatisfy { $0 == 1 })
        let some = try images.parts(pixels: 40_000, random: &random)
        #expect(some.count < all.count && Set(some).count == some.count)
    }

    @Test func `of many images some are taken`() throws {
        var random = SplitMix64(seed: 4)
        let parts = try Self.images(500, width: 60, height: 50)
            .parts(pixels: 60_000, random: &random)
        #expect(parts.count == 20 && Set(parts.map(\.image)).count == 20)
    }

    @Test func `data without a valid pixel have no refinement`() throws {
        let images = Self.images(width: 90, height: 80) { _, _ in false }
        #expect(try Self.draw(images).count == 0)
    }

    @Test func `another seed draws other pixels, more threads the same`() throws {
        let images = Self.images(9, width: 210, height: 200)
        let one = Self.values(try Self.draw(images, threads: 1))
        #expect((140_000...160_000).contains(one[0].count), "\(one[0].count)")
        #expect(Self.values(try Self.draw(images, threads: 3)) == one)
        #expect(Self.values(try Self.draw(images, seed: 2)) != one)
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
