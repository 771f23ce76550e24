import TestSupport
import Testing

@testable import IICInfer

@Suite struct ShardPlanTests {
    /// The load of each shard.
    private func loads(_ shards: [Int], _ pixels: [Int], _ count: Int) -> [Int] {
        (1...count).map { shard in
            zip(shards, pixels).filter { $0.0 == shard }.reduce(0) { $0 + $1.1 }
        }
    }

    private func names(_ count: Int) -> [FileName] { (0..<count).map { FileName("s\($0).tif") } }

    @Test(arguments: [1, 2, 3, 7, 64, 1000])
    func `loads differ by no more than the last scene that came`(count: Int) {
        for seed in 0..<20 {
            let pixels = (0..<300).map { 1 + Int(noise($0, seed, 1)) * Int(noise($0, seed, 2)) }
            let shards = ShardPlan.shards(scenes: names(300), pixels: pixels, count: count)
            #expect(shards.allSatisfy { (1...count).contains($0) })
            // Each scene went to the emptiest shard, so without its last and smallest one no shard has
            // more than any other.
            let loads = loads(shards, pixels, count)
            for shard in 1...count {
                let mine = zip(shards, pixels).filter { $0.0 == shard }.map(\.1)
                #expect(loads[shard - 1] - (mine.min() ?? 0) <= loads.min() ?? 0)
            }
        }
    }

    @Test func `the fullest shard has no more than 4/3 of what it must have`() {
        let (scenes, count) = (8, 3)
        for seed in 0..<40 {
            let pixels = (0..<scenes).map { 1 + Int(noise($0, seed, 3)) }
            var best = Int.max
            for way in 0..<6561 {
                var (rest, shards) = (way, [Int]())
                for _ in 0..<scenes {
                    shards.append(rest % count + 1)
                    rest /= count
                }
                best = min(best, loads(shards, pixels, count).max() ?? 0)
            }
            let found = ShardPlan.shards(scenes: names(scenes), pixels: pixels, count: count)
            #expect(3 * (loads(found, pixels, count).max() ?? 0) <= 4 * best)
        }
    }

    @Test func `neither the order of the list nor who asks changes a scene's shard`() {
        let scenes = names(200)
        // Many of one size.
        let pixels = scenes.indices.map { 100 + Int(noise($0, 4, 4)) % 5 }
        let shards = ShardPlan.shards(scenes: scenes, pixels: pixels, count: 16)
        let order = scenes.indices.sorted { noise($0, 5, 5) < noise($1, 5, 5) }
        let again = ShardPlan.shards(
            scenes: order.map { scenes[$0] }, pixels: order.map { pixels[$0] }, count: 16)
        #expect(order.map { shards[$0] } == again)
    }

    @Test func `more shards than scenes leave some empty`() {
        #expect(ShardPlan.shards(scenes: names(3), pixels: [5, 9, 5], count: 7) == [2, 1, 3])
        #expect(ShardPlan.shards(scenes: [], pixels: [], count: 7) == [])
    }

    @Test func `headers tell sizes, and what cannot be opened counts as one pixel`() throws {
        let folder = try TemporaryFolder()
        let scene = try folder.scene("a.tif", width: 31, height: 17) { _, _, _ -> UInt8 in 3 }
        try folder.write([1, 2, 3], to: "b.tif")
        #expect(
            try ShardPlan.pixels(of: [scene, folder("b.tif"), folder("no.tif"), scene])
                == [31 * 17, 1, 1, 31 * 17])
    }

    @Test func `an Item has the size of its largest band`() throws {
        let data = try ItemFolder()
        try data.splitAll()
        try data.split(4, "nir.tif", "-outsize", "30", "20", "-r", "average")
        let item = try data.item(ItemFolder.sentinel2)
        #expect(try ShardPlan.pixels(of: [item]) == [60 * 40])
        #expect(try ShardPlan.pixels(of: [item], bands: [3]) == [30 * 20])
    }
}
