import IICInfer

/// Scores clusters of a scene's single pixels, as many as there are true classes: what a labelling
/// must beat.
struct SceneClusters {
    let scene: SceneReader
    let truth: LabelReader
    /// Pixels without a label are left out; nil for all that are valid.
    let labels: LabelReader?

    /// - Throws: ``EvaluationError``, ``Interrupted`` or what reading throws.
    func matrix(seed: UInt64, isCancelled: () -> Bool) throws -> ConfusionMatrix {
        try RasterEvaluator.checkPlace(of: scene, truth: truth)
        let channels = scene.bands.count
        var sampler = PixelSampler(
            total: scene.width * scene.height, channels: channels, seed: seed)
        var classes = 1
        try RasterEvaluator.eachWindow(of: truth) { window in
            if isCancelled() { throw Interrupted() }
            let (values, valid) = try pixels(in: window)
            sampler.add(values.span) { valid[$0] != 0 }
            for value in try truth.read(window)
            where value != ConfusionMatrix.nodata && value <= EvaluationError.largestClass {
                classes = max(classes, Int(value) + 1)
            }
        }
        guard
            let clustering = try PixelClustering(
                sampler, channels: channels, source: scene.sampleType, clusters: classes,
                seed: seed, isCancelled: isCancelled)
        else { throw EvaluationError.nothingToCompare(labels: scene.path, truth: truth.path) }
        var tally = Tally()
        try RasterEvaluator.eachWindow(of: truth) { window in
            if isCancelled() { throw Interrupted() }
            let (values, valid) = try pixels(in: window)
            var clusters = clustering.labels(values, valid: valid)
            for (index, label) in (try labels?.read(window) ?? []).enumerated()
            where label < 0 || label == ConfusionMatrix.nodata {
                clusters[index] = LabelReader.none
            }
            try tally.add(
                predicted: clusters, nodata: nil, from: scene.path, truth: truth.read(window),
                from: truth.path)
        }
        return tally.matrix(predictedClasses: classes)
    }

    private func pixels(in window: PixelWindow) throws -> (values: [Float], valid: [UInt8]) {
        var values = [Float](repeating: 0, count: window.count * scene.bands.count)
        var valid = [UInt8](repeating: 0, count: window.count)
        var valuesSpan = values.mutableSpan
        var validSpan = valid.mutableSpan
        try scene.read(window, into: &valuesSpan, valid: &validSpan)
        return (values, valid)
    }
}
