package import IICInfer

/// Crops from a folder of .mat tiles; tiles stay in memory as far as they may.
package final class TileSource: TrainingSource {
    package let roles = trainingRoles
    package let scaling = Scaling.uint8(channels: trainingRoles.count)
    package let quantiles: BandQuantiles?
    package let pixelSizeMetres: Double? = nil
    package var count: Int { folder.tiles.count }
    package let byteCount: Int
    package let readingBytes: Int
    private let folder: MatFolder
    private let size: Int
    private var cacheBytes = 0
    /// The tiles that were read first. An epoch reads each tile once, in another order than the last
    /// one, so a tile that is thrown out for another would be no better.
    private var cached: [Int: MatTile] = [:]
    private var cachedBytes = 0

    /// How many tiles the quantiles come from, at most: a folder of thousands must not delay the
    /// first step.
    private static let sampled = 64

    /// Opens some tiles, spread over the folder, of which its quantiles are told; the others when
    /// they are needed. A folder of another kind is so reported at once.
    ///
    /// - Parameter size: of the crops before random scaling; no tile may be smaller.
    package init(folder: MatFolder, crop size: Int) throws {
        self.folder = folder
        self.size = size
        let first = try Self.read(folder.tiles[0].imagePath, crop: size)
        byteCount = first.pixels.count * folder.tiles.count
        // The file, its elements, and they once more in another order.
        readingBytes = 3 * first.pixels.count
        quantiles = try Self.quantiles(of: folder, crop: size)
    }

    private static func quantiles(of folder: MatFolder, crop size: Int) throws -> BandQuantiles? {
        let channels = trainingRoles.count
        var histograms = [[Int]](repeating: [Int](repeating: 0, count: 256), count: channels)
        let count = min(folder.tiles.count, sampled)
        for index in 0..<count {
            let path = folder.tiles[index * folder.tiles.count / count].imagePath
            let pixels = try read(path, crop: size).pixels
            for band in 0..<channels {
                for index in stride(from: band, to: pixels.count, by: channels) {
                    histograms[band][Int(pixels[index])] += 1
                }
            }
        }
        return BandQuantiles(histograms: histograms)
    }

    package var summary: JSONValue {
        [
            "kind": "tiles", "tiles": .integer(count),
            "first": .string(folder.tiles.first?.name.shown ?? ""),
            "last": .string(folder.tiles.last?.name.shown ?? ""), "type": "uint8",
        ]
    }

    package var fileSizes: [Int] {
        get throws { try folder.tiles.map { try FileStamp($0.imagePath)?.size ?? -1 } }
    }

    package func allowCache(bytes: Int) { cacheBytes = bytes }

    package func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch {
        let tile = try tile(index)
        let left = Self.start(tile.width, size, random: &random)
        let top = Self.start(tile.height, size, random: &random)
        let columns = max(0, left)..<min(tile.width, left + size)
        let rows = max(0, top)..<min(tile.height, top + size)
        let channels = tile.channels
        var values = [Float](repeating: 0, count: size * size * channels)
        var valid = [UInt8](repeating: 0, count: size * size)
        for y in rows {
            let source = (y * tile.width + columns.lowerBound) * channels
            let pixel = (y - top) * size + columns.lowerBound - left
            for index in 0..<columns.count * channels {
                values[pixel * channels + index] = Float(tile.pixels[source + index]) / 255
            }
            for index in columns.indices { valid[pixel + index - columns.lowerBound] = 1 }
        }
        return Patch(size: size, values: values, valid: valid, isByte: true)
    }

    package var imageCount: Int { folder.tiles.count }

    package func size(ofImage image: Int) throws -> (width: Int, height: Int) {
        let tile = try tile(image)
        return (tile.width, tile.height)
    }

    package func read(
        image: Int, window: PixelWindow
    ) throws -> (values: [Float], valid: [UInt8]) {
        let tile = try tile(image)
        var values: [Float] = []
        for y in window.y..<window.y + window.height {
            let start = (y * tile.width + window.x) * tile.channels
            values += tile.pixels[start..<start + window.width * tile.channels].map {
                Float($0) / 255
            }
        }
        return (values, Array(repeating: 1, count: window.count))
    }

    /// Where a crop begins along one axis: anywhere, or, where it is larger than the tile, so that
    /// the tile lies in its middle.
    private static func start(_ tile: Int, _ crop: Int, random: inout SplitMix64) -> Int {
        crop <= tile ? random.index(below: tile - crop + 1) : -((crop - tile) / 2)
    }

    private func tile(_ index: Int) throws -> MatTile {
        if let tile = cached[index] { return tile }
        let tile = try Self.read(folder.tiles[index].imagePath, crop: size)
        if cachedBytes + tile.pixels.count <= cacheBytes {
            cached[index] = tile
            cachedBytes += tile.pixels.count
        }
        return tile
    }

    private static func read(_ path: String, crop size: Int) throws -> MatTile {
        let tile = try MatFile.tile(at: path)
        guard tile.channels == trainingRoles.count else {
            throw TrainingError.badData(
                "“\(path)” has \(tile.channels) \(tile.channels == 1 ? "band" : "bands"), but "
                    + "training needs \(trainingRoles.count): red, green, blue and infrared.")
        }
        guard tile.width >= size, tile.height >= size else {
            throw TrainingError.badData(
                "“\(path)” is \(tile.width) × \(tile.height) pixels, smaller than a crop of "
                    + "\(size): give a smaller --crop.")
        }
        return tile
    }
}
