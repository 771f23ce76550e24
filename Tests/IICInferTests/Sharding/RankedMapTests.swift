import IICKernels
import Synchronization
import TestSupport
import Testing

@testable import IICInfer

/// One scene, mapped by several ranks.
@Suite struct RankedMapTests {
    private let sheet: PartSheet

    init() throws { sheet = try PartSheet() }

    /// Runs all ranks; the others end when rank 0 does, as `mpirun` has it.
    ///
    /// Messages are eager, so that nothing but rank 0's answers holds the others up.
    ///
    /// - Returns: what each rank threw.
    private func map(
        _ count: Int, scene: (@Sendable (_ rank: Int) -> String)? = nil,
        _ job: @escaping @Sendable (_ rank: Int) throws -> SegmentJob,
        post: ThreadRanks.Post = ThreadRanks.Post(.eager), in store: PartialRows? = nil,
        adding output: (any MapOutput)? = nil,
        isCancelled: @escaping @Sendable (_ rank: Int) -> Bool = { _ in false }
    ) -> [(any Error)?] {
        let (sheet, flag) = (sheet, Flag())
        let scene = scene ?? { _ in sheet.sheet.scene }
        // One after the other: some read files that they write.
        let jobs = (0..<count).map { rank in Result { try job(rank) } }
        let results = ThreadRanks.run(count, post: post) { ranks in
            let scene = scene(ranks.rank)
            // Nobody waits for a rank 0 that has ended.
            defer { if ranks.rank == 0 { flag.set() } }
            let job = try jobs[ranks.rank].get()
            let outputs = sheet.outputs(in: sheet.merged) + [output].compactMap(\.self)
            if ranks.rank == 0 {
                try job.run(
                    scene: scene, outputs: outputs, partial: store, by: ranks,
                    isCancelled: { isCancelled(0) })
            } else {
                try job.compute(scene: scene, outputs: outputs, for: ranks) {
                    isCancelled(ranks.rank) || flag.isSet
                }
            }
        }
        return results.map { result -> (any Error)? in
            guard case .failure(let error) = result else { return nil }
            return error
        }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)

        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    private func check(_ count: Int, _ way: PartialSheet.Way) throws {
        let sheet = sheet
        try sheet.sheet.job(way).run(
            scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.whole))
        let post = ThreadRanks.Post(.eager)
        let errors = map(count, { try sheet.sheet.job(way, threads: 1 + $0 % 2) }, post: post)
        #expect(errors.allSatisfy { $0 == nil }, "\(errors)")
        #expect(try sheet.files(sheet.merged) == sheet.files(sheet.whole))
        // No rank runs far ahead of rank 0: a row of a pixel takes 24 bytes at most in this scene.
        #expect(post.mostBytes <= count * RowClient.ahead * 16 * 430 * 24)
    }

    @Test(arguments: PartialSheet.Way.allCases)
    func `ranks make the bytes of one process`(way: PartialSheet.Way) throws { try check(3, way) }

    @Test(arguments: [1, 2, 5, 12])
    func `however many there are, more than the scene has windows too`(count: Int) throws {
        try check(count, .cleaned)
    }

    @Test func `rows that were kept are not computed again`() throws {
        let sheet = sheet
        let job = try sheet.sheet.job()
        try job.run(scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.whole))
        let pixels = PixelCount(path: "", failing: nil)
        let errors = map(2, { _ in job }, in: sheet.sheet.store, adding: pixels) { _ in
            pixels.pixels.value.withLock { $0 > 100_000 }
        }
        #expect(errors.allSatisfy { $0 != nil })
        #expect(try sheet.merged.files.isEmpty)
        #expect(try sheet.sheet.kept.files.count == 1)
        let rest = PixelCount(path: "", failing: nil)
        #expect(
            map(3, { _ in job }, in: sheet.sheet.store, adding: rest).allSatisfy { $0 == nil })
        #expect(rest.pixels.value.withLock { $0 } < 430 * 450)
        #expect(try sheet.files(sheet.merged) == sheet.files(sheet.whole))
    }

    @Test func `a rank that fails ends the job with its reason, and nothing is left`() throws {
        let sheet = sheet
        let errors = map(3, scene: { sheet.sheet.scene + ($0 == 2 ? ".no" : "") }) { _ in
            try sheet.sheet.job()
        }
        let failure = try #require(errors[0] as? RankFailure)
        #expect(failure.description.hasPrefix("Rank 2 of 3 on “thread 2”: There is no file"))
        #expect(failure.exitStatus == .noInput)
        #expect(errors[1] is Dismissed && errors[2] is Dismissed)
        #expect(try sheet.merged.files.isEmpty)
    }

    @Test func `ranks of another model, scene or setting are refused`() throws {
        let sheet = sheet
        let other = try sheet.sheet.folder.scene("b.tif", width: 430, height: 450) {
            x, _, _ -> UInt8 in UInt8(x % 250)
        }
        let refusal = SegmentError.otherRank(1, count: 2)
        let all = [
            map(2, { try sheet.sheet.job(model: PartialSheet.model(seed: $0)) }),
            map(2, { try sheet.sheet.job($0 == 0 ? .seamless : .network) }),
            map(2, scene: { $0 == 0 ? sheet.sheet.scene : other }, { _ in try sheet.sheet.job() }),
        ]
        for errors in all {
            #expect(errors[0] as? SegmentError == refusal && errors[1] is Dismissed)
        }
        #expect(try sheet.merged.files.isEmpty)
    }

    @Test func `rank 0's own failure is told as it is`() throws {
        let sheet = sheet
        let full = AtomicFileError(path: "x", reason: "the disk is full")
        let errors = map(
            2, { _ in try sheet.sheet.job() }, adding: PixelCount(path: "", failing: full))
        #expect(errors[0] as? AtomicFileError == full)
        #expect(try sheet.merged.files.isEmpty)
    }
}
