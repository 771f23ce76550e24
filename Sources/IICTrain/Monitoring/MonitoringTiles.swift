package import IICInfer

/// A few tiles of the training data that every monitoring pass labels, with their truth where that is
/// known. Which they are depends on the data and the seed alone.
package struct MonitoringTiles: Sendable {
    package struct Tile: Sendable {
        /// Where it is from, for people.
        package let name: String
        package let height: Int
        package let width: Int
        /// `(H, W, C)`, scaled to 0…1; 0 where invalid.
        package let values: [Float]
        /// `(H, W)`, 1 for valid, else 0.
        package let valid: [UInt8]
        /// `(H, W)`, negative where unknown; nil without truth.
        package let truth: [Int32]?
    }

    package let tiles: [Tile]
    /// Names of the true classes, where the data have any.
    package let names: [String]
    /// Classes of the truth; 0 without any.
    package let trueClasses: Int
    /// What had to be taken for granted of the truth, as sentences.
    package let notes: [String]

    /// Whether there is anything to compare with.
    package var hasTruth: Bool { trueClasses > 0 }

    /// Enough for an accuracy that does not jump, few enough to cost little.
    private static let most = 16
    /// Pixels a side, at most: the paper's tiles.
    private static let side = 200
    /// Tiles below it are too small to be trained on.
    private static let leastSide = 16
    /// Crops tried for each tile of a scene that is to have data.
    private static let tries = 50

    /// Tiles of a folder, evenly spread over it; those with truth if any has.
    ///
    /// - Throws: ``MatError``; ``EvaluationError`` for truth that cannot be.
    package init(folder: MatFolder) throws {
        let withTruth = folder.tiles.filter { $0.truthPath != nil }
        let all = withTruth.isEmpty ? folder.tiles : withTruth
        let count = min(all.count, Self.most)
        try self.init(
            (0..<count).compactMap { try Self.tile(all[$0 * all.count / count]) }, names: [])
    }

    /// The middle of a tile; nil if training cannot use it, which is reported where all tiles are read.
    private static func tile(_ tile: MatFolder.Tile) throws -> Tile? {
        let image = try MatFile.tile(at: tile.imagePath)
        guard image.channels == trainingRoles.count, min(image.width, image.height) >= leastSide
        else { return nil }
        let window = PixelWindow(
            x: (image.width - min(side, image.width)) / 2,
            y: (image.height - min(side, image.height)) / 2,
            width: min(side, image.width), height: min(side, image.height))
        var truth: [Int32]?
        if let path = tile.truthPath {
            let labels = try MatFile.labels(at: path)
            guard labels.width == image.width, labels.height == image.height else {
                throw EvaluationError.sizesDiffer(
                    labels: tile.imagePath, labelsSize: (image.width, image.height), truth: path,
                    truthSize: (labels.width, labels.height))
            }
            truth = try checked(
                cut(window, of: labels.labels, width: image.width, channels: 1), path: path)
        }
        let values = cut(window, of: image.pixels, width: image.width, channels: image.channels)
        return Tile(
            name: "tile \(tile.name)", height: window.height, width: window.width,
            values: values.map { Float($0) / 255 },
            valid: Array(repeating: 1, count: window.count), truth: truth)
    }

    /// Windows of scenes, drawn in proportion to their areas.
    ///
    /// - Parameters:
    ///   - truth: a raster of true classes on the pixels of the one scene.
    ///   - scaling: what brings the scenes' values to 0…1.
    /// - Throws: ``RasterError``; ``EvaluationError`` for truth that does not lie on the scene.
    package init(
        scenes: [SceneReader], truth: LabelReader?, scaling: Scaling, seed: UInt64
    ) throws {
        let notes = try truth.map { try RasterPlace.check(scenes[0].place, truth: $0.place) }
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x9_40BE))
        var tiles: [Tile] = []
        for _ in 0..<Self.most {
            var best: (tile: Tile, valid: Int)?
            for _ in 0..<Self.tries {
                let tile = try Self.tile(of: scenes, truth: truth, scaling: scaling, &random)
                let valid = tile.valid.reduce(0) { $0 + Int($1) }
                if valid > best?.valid ?? -1 { best = (tile, valid) }
                if valid * 10 >= tile.valid.count * 9 { break }
            }
            if let best, best.valid > 0 { tiles.append(best.tile) }
        }
        try self.init(tiles, names: truth?.categories ?? [], notes: notes ?? [])
    }

    private static func tile(
        of scenes: [SceneReader], truth: LabelReader?, scaling: Scaling,
        _ random: inout SplitMix64
    ) throws -> Tile {
        let (scene, window) = SceneReader.window(of: scenes, side: side, random: &random)
        let (values, valid) = try scene.scaled(window, scaling: scaling)
        return Tile(
            name: "x \(window.x), y \(window.y)", height: window.height, width: window.width,
            values: values, valid: valid,
            truth: try truth.map { try checked($0.read(window), path: $0.path) })
    }

    private init(_ tiles: [Tile], names: [String], notes: [String] = []) throws {
        self.tiles = tiles
        self.names = names
        self.notes = notes
        trueClasses = tiles.reduce(0) { max($0, Int($1.truth?.max() ?? -1) + 1) }
    }

    /// Class numbers with -1 for all that is unknown.
    private static func checked(_ labels: [Int32], path: String) throws -> [Int32] {
        try labels.map { value in
            guard value >= 0, value != ConfusionMatrix.nodata else { return -1 }
            guard value <= EvaluationError.largestClass else {
                throw EvaluationError.tooManyClasses(path: path, value: value)
            }
            return value
        }
    }

    private static func cut<Value>(
        _ window: PixelWindow, of values: [Value], width: Int, channels: Int
    ) -> [Value] {
        (window.y..<window.y + window.height).flatMap { y in
            let start = (y * width + window.x) * channels
            return values[start..<start + window.width * channels]
        }
    }
}
