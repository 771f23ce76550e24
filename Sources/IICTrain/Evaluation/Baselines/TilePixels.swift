import IICInfer

/// The pixels of .mat tiles, all of them valid, and their truth.
struct TilePixels: PixelSource {
    /// Each has truth.
    let tiles: [MatFolder.Tile]
    let folder: String
    let count: Int
    /// Of the first tile; the others are mostly as large.
    let channels: Int
    let blockPixels: Int

    var path: String { folder }
    var truthPath: String { folder }
    var sampleType: SampleType { .uint8 }

    func eachBlock(
        halo: Int, isCancelled: () -> Bool,
        _ body: (PixelBlock, _ truth: () throws -> [Int32]) throws -> Void
    ) throws {
        var channels: Int?
        for tile in tiles {
            if isCancelled() { throw Interrupted() }
            let image = try MatFile.tile(at: tile.imagePath)
            if let channels, channels != image.channels {
                throw TileEvaluationError.bandsDiffer(
                    path: tile.imagePath, bands: image.channels, others: channels)
            }
            channels = image.channels
            try body(
                PixelBlock(
                    width: image.width, channels: image.channels,
                    values: image.pixels.map(Float.init),
                    valid: Array(repeating: 1, count: image.height * image.width),
                    rows: 0..<image.height)
            ) { try TileEvaluator.truth(of: tile, image: image).labels }
        }
    }
}
