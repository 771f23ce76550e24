import Foundation
import Synchronization
import TestSupport
import Testing

@testable import IICInfer

/// One scene, mapped in parts.
@Suite struct PartMergeTests {
    private let sheet: PartSheet

    init() throws { sheet = try PartSheet() }

    private func check(_ count: Int, _ way: PartialSheet.Way) throws {
        let job = try sheet.sheet.job(way)
        let expected = try job.run(
            scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.whole))
        let parts = try sheet.makeAll(count, way)
        var summary = try sheet.merge(parts.reversed(), threads: 1 + count % 3)
        #expect(try sheet.files(sheet.merged) == sheet.files(sheet.whole))
        #expect(try sheet.files(sheet.whole).count == 10)
        summary.outputs = zip(summary.outputs, expected.outputs).map { output, whole in
            var output = output
            output.path = whole.path
            return output
        }
        #expect(summary == expected)
        #expect(
            try job.isDone(scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.merged)))
    }

    @Test(arguments: PartialSheet.Way.allCases)
    func `parts make the bytes of a whole run`(way: PartialSheet.Way) throws {
        try check(3, way)
    }

    @Test(arguments: [1, 2, 7, 40])
    func `however many there are, more than the scene has swaths too`(count: Int) throws {
        try check(count, .cleaned)
    }

    @Test func `a part that is there is not made again, unless its scene has changed`() throws {
        let shard = Shard(2, of: 3)
        let job = try sheet.sheet.job()
        #expect(try !sheet.make(shard, job).isUnchanged)
        let again = try sheet.make(shard, job, isCancelled: { false })
        #expect(again.isUnchanged && again.window != nil)
        #expect(try !sheet.make(Shard(1, of: 3), job).isUnchanged)
        try sheet.sheet.draw(seed: 1)
        #expect(try !sheet.make(shard, job).isUnchanged)
        // What is damaged is made again.
        let path = sheet.path(shard)
        let name = path.pathName
        try sheet.parts.write(sheet.parts.bytes(of: name).dropLast(), to: name)
        #expect(try !sheet.make(shard, job).isUnchanged)
    }

    @Test func `a part that was interrupted goes on, and leaves no part`() throws {
        let job = try sheet.sheet.job(threads: 1)
        let count = PixelCount(path: "", failing: nil)
        let shard = Shard(2, of: 2)
        var reached = 0
        #expect(throws: Interrupted.self) {
            _ = try job.run(
                shard, scene: sheet.sheet.scene,
                outputs: sheet.outputs(in: sheet.parts, all: false),
                to: sheet.path(shard), partial: sheet.sheet.store,
                progress: { _, done, total in
                    reached = done
                    if done > total / 3 { count.pixels.value.withLock { $0 = 1 } }
                }, isCancelled: { count.pixels.value.withLock { $0 } > 0 })
        }
        #expect(reached > 0)
        #expect(try sheet.parts.files.isEmpty)
        #expect(try sheet.sheet.kept.files.count == 1)
        var first: Int?
        _ = try job.run(
            shard, scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.parts, all: false),
            to: sheet.path(shard), partial: sheet.sheet.store,
            progress: { _, done, _ in first = first ?? done })
        #expect(first ?? 0 > 0)
        #expect(try sheet.sheet.kept.files.isEmpty)
        try sheet.make(Shard(1, of: 2), job)
        try job.run(scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.whole))
        try sheet.merge([1, 2].map { sheet.path(Shard($0, of: 2)) })
        #expect(try sheet.files(sheet.merged) == sheet.files(sheet.whole))
    }

    @Test func `rows stay until their part is there`() throws {
        let folder = sheet.parts.path
        #expect(throws: AtomicFileError.self) {
            _ = try sheet.sheet.job(threads: 1).run(
                Shard(1, of: 2), scene: sheet.sheet.scene,
                outputs: sheet.outputs(in: sheet.parts, all: false),
                to: sheet.path(Shard(1, of: 2)), partial: sheet.sheet.store,
                progress: { _, done, total in
                    if done == total { try? FileManager.default.removeItem(atPath: folder) }
                })
        }
        #expect(try sheet.sheet.kept.files.count == 1)
    }

    @Test func `another clean-up may be asked of the merger`() throws {
        let job = try sheet.sheet.job(.cleaned)
        try job.run(scene: sheet.sheet.scene, outputs: sheet.outputs(in: sheet.whole))
        let merge = try PartMerge(sheet.makeAll(2))
        _ = try merge.run(
            outputs: sheet.outputs(in: sheet.merged), cleanUp: CleanUp(majority: 5, sieve: 9),
            memoryLimit: 1 << 30, threads: 2)
        #expect(try sheet.files(sheet.merged) == sheet.files(sheet.whole))
    }

    @Test func `too little memory and an interruption leave nothing behind`() throws {
        let merge = try PartMerge(sheet.makeAll(2))
        let outputs = sheet.outputs(in: sheet.merged)
        #expect(throws: MemoryBudgetError.self) {
            _ = try merge.run(
                outputs: outputs, cleanUp: CleanUp(), memoryLimit: 20 << 20, threads: 2)
        }
        for limit in [3, 60] {
            var asked = 0
            #expect(throws: Interrupted.self) {
                _ = try merge.run(
                    outputs: outputs, cleanUp: CleanUp(), memoryLimit: 1 << 30, threads: 2,
                    isCancelled: {
                        asked += 1
                        return asked > limit
                    })
            }
        }
        #expect(try sheet.merged.files.isEmpty)
    }
}
