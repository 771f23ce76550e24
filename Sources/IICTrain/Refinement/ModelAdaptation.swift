package import IICInfer

/// Moves a model's refinement on to another scene: another date, another light, another place.
package struct ModelAdaptation {
    /// Fewer pixels tell too little of a scene.
    private static let fewest = 1000

    private let model: ModelBundle
    private let mixture: Mixture
    private let job: SegmentJob

    /// - Parameter job: of the same model; its settings say how the scene is read and scaled.
    /// - Throws: ``TrainingError`` for a model without a refinement, or with named classes.
    package init(model: ModelBundle, job: SegmentJob) throws(TrainingError) {
        guard model.naming == nil else {
            throw TrainingError(
                "The model's classes are named ones, which no scene changes: adapt the model that was "
                    + "named, and name it again with the same answers or points.",
                exitStatus: .usage)
        }
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
    ///   - warn: told, in sentences, what a user should know of the scene.
    ///   - progress: of measuring the scene, where its scaling needs that.
    ///   - isCancelled: asked often.
    /// - Throws: what opening and reading the scene throws, ``TrainingError`` for one with hardly any
    ///   valid pixel, or ``Interrupted``.
    package func run(
        scene path: String, seed: UInt64, warn: (String) -> Void = { _ in },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> ModelBundle {
        let scene = try job.open(path, for: [LabelEncoder(.classes)])
        for note in try job.notes(on: scene) { warn(note) }
        let reader = scene.reader
        let (scaling, matching) = try job.values(
            of: scene, progress: progress, isCancelled: isCancelled)
        let pool = ComputePool(threads: job.settings.threads)
        let images = RefinementImages(
            count: 1, size: { _ in (reader.width, reader.height) },
            read: { try reader.scaled($1, scaling: scaling, matching: matching) })
        let sample = try RefinementSample(
            images: images, seed: seed, work: ModelEffort.final.refinement
        )
        .draw(model.weights, pool: pool, isCancelled: isCancelled)
        guard sample.count >= Self.fewest else {
            throw TrainingError.badData(
                "“\(path)” has \(sample.count == 0 ? "no" : "only \(sample.count)") valid pixels to "
                    + "adapt to; \(Self.fewest) are needed.")
        }
        var adapted = model
        adapted.refinement = try MixtureFit.adapt(
            mixture, to: sample, pool: pool, isCancelled: isCancelled)
        if job.settings.scaling == .scene {
            adapted.scaling = scaling
            for (band, limits) in scaling.bands.enumerated() where !(limits.high > limits.low) {
                // A band of one value: any width will do.
                adapted.scaling.bands[band].high = max(limits.low + 1, limits.low.nextUp)
            }
            if let quantiles = model.quantiles {
                adapted.quantiles = try BandQuantiles(
                    of: reader, at: quantiles.probabilities, isCancelled: isCancelled)
            }
        }
        var data: [String: JSONValue] = [:]
        if case .object(let members) = model.data { data = members }
        data["adaptedTo"] = .string(
            path.pathName.shown + ", --scaling \(job.settings.scaling.rawValue), seed \(seed)")
        adapted.data = .object(data)
        adapted.softwareVersion = Software.version
        adapted.extras = [:]
        adapted.checkpoint = nil
        return adapted
    }
}
