package import IICInfer
import IICKernels

/// Labels .mat tiles with a model, each for itself.
package struct TileLabeller {
    private let model: ModelBundle
    private let geometry: Geometry
    private let segmenter: ImageSegmenter
    private let memoryLimit: Int
    private let threads: Int

    /// - Throws: ``TileLabelError`` for a model of other than 8-bit data, which tiles always hold.
    package init(model: ModelBundle, job: SegmentJob) throws(TileLabelError) {
        guard model.scaling.source == .uint8 else { throw .sampleType(model.scaling.source) }
        guard job.settings.scaling == .model else { throw .scaling(job.settings.scaling) }
        self.model = model
        geometry = job.engine.geometry
        segmenter = ImageSegmenter(engine: job.engine, readOut: job.readOut)
        memoryLimit = job.settings.memoryLimit
        threads = job.settings.threads
    }

    /// Tiles that are worth handing over together.
    package var atOnce: Int { threads }

    /// The most probable class of each pixel, `(H, W)`, of each tile; as many tiles at a time as
    /// there are threads and memory.
    package func labels(of tiles: [MatTile], in folder: String) throws(TileLabelError) -> [[Int32]]
    {
        let base = ProcessMemory.base
        var largest = 1
        for tile in tiles {
            let needed = try needed(for: tile, in: folder)
            guard base + needed <= memoryLimit else {
                throw .memory(
                    folder: folder, width: tile.width, height: tile.height, least: base + needed)
            }
            largest = max(largest, needed)
        }
        let labels = tiles.map { Buffer<Int32>(repeating: 0, count: $0.height * $0.width) }
        ComputePool(threads: min(threads, max(1, (memoryLimit - base) / largest)))
            .forEach(tiles.count) { _, index in
                let target = labels[index]
                var span = target.mutableSpan()
                label(tiles[index], into: &span)
            }
        return labels.map(\.array)
    }

    /// Bytes that labelling a tile takes, if it suits the model.
    private func needed(for tile: MatTile, in folder: String) throws(TileLabelError) -> Int {
        guard tile.channels == model.bands.count else {
            throw .bands(folder: folder, tile: tile.channels, model: model.bands.count)
        }
        let least = NetworkShape.least(geometry)
        guard min(tile.height, tile.width) >= least else {
            throw .tooSmall(folder: folder, width: tile.width, height: tile.height, least: least)
        }
        // The pixels scaled, their marks, and labels twice.
        return tile.height * tile.width * (4 * tile.channels + 1 + 1 + 4)
            + segmenter.bytes(height: tile.height, width: tile.width)
    }

    private func label(_ tile: MatTile, into labels: inout MutableSpan<Int32>) {
        var image = tile.pixels.map(Float.init)
        let valid = [UInt8](repeating: 1, count: tile.height * tile.width)
        do {
            var span = image.mutableSpan
            model.scaling.apply(to: &span, valid: valid.span)
        }
        let found = segmenter.labels(
            of: image, valid: valid, height: tile.height, width: tile.width)
        for pixel in 0..<labels.count { labels[pixel] = Int32(found[pixel]) }
    }
}

/// Why a model cannot label tiles.
package enum TileLabelError: UserError, Equatable {
    case sampleType(SampleType)
    case scaling(ScalingSource)
    case bands(folder: String, tile: Int, model: Int)
    case tooSmall(folder: String, width: Int, height: Int, least: Int)
    case memory(folder: String, width: Int, height: Int, least: Int)

    package var exitStatus: ExitStatus {
        switch self {
        case .scaling, .memory: .usage
        case .sampleType, .bands, .tooSmall: .badInput
        }
    }

    package var description: String {
        switch self {
        case .sampleType(let type):
            "The model was trained on \(type.rawValue) data, and .mat tiles hold uint8: they "
                + "cannot be scored with it."
        case .scaling(let source):
            "--scaling \(source.rawValue) needs a scene: tiles are scaled as the model says."
        case .bands(let folder, let tile, let model):
            "The tiles of “\(folder)” have \(tile) bands, but the model needs \(model)."
        case .tooSmall(let folder, let width, let height, let least):
            "“\(folder)” has a tile of \(width) × \(height) pixels; in this geometry the model "
                + "needs \(least) × \(least) or more."
        case .memory(let folder, let width, let height, let least):
            "“\(folder)” has a tile of \(width) × \(height) pixels, which does not fit in the "
                + "memory limit: give --memory \((least + 1 << 20 - 1) >> 20)MiB or more."
        }
    }
}
