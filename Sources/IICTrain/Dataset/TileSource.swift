package import IICInfer

/// Crops from a folder of .mat tiles; tiles stay in memory as far as the limit allows.
package final class TileSource: TrainingSource {
    package let roles = trainingRoles
    package let scaling = Scaling.uint8(channels: trainingRoles.count)
    package let pixelSizeMetres: Double? = nil
    package var count: Int { folder.tiles.count }
    private let folder: MatFolder
    private let size: Int
    private let cacheBytes: Int
    private var cached: [Int: MatTile] = [:]
    private var cachedBytes = 0

    package init(folder: MatFolder, crop size: Int, cacheBytes: Int) {
        self.folder = folder
        self.size = size
        self.cacheBytes = cacheBytes
    }

    package var summary: JSONValue {
        [
            "kind": "tiles", "tiles": .integer(count),
            "first": .string(folder.tiles.first?.name ?? ""),
            "last": .string(folder.tiles.last?.name ?? ""), "type": "uint8",
        ]
    }

    package func crop(_ index: Int, random: inout SplitMix64) throws -> Patch {
        let path = folder.tiles[index].imagePath
        let tile = try cached[index] ?? MatFile.tile(at: path)
        guard tile.channels == roles.count else {
            throw TrainingError.badData(
                "“\(path)” has \(tile.channels) bands, but training needs \(roles.count): "
                    + "red, green, blue and infrared.")
        }
        guard tile.width >= size, tile.height >= size else {
            throw TrainingError.badData(
                "“\(path)” is \(tile.width) × \(tile.height) pixels, smaller than a crop of "
                    + "\(size): give a smaller --crop.")
        }
        if cached[index] == nil && cachedBytes + tile.pixels.count <= cacheBytes {
            cached[index] = tile
            cachedBytes += tile.pixels.count
        }
        let left = random.index(below: tile.width - size + 1)
        let top = random.index(below: tile.height - size + 1)
        let channels = tile.channels
        var values: [Float] = []
        values.reserveCapacity(size * size * channels)
        for y in top..<top + size {
            let start = (y * tile.width + left) * channels
            for value in tile.pixels[start..<start + size * channels] {
                values.append(Float(value) / 255)
            }
        }
        return Patch(
            size: size, values: values, valid: Array(repeating: 1, count: size * size),
            isByte: true)
    }
}
