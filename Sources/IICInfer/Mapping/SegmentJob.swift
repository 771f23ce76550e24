/// Maps scenes with one model and one set of settings: all that lies between a scene's file and its
/// outputs'. One value serves any number of scenes.
public struct SegmentJob: Sendable {
    /// What is going on, for a progress display.
    public enum Stage: Sendable, Hashable {
        /// The scene's percentiles or quantiles are measured.
        case scaling
        case segmenting
        /// The map's labels are cleaned up; in per cent.
        case cleaning
        /// What follows the map is made of it; in per cent.
        case following
        /// Overviews are made and maps are compressed; in per cent.
        case finishing
    }

    public let settings: SegmentSettings
    public internal(set) var engine: any Engine
    /// What makes the classes.
    public let refine: Refine
    public internal(set) var readOut: any ReadOut
    private let bands: [BandRole]
    private let scaling: Scaling
    private let quantiles: BandQuantiles?
    /// Of the model's training data, in metres.
    private let pixelSize: Double?
    private let legend: Legend
    let modelHash: String
    /// Files that outputs must not replace, beside the scene's own.
    let inputs: [String]

    /// - Parameter inputs: files that the caller has read, such as the model's: no output may
    ///   replace them.
    /// - Throws: ``SegmentError`` for a model that cannot do what the settings want.
    public init(
        model: ModelBundle, settings: SegmentSettings, inputs: [String] = []
    ) throws(SegmentError) {
        guard settings.scaling != .match || model.quantiles != nil else { throw .noQuantiles }
        refine = settings.refine ?? model.refine(in: settings.geometry)
        readOut = try model.readOut(refine, geometry: settings.geometry)
        self.settings = settings.cleanedUp(as: model.naming)
        self.inputs = inputs
        bands = model.bands
        scaling = model.scaling
        quantiles = model.quantiles
        pixelSize = model.pixelSizeMetres
        modelHash = model.modelHash
        legend = model.legend
        engine = WinogradEngine(
            weights: model.weights,
            geometry: settings.geometry, projection: model.naming?.projection,
            pool: ComputePool(threads: settings.threads))
    }

    /// The network as outputs see it.
    package var architecture: Architecture { engine.architecture.mapping(readOut.classes) }

    /// A scene that suits the model and the settings, with the memory limit shared out for what is
    /// wanted of it.
    public struct Scene {
        public let reader: SceneReader
        /// The part of its file to map; nil for all of it.
        let bounds: PixelWindow?
        let encoders: [any RowEncoder]
        let budget: MemoryBudget

        /// Pixels of what is mapped.
        var width: Int { bounds?.width ?? reader.fileWidth }
        var height: Int { bounds?.height ?? reader.fileHeight }
        /// Where that lies in the file.
        var window: PixelWindow {
            PixelWindow(x: bounds?.x ?? 0, y: bounds?.y ?? 0, width: width, height: height)
        }
    }

    /// Opens a scene, checks that it suits the model and the settings, and shares out the memory
    /// limit, GDAL's cache included, for exactly what `encoders` take.
    ///
    /// - Throws: ``RasterError``, ``TIFFCheckError``, ``AreaError``, ``DeclaredSizeError``,
    ///   ``SegmentError`` or ``MemoryBudgetError``.
    public func open(_ path: String, for encoders: [any RowEncoder]) throws -> Scene {
        try open(path, for: encoders) { _, _ in (kept: 0, finishing: 0) }
    }

    /// - Parameter memory: bytes that are taken for a map of so many pixels, beside what encoders keep,
    ///   and when nothing is computed any more.
    func open(
        _ path: String, for encoders: [any RowEncoder],
        memory: (_ width: Int, _ height: Int) -> (kept: Int, finishing: Int)
    ) throws -> Scene {
        let scene = try SceneReader(
            path: path, roles: bands, bands: settings.bands, samples: settings.reading(scaling))
        guard settings.scaling != .model || scene.sampleType == scaling.source else {
            throw SegmentError.sampleType(
                path: path, scene: scene.sampleType, model: scaling.source,
                canMatch: quantiles != nil)
        }
        try settings.check(unitsOf: scene, scaling: scaling)
        try settings.place(scene, pixelSize: pixelSize)
        if !settings.force { try DeclaredSize.check(scene) }
        let bounds = try bounds(in: scene)
        let (kept, finishing) = memory(
            bounds?.width ?? scene.fileWidth, bounds?.height ?? scene.fileHeight)
        let budget = try segmenter.budget(
            for: scene, bounds: bounds, encoders: encoders, kept: kept, finishing: finishing)
        GDAL.limitCache(bytes: budget.cacheBytes)
        return Scene(reader: scene, bounds: bounds, encoders: encoders, budget: budget)
    }

