/// Shares scenes out among processes that do not talk to each other: each finds the same shares from
/// the same list.
package enum ShardPlan {
    private struct Load {
        var pixels: Int
        var shard: Int

        func isLess(than other: Load) -> Bool {
            (pixels, shard) < (other.pixels, other.shard)
        }
    }

    /// The shard, from 1, of each of some scenes: the largest scene first, each to the shard that has
    /// the fewest pixels so far, of equal ones the first. Equally large scenes go in the order of
    /// their names' bytes, so that the order of the list does not matter.
    ///
    /// No shard has more than 4/3 of the pixels that the fullest one must have. Source: Graham,
    /// *Bounds on Multiprocessing Timing Anomalies* (1969), theorem 2.
    ///
    /// - Parameter pixels: one a scene.
    package static func shards(scenes: [FileName], pixels: [Int], count: Int) -> [Int] {
        precondition(scenes.count == pixels.count && count > 0, "\(scenes.count) in \(count)")
        let order = scenes.indices.sorted {
            (-pixels[$0], scenes[$0], $0) < (-pixels[$1], scenes[$1], $1)
        }
        var shards = [Int](repeating: 0, count: scenes.count)
        // A heap: no load is less than the one at half its place.
        var loads = (1...count).map { Load(pixels: 0, shard: $0) }
        for scene in order {
            shards[scene] = loads[0].shard
            loads[0].pixels += pixels[scene]
            var place = 0
            while 2 * place + 1 < count {
                var next = 2 * place + 1
                if next + 1 < count, loads[next + 1].isLess(than: loads[next]) { next += 1 }
                guard loads[next].isLess(than: loads[place]) else { break }
                loads.swapAt(place, next)
                place = next
            }
        }
        return shards
    }

    /// No scene counts as more, so that sums of what headers tell do not overflow.
    private static let mostPixels = 1 << 44

    /// The pixels of scenes as their headers tell; of a STAC Item those of its largest band that is
    /// read. A scene that cannot be opened counts as one pixel, so that it belongs to a shard, which
    /// reports it.
    ///
    /// - Parameter bands: the user's choice, from 1.
    /// - Throws: the error of a disk or a network that fails: other shards may see the scene, and
    ///   would share out otherwise.
    package static func pixels(of scenes: [String], bands: [Int]? = nil) throws -> [Int] {
        try scenes.map { path in
            do {
                guard let item = try SceneItem(path: path) else {
                    let raster = try SceneReader.open(path)
                    return min(raster.width * raster.height, mostPixels)
                }
                let pixels = try item.rasters(of: bands).map { path in
                    let raster = try item.raster(path)
                    return raster.width * raster.height
                }
                return min(pixels.max() ?? 1, mostPixels)
            } catch let error as any UserError where error.exitStatus != .tryAgain {
                return 1
            }
        }
    }
}
