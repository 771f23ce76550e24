import TestSupport
import Testing

@testable import IICInfer

/// A STAC Item with bands of the user's choice, in parts and by ranks.
@Suite struct ItemPartTests {
    private let data: ItemFolder
    private let item: String

    init() throws {
        data = try ItemFolder()
        try data.splitAll()
        try data.split(1, "nir08.tif")
        var assets = ItemFolder.sentinel2
        assets["nir08"] = ItemFolder.earthSearch("nir08.tif", "B8A", "nir08")
        item = try data.item(assets)
    }

    private func job() throws -> SegmentJob {
        var settings = SegmentSettings(threads: 1)
        settings.scaling = .scene
        // Red, green and blue, and nir08 instead of nir.
        settings.bands = [5, 2, 1, 4]
        return try SegmentJob(model: PartialSheet.model(), settings: settings)
    }

    private func map(_ name: String) -> [any MapOutput] {
        [LabelMap(.classes, path: data.folder(name))]
    }

    private func part(_ index: Int) throws -> String {
        let shard = Shard(index, of: 2)
        let path = shard.partPath(of: data.folder("m.tif"))
        _ = try job().run(shard, scene: item, outputs: map("m.tif"), to: path)
        return path
    }

    @Test func `parts have the bytes of a whole run`() throws {
        try job().run(scene: item, outputs: map("whole.tif"))
        let merge = try PartMerge([part(1), part(2)])
        _ = try merge.run(
            outputs: map("m.tif"), cleanUp: merge.cleanUp, memoryLimit: 1 << 30, threads: 1)
        #expect(try data.folder.bytes(of: "m.tif") == data.folder.bytes(of: "whole.tif"))
        #expect(try job().isDone(scene: item, outputs: map("m.tif")))
    }

    @Test func `parts before and after a band was replaced make no map`() throws {
        let first = try part(1)
        try data.split(2, "nir08.tif")
        let second = try part(2)
        #expect(throws: PartError.self) { try PartMerge([first, second]) }
    }

    @Test func `ranks have the bytes of a whole run`() throws {
        try job().run(scene: item, outputs: map("whole.tif"))
        let (jobs, outputs, item) = (try [job(), job()], map("m.tif"), item)
        let results = ThreadRanks.run(2, post: ThreadRanks.Post(.eager)) { ranks in
            if ranks.rank == 0 {
                try jobs[0].run(scene: item, outputs: outputs, by: ranks)
            } else {
                try jobs[1].compute(scene: item, outputs: outputs, for: ranks) { false }
            }
        }
        for result in results { try result.get() }
        #expect(try data.folder.bytes(of: "m.tif") == data.folder.bytes(of: "whole.tif"))
    }
}