    /// Runs a scene from ``open(_:for:)`` and hands out the pixels that its encoders make.
    ///
    /// - Parameters:
    ///   - finished: parts of what is mapped that are not computed; they share no pixel.
    ///   - write: as in ``SceneSegmenter``.
    ///   - progress: called by one thread at a time, not always the caller's.
    ///   - isCancelled: asked often and from several threads.
    public func segment(
        _ scene: Scene, finished: [PixelWindow] = [],
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        let (scaling, matching) = try values(
            of: scene, progress: { progress(.scaling, $0, $1) }, isCancelled: isCancelled)
        try segmenter.segment(
            scene.reader, bounds: scene.bounds, finished: finished, scaling: scaling,
            matching: matching, budget: scene.budget, encoders: scene.encoders, write: write,
            progress: { progress(.segmenting, $0, $1) }, isCancelled: isCancelled)
    }

    /// What the values of a scene go through on their way to the network: matching, if there is any,
    /// then scaling.
    package func values(
        of scene: Scene, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: () -> Bool
    ) throws -> (scaling: Scaling, matching: SceneMatching?) {
        switch settings.scaling {
        case .model: return (scaling, nil)
        case .scene:
            return (
                try Scaling.percentiles(
                    of: scene.reader, progress: progress, isCancelled: isCancelled), nil
            )
        case .match:
            let matching = try matching(
                of: scene.reader, progress: progress, isCancelled: isCancelled)
            return (scaling, matching)
        }
    }

    /// What brings a scene's values to those of the training data; nil for a scene without any.
    private func matching(
        of scene: SceneReader, progress: (_ done: Int, _ total: Int) -> Void,
        isCancelled: () -> Bool
    ) throws -> SceneMatching? {
        guard let quantiles else { throw SegmentError.noQuantiles }
        return try BandQuantiles(
            of: scene, at: quantiles.probabilities, progress: progress, isCancelled: isCancelled
        ).map {
            SceneMatching(
                scene: $0, training: quantiles, wholeNumbers: scene.holdsWholeNumbers)
        }
    }

    /// What a user should know of a scene before it is mapped.
    ///
    /// - Throws: ``SegmentError/clipped(path:_:)`` for one that does not hold what the model knows.
    package func notes(on scene: Scene) throws -> [String] {
        let (scene, bounds) = (scene.reader, scene.bounds)
        var notes = scene.notes + [scene.area?.note].compactMap(\.self)
        if !settings.resample, let sizes = sizes(of: scene), sizes.differ {
            notes.append("“\(scene.path)”: \(sizes). Give --resample to read it at the latter.")
        }
        // Bytes lie within their limits always, and other scalings are made for other values.
        guard settings.scaling == .model, scene.sampleType != .uint8 else { return notes }
        let sample = try ValueSample(of: scene, bounds: bounds, scaling: scaling)
        if let finding = sample.refusal, !settings.force {
            throw SegmentError.clipped(path: scene.path, finding)
        }
        if let finding = sample.warning { notes.append("“\(scene.path)”: \(finding).") }
        return notes
    }

    private func sizes(of scene: SceneReader) -> PixelSizes? {
        PixelSizes(
            of: scene.georeference, width: scene.fileWidth, height: scene.fileHeight,
            model: pixelSize)
    }

    var segmenter: SceneSegmenter {
        SceneSegmenter(
            engine: engine, readOut: readOut, threads: settings.threads,
            memoryLimit: settings.memoryLimit)
    }

