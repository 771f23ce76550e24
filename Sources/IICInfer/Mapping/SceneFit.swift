/// Whether a model runs on a scene, and roughly at what cost.
public struct SceneFit: Sendable {
    /// Why it does not run, as a sentence for users; nil if it does.
    public let problem: String?
    /// The scene's bands for the model, from 1; empty if they do not match, and then there are no
    /// estimates.
    public let bands: [Int]
    /// Why each of them was taken for its role, and the role.
    public let reasons: [(role: BandRole, reason: String)]
    /// The scene's values beside the model's limits.
    public let values: [ValueSample.Band]
    /// What a user should know, as sentences.
    public let notes: [String]
    /// Pixels and classes of the map.
    public let map: (width: Int, height: Int, classes: Int)
    /// On ``threads``, from tiles timed just now.
    public let seconds: Double
    public let threads: Int
    public let engineName: String
    /// The least `--memory`.
    public let memoryBytes: Int
    /// Most of the disk that is taken while the map is written.
    public let diskBytes: Int
    /// Metres a pixel, where the scene's differ much from those of the training and it is read as it
    /// is.
    public let pixelSizes: PixelSizes?

    /// Runs two tiles to tell the time.
    ///
    /// - Parameter settings: those that the scene would be mapped with.
    /// - Throws: what is wrong with the scene's file; a scene that merely does not suit the model
    ///   is a finding.
    public init(
        scene path: String, model: ModelBundle, settings: SegmentSettings
    ) throws {
        threads = settings.threads
        let scene: SceneReader
        do {
            scene = try SceneReader(
                path: path, roles: model.bands, bands: settings.bands,
                samples: settings.reading(model.scaling))
        } catch let error as RasterError {
            guard case .bands = error else { throw error }
            problem = error.description
            bands = []
            (reasons, values, notes, map) = ([], [], [], (0, 0, 0))
            (seconds, engineName, memoryBytes, diskBytes, pixelSizes) = (0, "", 0, 0, nil)
            return
        }
        var misfit: String?
        do {
            if !settings.force { try DeclaredSize.check(scene) }
            try settings.place(scene, pixelSize: model.pixelSizeMetres)
        } catch let error as any UserError {
            misfit = error.description
        }
        let sample = try ValueSample(of: scene, scaling: model.scaling)
        // What `segment` says; the estimates hold with other flags too.
        let unsuited =
            settings.problem(of: scene, values: sample, model: model)?.description ?? misfit
        values = sample.bands
        let isScaled = settings.scaling == .model && scene.sampleType != .uint8
        let oddness = isScaled ? sample.warning.map { ["“\(path)”: \($0)."] } ?? [] : []
        notes = scene.notes + [scene.area?.note].compactMap(\.self) + oddness
        reasons = zip(scene.roles, scene.reasons).map { ($0, $1.description) }
        map = (scene.fileWidth, scene.fileHeight, model.mapClasses)
        let engine = WinogradEngine(
            weights: model.weights,
            geometry: .seamless, projection: model.naming?.projection)
        engineName = engine.name
        bands = scene.bands
        let pixels = Double(scene.width) * Double(scene.height)
        let jobs = (pixels / 40_000).rounded(.up)
        seconds = pixels / 40_000 * Self.secondsPerTile(engine) / min(jobs, Double(threads))
        memoryBytes = try SceneSegmenter(
            engine: engine,
            readOut: model.readOut(
                settings.refine ?? model.refine(in: .seamless), geometry: .seamless),
            threads: threads, memoryLimit: .max
        )
        .leastMemory(for: scene, encoders: [LabelEncoder(.classes)])
        let least = (memoryBytes + 1 << 20 - 1) >> 20
        problem =
            unsuited
            ?? (memoryBytes > settings.memoryLimit
                ? "A memory limit of \(settings.memoryLimit >> 20) MiB is too low for “\(path)”: give "
                    + "--memory \(least)MiB or more." : nil)
        diskBytes = MapWriter.diskBytes(width: scene.fileWidth, height: scene.fileHeight).most
        let sizes = PixelSizes(
            of: scene.georeference, width: scene.fileWidth, height: scene.fileHeight,
            model: model.pixelSizeMetres)
        pixelSizes = sizes.flatMap { $0.differ && !settings.resample ? $0 : nil }
    }

    /// What one tile of 200 × 200 pixels of a large scene takes on one thread here and now.
    private static func secondsPerTile(_ engine: WinogradEngine) -> Double {
        let (height, width) = (200, 400)
        let image = [Float](repeating: 0.5, count: height * width * engine.architecture.channels)
        var output = [Float](
            repeating: 0, count: height * width * engine.architecture.classes)
        let duration = ContinuousClock().measure {
            var span = output.mutableSpan
            engine.probabilities(
                of: image.span, height: height, width: width, head: .B, into: &span)
        }
        return duration / .seconds(2)
    }
}
