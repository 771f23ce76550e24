/// Whether a model runs on a scene, and roughly at what cost.
public struct SceneFit: Sendable {
    /// Why it does not run, as a sentence for users; nil if it does.
    public let problem: String?
    /// The scene's bands for the model, from 1; empty if they do not match, and then there are no
    /// estimates.
    public let bands: [Int]
    /// On ``threads``, from tiles timed just now.
    public let seconds: Double
    public let threads: Int
    public let engineName: String
    /// The least `--memory`.
    public let memoryBytes: Int
    /// Most of the disk that is taken while the map is written.
    public let diskBytes: Int
    /// Metres a pixel, where the scene's differ much from those of the training.
    public let pixelSizes: (scene: Double, model: Double)?

    /// Runs two tiles to tell the time.
    ///
    /// - Throws: what is wrong with the scene's file; a scene that merely does not suit the model
    ///   is a finding.
    public init(
        scene path: String, model: ModelBundle, bands chosen: [Int]?, threads: Int
    ) throws {
        self.threads = threads
        let scene: SceneReader
        do {
            scene = try SceneReader(path: path, roles: model.bands, bands: chosen)
        } catch let error as RasterError {
            guard case .bands = error else { throw error }
            problem = error.description
            bands = []
            (seconds, engineName, memoryBytes, diskBytes, pixelSizes) = (0, "", 0, 0, nil)
            return
        }
        // What `segment` says without --scaling; with it the estimates hold.
        var problem =
            scene.sampleType == model.scaling.source
            ? nil
            : SegmentError.sampleType(
                path: path, scene: scene.sampleType, model: model.scaling.source,
                canMatch: model.quantiles != nil
            ).description
        do {
            try DeclaredSize.check(scene)
        } catch let error as DeclaredSizeError {
            problem = problem ?? error.description
        }
        self.problem = problem
        let engine = WinogradEngine(
            weights: model.weights,
            geometry: .seamless)
        engineName = engine.name
        bands = scene.bands
        let pixels = Double(scene.width) * Double(scene.height)
        let jobs = (pixels / 40_000).rounded(.up)
        seconds = pixels / 40_000 * Self.secondsPerTile(engine) / min(jobs, Double(threads))
        memoryBytes = try SceneSegmenter(
            engine: engine,
            readOut: model.readOut(model.refine(in: .seamless), geometry: .seamless),
            threads: threads, memoryLimit: .max
        )
        .leastMemory(for: scene, encoders: [LabelEncoder(.classes)])
        diskBytes = MapWriter.diskBytes(width: scene.width, height: scene.height).most
        let size = scene.georeference.pixelSizeMetres(width: scene.width, height: scene.height)
        if let size, let trained = model.pixelSizeMetres, !(0.5...2).contains(size / trained) {
            pixelSizes = (size, trained)
        } else {
            pixelSizes = nil
        }
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
