import IICInfer
import IICTrain

extension Evaluate {
    /// Runs the model on DATA and scores what it says.
    func scoreModel(
        _ path: String, on data: String, beside baselines: Baselines?
    ) throws -> EvaluationReport {
        let model = try ModelBundle(reading: path)
        let job = try SegmentJob(model: model, settings: flags.settings)
        if PathCalls.isFolder(data) {
            guard truth == nil, flags.reading.bands == nil else {
                throw UsageError(
                    description: "“\(data)” is a folder of tiles, with its truth in gt and the "
                        + "model's bands in order: --truth and --bands are for scenes.")
            }
            return try scoreTiles(
                MatFolder(path: data), model: model, job: job, beside: baselines)
        }
        guard let truth else {
            guard (try? FileStamp(data)) != nil else { throw MatFolderError.missing(data) }
            throw UsageError(
                description: "“\(data)” is a scene: give its true classes with --truth RASTER.")
        }
        let scene = try job.open(data, for: SceneEvaluator.encoders)
        let evaluator = try SceneEvaluator(scene: scene.reader, truth: truth)
        let bar = ProgressBar(label: "evaluate", unit: "tiles", json: json)
        defer { bar.finish() }
        let matrix = try evaluator.run(
            job: job, scene: scene, classes: model.architecture.classes,
            progress: { bar.update(done: Double($0), of: Double($1)) },
            isCancelled: { Interruption.requested })
        return EvaluationReport(
            matrix, names: evaluator.names,
            baselines: try baselines.map {
                try evaluator.scores(
                    of: $0, beside: matrix, isCancelled: { Interruption.requested })
            } ?? [])
    }

    private func scoreTiles(
        _ folder: MatFolder, model: ModelBundle, job: SegmentJob, beside baselines: Baselines?
    ) throws -> EvaluationReport {
        let labeller = try TileLabeller(model: model, job: job)
        let evaluator = try TileEvaluator(folder: folder)
        let bar = ProgressBar(label: "evaluate", unit: "tiles", json: json)
        defer { bar.finish() }
        let total = Double(folder.tiles.count { $0.truthPath != nil })
        var done = 0.0
        bar.update(done: 0, of: total)
        let matrix = try evaluator.run(
            classes: model.architecture.classes, atOnce: labeller.atOnce
        ) { tiles in
            try Interruption.check()
            let labels = try labeller.labels(of: tiles, in: folder.path)
            done += Double(tiles.count)
            bar.update(done: done, of: total)
            return labels
        }
        return EvaluationReport(
            matrix,
            baselines: try baselines.map {
                try evaluator.scores(
                    of: $0, beside: matrix, isCancelled: { Interruption.requested })
            } ?? [])
    }
}
