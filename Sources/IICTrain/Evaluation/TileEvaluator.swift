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

    /// Tiles with truth.
    public var count: Int { tiles.count }

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
    ///   - look: gets each tile's place among those with truth, its name, labels `(H, W)` and truth.
    ///   - label: returns the labels of each.
    public func run(
        classes: Int, atOnce: Int,
        look: (_ index: Int, _ name: String, _ labels: [Int32], _ truth: MatLabels) -> Void = {
            _, _, _, _ in
        },
        label: ([MatTile]) throws -> [[Int32]]
    ) throws -> ConfusionMatrix {
        var tally = Tally()
        var waiting: [(tile: MatTile, truth: MatLabels, name: MatFolder.Tile)] = []
        var bytes = 0
        var done = 0
        func count() throws {
            for (labels, tile) in zip(try label(waiting.map(\.tile)), waiting) {
                try tally.add(
                    predicted: labels, nodata: nil, from: tile.name.imagePath,
                    truth: tile.truth.labels, from: tile.name.truthPath ?? folder)
                look(done, tile.name.name, labels, tile.truth)
                done += 1
            }
            waiting = []
            bytes = 0
        }
        for tile in tiles {
            let image = try MatFile.tile(at: tile.imagePath)
            waiting.append((image, try Self.truth(of: tile, image: image), tile))
            bytes += image.pixels.count
            if waiting.count >= atOnce || bytes >= Self.waitingBytes { try count() }
        }
        if !waiting.isEmpty { try count() }
        guard !tally.isEmpty else { throw TileEvaluationError.noTruth(folder: folder) }
        return tally.matrix(predictedClasses: classes)
    }

    /// Scores clusterings of the tiles' pixels.
    ///
    /// - Parameter matrix: what was counted of a labelling of the same tiles.
    /// - Throws: ``TileEvaluationError``, ``EvaluationError``, `Interrupted` or what reading
    ///   throws.
    public func scores(
        of baselines: Baselines, beside matrix: ConfusionMatrix,
        isCancelled: () -> Bool = { false }
    ) throws -> [Baselines.Score] {
        let first = try MatFile.tile(at: tiles[0].imagePath)
        return try baselines.scores(
            on: TilePixels(
                tiles: tiles, folder: folder, count: matrix.total + matrix.ignored,
                channels: first.channels, blockPixels: first.height * first.width),
            classes: matrix.classesPresent, isCancelled: isCancelled)
    }

    /// Reads the truth of a tile that has some.
    static func truth(of tile: MatFolder.Tile, image: MatTile) throws -> MatLabels {
        guard let path = tile.truthPath else { preconditionFailure("\(tile) has no truth") }
        let truth = try MatFile.labels(at: path)
        guard image.height == truth.height, image.width == truth.width else {
            throw EvaluationError.sizesDiffer(
                labels: tile.imagePath, labelsSize: (image.width, image.height),
                truth: path, truthSize: (truth.width, truth.height))
        }
        return truth
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
