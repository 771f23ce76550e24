package import IICInfer
import IICKernels

/// Labels .mat tiles with a model, each for itself.
package struct TileLabeller {
    private let model: ModelBundle
    private let engine: any Engine
    private let memoryLimit: Int
    private let threads: Int

    /// - Throws: ``TileLabelError`` for a model of other than 8-bit data, which tiles always hold.
    package init(model: ModelBundle, job: SegmentJob) throws(TileLabelError) {
        guard model.scaling.source == .uint8 else { throw .sampleType(model.scaling.source) }
        guard job.settings.scaling == .model else { throw .scaling }
        self.model = model
        engine = job.engine
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
        let least = NetworkShape.least(engine.geometry)
        guard min(tile.height, tile.width) >= least else {
            throw .tooSmall(folder: folder, width: tile.width, height: tile.height, least: least)
        }
        return 4 * tile.height * tile.width
            * (2 * tile.channels + model.architecture.classes + 2)
            + engine.scratchBytes(height: tile.height, width: tile.width)
    }

    private func label(_ tile: MatTile, into labels: inout MutableSpan<Int32>) {
        let (pixels, classes) = (tile.height * tile.width, model.architecture.classes)
        var image = tile.pixels.map(Float.init)
        var probabilities = [Float](repeating: 0, count: pixels * classes)
        do {
            var span = image.mutableSpan
            model.scaling.apply(to: &span, valid: [UInt8](repeating: 1, count: pixels).span)
            var output = probabilities.mutableSpan
            engine.probabilities(
                of: image.span, height: tile.height, width: tile.width, head: .B, into: &output)
        }
        for pixel in 0..<pixels {
            var best = 0
            for label in 1..<classes
            where probabilities[pixel * classes + label] > probabilities[pixel * classes + best] {
                best = label
            }
            labels[pixel] = Int32(best)
        }
    }
}

/// Why a model cannot label tiles.
package enum TileLabelError: UserError, Equatable {
    case sampleType(SampleType)
    case scaling
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
        case .scaling:
            "--scaling scene needs a scene: tiles are scaled as the model says."
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
