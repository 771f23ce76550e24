import IICInfer

/// Makes a dataset of tiles, in the layout of the IIC authors' Potsdam set, of scenes and their truth.
///
/// The same scenes and settings make the same bytes. A window of a scene is in memory at a time.
package struct DatasetPreparation {
    /// What was made.
    package struct Summary: Sendable {
        package var scenes = 0
        package var tiles = 0
        package var labelledTiles = 0
        /// Pixels of each class, and of none.
        package var pixels: [Int] = []
        package var unlabelledPixels = 0
        /// Names of the lists, without `.txt`, and how many tiles they have.
        package var lists: [(name: String, tiles: Int)] = []
    }

    private let plan: PreparationPlan
    private let folder: String
    private let overwrite: Bool
    private let settings: PreparationSettings
    /// What users should know, as sentences.
    package let notes: [String]

    /// Pixels of a scene in memory at once, about: with their floats, 80 MB. One tile is, in any case.
    private static let windowPixels = 4 << 20
    /// Pixels of a scene that a tile covers at most, a side: their floats are 1 GB.
    private static let mostTileSide = 8000
    /// Of decoded blocks, which are read once if a row of tiles fits.
    private static let cacheBytes = 256 << 20

    /// Opens all scenes and their truth once, to find out what does not fit before anything is written.
    ///
    /// - Parameters:
    ///   - scenes: files, in the order in which tiles are numbered.
    ///   - truths: files, each of which has its scene's name.
    ///   - folder: to write to.
    /// - Throws: ``PreparationError``, ``EvaluationError``, ``RasterError`` or ``TIFFCheckError``.
    package init(
        scenes: [String], truths: [String], folder: String, settings: PreparationSettings,
        overwrite: Bool
    ) throws {
        try DatasetFolder.check(folder, overwrite: overwrite)
        let most = Double(Self.mostTileSide) * settings.scale
        guard Double(settings.tile) <= most + 1e-6 else {
            throw PreparationError.tileTooLarge(
                settings.tile, scale: settings.scale, most: Int(most + 1e-6),
                pixels: Self.mostTileSide)
        }
        let names = Set(truths.map { FileName($0) })
        if let both = scenes.first(where: { names.contains(FileName($0)) }) {
            throw PreparationError.bothKinds(both)
        }
        let (matched, unused) = try TruthMatching.match(scenes: scenes, truths: truths)
        var notes = unused.map { "“\($0)” belongs to no scene by its name: it is left out." }
        var planned: [PreparationPlan.Scene] = []
        for (path, truth) in zip(scenes, matched) {
            let scene = try Self.open(path, settings: settings)
            notes += scene.notes
            if let truth { notes += try Self.check(truth, on: scene, settings: settings) }
            let scaling = SceneScaling(
                width: scene.width, height: scene.height, scale: settings.scale)
            let side = settings.tile
            let (width, height) = (scaling.columns.count, scaling.rows.count)
            guard width >= side, height >= side else {
                throw PreparationError.tooSmall(path, tile: side, tiles: "\(width) × \(height)")
            }
            planned.append(
                PreparationPlan.Scene(
                    path: path, truth: truth, columns: width / side, rows: height / side,
                    first: planned.last?.tiles.upperBound ?? 0,
                    dropped: (width % side, height % side)))
        }
        plan = try PreparationPlan(planned, settings: settings)
        self.notes = notes + Self.note(ofDropped: planned, tile: settings.tile)
        self.folder = folder
        self.overwrite = overwrite
        self.settings = settings
    }

    private static func open(_ path: String, settings: PreparationSettings) throws -> SceneReader {
        let scene = try SceneReader(path: path, roles: trainingRoles, bands: settings.bands)
        guard scene.sampleType == .uint8 else {
            throw PreparationError.wideSamples(path, scene.sampleType)
        }
        return scene
    }

    /// - Returns: what had to be taken for granted.
    private static func check(
        _ path: String, on scene: SceneReader, settings: PreparationSettings
    ) throws -> [String] {
        let truth = try TruthReader(path: path, palette: settings.palette).place
        guard truth.width == scene.width, truth.height == scene.height else {
            throw PreparationError.sizesDiffer(
                scene: scene.path, truth: path,
                sizes: [scene.width, scene.height, truth.width, truth.height])
        }
        return settings.checksPlaces ? try RasterPlace.check(scene.place, truth: truth) : []
    }

    private static func note(ofDropped scenes: [PreparationPlan.Scene], tile: Int) -> [String] {
        let cut = scenes.filter { $0.dropped.right > 0 || $0.dropped.below > 0 }
        guard let first = cut.first else { return [] }
        let more = cut.count == 1 ? "" : " So it is with \(cut.count - 1) more of the scenes."
        return [
            "\(first.dropped.right) columns on the right and \(first.dropped.below) rows below of "
                + "“\(first.path)”, at the tiles' scale, fill no tile of \(tile) and are left out.\(more)"
        ]
    }

    /// Writes the tiles, then the lists.
    ///
    /// - Parameters:
    ///   - warn: gets what is found on the way, as sentences.
    ///   - progress: told tiles done, of all.
    /// - Throws: as above, ``AtomicFileError`` (exit code 73) or ``Interrupted``; what was written goes
    ///   again.
    package func run(
        warn: (String) -> Void = { _ in }, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> Summary {
        GDAL.limitCache(bytes: Self.cacheBytes)
        var output = try DatasetFolder(path: folder, overwrite: overwrite)
        do {
            let summary = try run(
                &output, warn: warn, progress: progress, isCancelled: isCancelled)
            try output.publish()
            return summary
        } catch {
            output.remove()
            throw error
        }
    }

    private func run(
        _ output: inout DatasetFolder, warn: (String) -> Void,
        progress: (_ done: Int, _ of: Int) -> Void, isCancelled: () -> Bool
    ) throws -> Summary {
        var summary = Summary(scenes: plan.scenes.count, tiles: plan.names.count)
        summary.pixels = [Int](repeating: 0, count: settings.palette?.names.count ?? 0)
        try output.write(plan.table(tile: settings.tile), DatasetFolder.table)
        for planned in plan.scenes {
            let scene = try Self.open(planned.path, settings: settings)
            let truth = try planned.truth.map {
                try TruthReader(path: $0, palette: settings.palette)
            }
            let scaling = SceneScaling(
                width: scene.width, height: scene.height, scale: settings.scale)
            for (window, tiles) in windows(of: planned, scaling: scaling) {
                if isCancelled() { throw Interrupted() }
                let source = scaling.source(of: window)
                let (values, flags) = try scene.pixels(in: source)
                let (pixels, valid) = scaling.average(
                    values, valid: flags, channels: trainingRoles.count, window: window)
                var labels: [Int32]?
                if let truth {
                    labels = try Self.labels(
                        of: truth, scaling, window, valid, settings.resampling)
                    try check(truth, isWhole: false, pixels: planned.tiles.count)
                }
                for tile in tiles {
                    try write(tile, planned, pixels, labels, window, &output, &summary)
                }
                progress(tiles.max().map { $0 + 1 } ?? 0, plan.names.count)
            }
            if let truth {
                try check(truth, isWhole: true, pixels: planned.tiles.count).map(warn)
            }
        }
        for list in PreparationPlan.List.allCases {
            let lines = plan.lines(of: list)
            try output.write(lines.map { "\($0)\n" }.joined(), "\(list.rawValue).txt")
            summary.lists.append((list.rawValue, lines.count))
        }
        return summary
    }

    /// Windows of a scaled scene, each of some tiles of one row, and these tiles' numbers.
    private func windows(
        of scene: PreparationPlan.Scene, scaling: SceneScaling
    ) -> [(window: PixelWindow, tiles: [Int])] {
        let side = settings.tile
        let area = Double(side * side) * scaling.columns.step * scaling.rows.step
        let atOnce = max(1, min(scene.columns, Int(Double(Self.windowPixels) / area)))
        return (0..<scene.rows).flatMap { row in
            stride(from: 0, to: scene.columns, by: atOnce).map { column in
                let count = min(atOnce, scene.columns - column)
                let first = scene.first + row * scene.columns + column
                let window = PixelWindow(
                    x: column * side, y: row * side, width: count * side, height: side)
                return (window, Array(first..<first + count))
            }
        }
    }

    private static func labels(
        of truth: TruthReader, _ scaling: SceneScaling, _ window: PixelWindow, _ valid: [Bool],
        _ resampling: PreparationSettings.Resampling
    ) throws -> [Int32] {
        let source = scaling.source(of: window)
        let labels =
            switch resampling {
            case .nearest: try truth.read(source, at: scaling.nearest(window))
            case .majority: scaling.majority(try truth.read(source), window: window)
            }
        // Nothing can be said of a pixel that shows nothing.
        return zip(labels, valid).map { $1 ? $0 : LabelReader.none }
    }

    /// - Returns: what a user should know of a truth's colours.
    /// - Throws: as soon as too many stand for nothing.
    @discardableResult
    private func check(
        _ truth: TruthReader, isWhole: Bool, pixels tiles: Int
    ) throws(PreparationError) -> String? {
        let all = isWhole ? truth.looked : max(truth.looked, tiles * settings.tile * settings.tile)
        guard all > 0 else { return nil }
        let share = Double(truth.unknown) / Double(all)
        guard share <= settings.unknownShare else {
            throw .unknownColours(
                truth.path, share: share, most: truth.commonestUnknown,
                limit: settings.unknownShare)
        }
        guard truth.near > 0 || truth.unknown > 0 else { return nil }
        var parts: [String] = []
        if truth.near > 0 {
            let share = PreparationError.percent(Double(truth.near) / Double(all))
            parts.append(
                "\(share) of the pixels have colours near the palette's and are taken for these")
        }
        if truth.unknown > 0 {
            parts.append(
                "\(PreparationError.percent(share)) have colours that the palette lacks, "
                    + "\(truth.commonestUnknown) most often, and stay unlabelled")
        }
        return "“\(truth.path)”: \(parts.joined(separator: "; "))."
    }

    private func write(
        _ number: Int, _ scene: PreparationPlan.Scene, _ pixels: [UInt8], _ labels: [Int32]?,
        _ window: PixelWindow, _ output: inout DatasetFolder, _ summary: inout Summary
    ) throws(AtomicFileError) {
        let side = settings.tile
        let left = (number - scene.first) % scene.columns * side - window.x
        let channels = trainingRoles.count
        func cut<Value>(_ values: [Value], _ channels: Int) -> [Value] {
            (0..<side).flatMap { row in
                let start = (row * window.width + left) * channels
                return values[start..<start + side * channels]
            }
        }
        let name = plan.names[number]
        try output.write(
            MatTile(height: side, width: side, channels: channels, pixels: cut(pixels, channels)),
            name: name)
        guard let labels else { return }
        let truth = cut(labels, 1)
        try output.write(MatLabels(height: side, width: side, labels: truth), name: name)
        summary.labelledTiles += 1
        for label in truth {
            guard label >= 0 else {
                summary.unlabelledPixels += 1
                continue
            }
            while summary.pixels.count <= Int(label) { summary.pixels.append(0) }
            summary.pixels[Int(label)] += 1
        }
    }
}
