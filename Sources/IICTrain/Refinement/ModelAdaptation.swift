package import IICInfer

/// Moves a model's refinement on to another scene: another date, another light, another place.
package struct ModelAdaptation {
    /// Pixels a side of the crops, where the scene is as large.
    private static let size = 88
    /// Pixels of all crops together, about.
    private static let work = 1_600_000
    /// Crops tried for one that is full of data.
    private static let tries = 20

    private let model: ModelBundle
    private let mixture: Mixture
    private let job: SegmentJob

    /// - Parameter job: of the same model; its settings say how the scene is read and scaled.
    /// - Throws: ``TrainingError`` for a model without a refinement.
    package init(model: ModelBundle, job: SegmentJob) throws(TrainingError) {
        guard let mixture = model.refinement else {
            throw TrainingError(
                "The model has no refinement that could be adapted: train it again with --refine.",
                exitStatus: .usage)
        }
        self.model = model
        self.mixture = mixture
        self.job = job
    }

    /// The model with means and shares of the scene; class numbers, names and all else stay. With
    /// `--scaling scene` its limits become the scene's, so that it suits more scenes of that kind.
    ///
    /// - Parameters:
    ///   - path: the scene.
    ///   - seed: decides which pixels are drawn.
    ///   - isCancelled: asked often.
    /// - Throws: what opening and reading the scene throws, ``TrainingError`` for one that is too
    ///   small or empty, or ``Interrupted``.
    package func run(
        scene path: String, seed: UInt64, isCancelled: @Sendable () -> Bool = { false }
    ) throws -> ModelBundle {
        let scene = try job.open(path, for: [LabelEncoder(.classes)])
        let reader = scene.reader
        let size = min(Self.size, reader.width, reader.height)
        let least = 2 * NetworkShape.halo + 8
        guard size >= least else {
            throw TrainingError.badData(
                "“\(path)” is \(reader.width) × \(reader.height) pixels, and a scene to adapt to "
                    + "needs \(least) × \(least) or more.")
        }
        let (scaling, matching) = try job.values(of: scene, isCancelled: isCancelled)
        let pool = ComputePool(threads: job.settings.threads)
        let sample = try RefinementSample(
            items: 1, size: size, seed: seed, work: Self.work,
            crop: { _, random in
                try Self.crop(
                    reader, size: size, scaling: scaling, matching: matching, random: &random)
            }
        ).draw(model.weights, pool: pool, isCancelled: isCancelled)
        guard sample.count > 0 else {
            throw TrainingError.badData("“\(path)” holds no valid pixels to adapt to.")
        }
        var adapted = model
        adapted.refinement = try MixtureFit.adapt(
            mixture, to: sample, pool: pool, isCancelled: isCancelled)
        if job.settings.scaling == .scene {
            adapted.scaling = scaling
            if let quantiles = model.quantiles {
                adapted.quantiles = try BandQuantiles(
                    of: reader, at: quantiles.probabilities, isCancelled: isCancelled)
            }
        }
        adapted.softwareVersion = Software.version
        adapted.extras = [:]
        adapted.checkpoint = nil
        return adapted
    }

    /// A random window; of some, the one with most data.
    private static func crop(
        _ scene: SceneReader, size: Int, scaling: Scaling, matching: SceneMatching?,
        random: inout SplitMix64
    ) throws -> Patch {
        var best: (values: [Float], valid: [UInt8], count: Int)?
        for _ in 0..<tries {
            let window = PixelWindow(
                x: random.index(below: scene.width - size + 1),
                y: random.index(below: scene.height - size + 1), width: size, height: size)
            var values = [Float](repeating: 0, count: window.count * scene.bands.count)
            var valid = [UInt8](repeating: 0, count: window.count)
            do {
                var valueSpan = values.mutableSpan
                var validSpan = valid.mutableSpan
                try scene.read(window, into: &valueSpan, valid: &validSpan)
            }
            let count = valid.reduce(0) { $0 + Int($1) }
            if count > best?.count ?? -1 { best = (values, valid, count) }
            if count * 10 >= window.count * 9 { break }
        }
        guard let best else { preconditionFailure("no try") }
        let valid = best.valid
        var values = best.values
        do {
            var span = values.mutableSpan
            matching?.apply(to: &span, valid: valid.span)
            scaling.apply(to: &span, valid: valid.span)
        }
        return Patch(size: size, values: values, valid: valid, isByte: false)
    }
}