    /// The part to map; nil for all of the scene.
    private func bounds(in scene: SceneReader) throws -> PixelWindow? {
        guard let bounds = settings.bounds else { return nil }
        let (width, height) = (scene.fileWidth, scene.fileHeight)
        let inside = bounds.clipped(toWidth: width, height: height)
        guard inside.count > 0 else {
            throw SegmentError.outside(path: scene.path, width: width, height: height)
        }
        if let area = settings.area, scene.area?.touches(inside) == false {
            throw AreaError.outsideBounds(path: area.path, scene: scene.path, inside)
        }
        let isAll = inside.width == width && inside.height == height
        return isAll ? nil : inside
    }

    /// Whether all of `outputs` are there already as a run would write them.
    ///
    /// The scene's bytes are read only if all else agrees.
    public func isDone(
        scene path: String, outputs: [any MapOutput], isCancelled: () -> Bool = { false }
    ) throws -> Bool {
        let files = outputs.flatMap(\.files)
        guard try files.allSatisfy({ try FileStamp($0) != nil }),
            let claimed = outputs.first?.provenance?.sceneHash
        else { return false }
        RemoteFile.forgetAll()
        let scene = try open(path, making: outputs)
        let origin = origin(of: scene, sceneHash: claimed)
        guard
            outputs.allSatisfy({ $0.provenance == origin.provenance(of: $0) }),
            outputs.allSatisfy({ ($0.legendHash ?? legend.hash) == legend.hash })
        else { return false }
        return try claimed
            == SceneHash.sha256(
                scene: path, bands: settings.bands, isCancelled: isCancelled)
    }

    func origin(of scene: Scene, sceneHash: String) -> MapOrigin {
        MapOrigin(
            sceneHash: sceneHash, modelHash: modelHash, version: Software.version,
            settings: settings.members(
                bands: scene.reader.bands, bounds: scene.bounds, grid: scene.reader.grid,
                quantiles: quantiles), refine: refine, cleanUp: settings.cleanUp)
    }

    func frame(of scene: Scene) -> MapFrame {
        MapFrame(
            width: scene.width, height: scene.height,
            georeference: scene.reader.georeference.shifted(
                x: scene.window.x, y: scene.window.y
            ).inGeoTIFF,
            architecture: architecture, legend: legend, threads: settings.threads,
            sceneTime: scene.reader.time, sceneItem: scene.reader.itemPath)
    }

    /// - Parameters:
    ///   - rows: keeps what is finished.
    ///   - ranks: of which this process is rank 0.
    func run(
        scene path: String, outputs: [any MapOutput], rows: PartialFile, ranks: any Ranks,
        warn: (String) -> Void,
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void,
        isCancelled: @Sendable () -> Bool
    ) throws -> SegmentSummary {
        for output in outputs { try output.check(architecture) }
        RemoteFile.forgetAll()
        let before = try FileIdentity(scene: path, bands: settings.bands)
        let scene = try open(path, making: outputs)
        for note in try notes(on: scene) { warn(note) }
        let files = outputs.flatMap { $0.files + $0.companions }
        try OutputPaths.check(files, inputs: before.files + inputs)
        AtomicFile.removeLeftovers(of: files)
        // A missing permission is reported before the long part.
        for file in files { _ = try AtomicFile(path: file) }
        try DiskSpace.check(outputs, width: scene.width, height: scene.height)
        begin(rows, scene, files: before, outputs: outputs, warn: warn)
        let maps = try MapAssembly(outputs, frame: frame(of: scene))
        // The scene is hashed while it is segmented: each reads it from end to end.
        let sceneHash = try BackgroundHash.sha256(
            scene: path, files: before.files, isCancelled: isCancelled
        ) { isCancelled in
            try segment(
                scene, keeping: rows, by: ranks, files: before, outputs: outputs,
                write: { try maps.write($0, $1, $2) }, progress: progress,
                isCancelled: isCancelled)
        }
        // Its hash would name other pixels than those that were read.
        guard try FileIdentity(scene: path, bands: settings.bands) == before else {
            throw SegmentError.changed(path: path)
        }
        let summaries = try maps.finish(
            origin(of: scene, sceneHash: sceneHash), memory: scene.budget.finishing, warn: warn,
            progress: progress, isCancelled: isCancelled)
        return SegmentSummary(
            scene: path, width: scene.width, height: scene.height, sceneHash: sceneHash,
            modelHash: modelHash, outputs: summaries)
    }
}
