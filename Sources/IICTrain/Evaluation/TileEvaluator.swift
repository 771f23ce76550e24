public import IICInfer

/// Scores labels of .mat tiles against their truth, a few tiles in memory at a time.
public struct TileEvaluator {
    /// Bytes of pixels beyond which no more tiles are read before those in memory are labelled.
    private static let waitingBytes = 16 << 20

    private let tiles: [MatFolder.Tile]
    private let folder: String

    /// - Parameter tiles: of `folder`; those without truth are left out.
    /// - Throws: ``TileEvaluationError/noTruth(folder:)`` if none has any.
    public init(folder: MatFolder, tiles: [MatFolder.Tile]? = nil) throws(TileEvaluationError) {
        self.tiles = (tiles ?? folder.tiles).filter { $0.truthPath != nil }
        self.folder = folder.path
        guard !self.tiles.isEmpty else { throw .noTruth(folder: folder.path) }
    }

    /// Counts the labels that `label` gives to each tile.
    ///
    /// - Parameters:
    ///   - classes: labels are below it.
    ///   - label: returns `(H, W)` labels of a tile, negative for none.
    public func run(
        classes: Int, label: (MatTile) throws -> [Int32]
    ) throws -> ConfusionMatrix {
        try run(classes: classes, atOnce: 1) { tiles in try tiles.map(label) }
    }

    /// The same for tiles labelled together, on several threads for instance.
    ///
    /// - Parameters:
    ///   - atOnce: tiles to hand out together, at most; fewer if they are large.
    ///   - label: returns the labels of each.
    public func run(
        classes: Int, atOnce: Int, label: ([MatTile]) throws -> [[Int32]]
    ) throws -> ConfusionMatrix {
        var tally = Tally()
        var waiting: [(tile: MatTile, truth: MatLabels, name: MatFolder.Tile)] = []
        var bytes = 0
        func count() throws {
            for (labels, tile) in zip(try label(waiting.map(\.tile)), waiting) {
                try tally.add(
                    predicted: labels, nodata: nil, from: tile.name.imagePath,
                    truth: tile.truth.labels, from: tile.name.truthPath ?? folder)
            }
            waiting = []
            bytes = 0
        }
        try eachTile { tile, truth, name in
            waiting.append((tile, truth, name))
            bytes += tile.pixels.count
            if waiting.count >= atOnce || bytes >= Self.waitingBytes { try count() }
        }
        if !waiting.isEmpty { try count() }
        guard !tally.isEmpty else { throw TileEvaluationError.noTruth(folder: folder) }
        return tally.matrix(predictedClasses: classes)
    }

    /// The same for clusters of single pixels, as many as there are true classes.
    public func runKMeans(
        seed: UInt64, isCancelled: () -> Bool = { false }
    ) throws -> ConfusionMatrix {
        var classes = 1
        var channels = 0
        var total = 0
        try eachTile(isCancelled: isCancelled) { tile, truth, name in
            guard channels == 0 || channels == tile.channels else {
                throw TileEvaluationError.bandsDiffer(
                    path: name.imagePath, bands: tile.channels, others: channels)
            }
            channels = tile.channels
            total += truth.labels.count
            for value in truth.labels where value != ConfusionMatrix.nodata {
                if value > EvaluationError.largestClass {
                    throw EvaluationError.tooManyClasses(
                        path: name.truthPath ?? folder, value: value)
                }
                classes = max(classes, Int(value) + 1)
            }
        }
        var sampler = PixelSampler(total: total, channels: channels, seed: seed)
        try eachTile(isCancelled: isCancelled) { tile, _, _ in
            sampler.add(tile.pixels.map(Float.init).span) { _ in true }
        }
        guard
            let clustering = try PixelClustering(
                sampler, channels: channels, source: .uint8, clusters: classes, seed: seed,
                isCancelled: isCancelled)
        else { throw TileEvaluationError.noTruth(folder: folder) }
        return try run(classes: classes) { tile in
            if isCancelled() { throw Interrupted() }
            return clustering.labels(
                tile.pixels.map(Float.init),
                valid: Array(repeating: 1, count: tile.height * tile.width))
        }
    }

    private func eachTile(
        isCancelled: () -> Bool = { false },
        _ body: (MatTile, MatLabels, MatFolder.Tile) throws -> Void
    ) throws {
        for tile in tiles {
            if isCancelled() { throw Interrupted() }
            guard let truthPath = tile.truthPath else { continue }
            let image = try MatFile.tile(at: tile.imagePath)
            let truth = try MatFile.labels(at: truthPath)
            guard image.height == truth.height, image.width == truth.width else {
                throw EvaluationError.sizesDiffer(
                    labels: tile.imagePath, labelsSize: (image.width, image.height),
                    truth: truthPath, truthSize: (truth.width, truth.height))
            }
            try body(image, truth, tile)
        }
    }
}

/// Why a folder of tiles cannot be scored.
public enum TileEvaluationError: UserError, Equatable {
    case noTruth(folder: String)
    case bandsDiffer(path: String, bands: Int, others: Int)

    public var exitStatus: ExitStatus { .badInput }

    public var description: String {
        switch self {
        case .noTruth(let folder):
            "No tile of “\(folder)” has truth to compare with; it belongs in gt/N.mat."
        case .bandsDiffer(let path, let bands, let others):
            "“\(path)” has \(bands) bands, the tiles before it \(others); all must have the same."
        }
    }
}
