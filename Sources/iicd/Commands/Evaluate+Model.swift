import IICInfer
import IICTrain

extension Evaluate {
    /// Runs the model on DATA and scores what it says.
    func scoreModel(
        _ path: String, on data: String, beside baselines: Baselines?
    ) throws -> EvaluationPage {
        let model = try ModelBundle(reading: path)
        let job = try SegmentJob(model: model, settings: flags.settings)
        var baselines = baselines
        baselines?.hold(job)
        if PathCalls.isFolder(data) {
            guard truth == nil, flags.reading.bands == nil else {
                throw UsageError(
                    description: "“\(data)” is a folder of tiles, with its truth in gt and the "
                        + "model's bands in order: --truth and --bands are for scenes.")
            }
            let folder = try MatFolder(path: data)
            let files = folder.tiles.map(\.imagePath) + folder.tiles.compactMap(\.truthPath)
            try checkPage(rasters: [], inputs: [path] + files)
            let (report, samples) = try scoreTiles(
                folder, model: model, job: job, beside: baselines)
            return page(
                report, model: (path, model), truth: "the tiles' own", samples: samples,
                data: ("Tiles", data), job: job)
        }
        guard let truth else {
            guard (try? FileStamp(data)) != nil else { throw MatFolderError.missing(data) }
            throw UsageError(
                description: "“\(data)” is a scene: give its true classes with --truth RASTER.")
        }
        let scene = try job.open(data, for: SceneEvaluator.encoders(pictures: pagePath != nil))
        for note in try job.notes(on: scene) { StandardError.warn(note) }
        let evaluator = try SceneEvaluator(scene: scene.reader, truth: truth)
        try checkPage(rasters: [data, truth], inputs: [path])
        var samples = pagePath.map { _ in
            EvaluationSamples(
                name: EvaluationPage.fileName(data), width: scene.reader.width,
                height: scene.reader.height)
        }
        baselines?.heldBytes += samples?.byteCount ?? 0
        if let baselines { try evaluator.check(baselines) }
        let bar = ProgressBar(label: "evaluate", unit: "tiles", json: json)
        defer { bar.finish() }
        let matrix = try evaluator.run(
            job: job, scene: scene, classes: model.mapClasses,
            look: { samples?.add(labels: $0, truth: $1, window: $2) },
            progress: { bar.update(done: Double($0), of: Double($1)) },
            isCancelled: { Interruption.requested })
        let report = EvaluationReport(
            matrix, names: evaluator.names,
            baselines: try baselines.map {
                try evaluator.scores(
                    of: $0, beside: matrix, isCancelled: { Interruption.requested })
            } ?? [], notes: evaluator.notes)
        return page(
            report, model: (path, model), truth: EvaluationPage.fileName(truth),
            samples: [samples].compactMap(\.self), data: ("Scene", data), job: job)
    }

    private func page(
        _ report: EvaluationReport, model: (path: String, bundle: ModelBundle), truth: String,
        samples: [EvaluationSamples], data: (kind: String, path: String), job: SegmentJob
    ) -> EvaluationPage {
        EvaluationPage(
            report, labels: EvaluationPage.fileName(model.path), truth: truth,
            legend: model.bundle.legend,
            samples: samples,
            origin: [
                (data.kind, EvaluationPage.fileName(data.path)),
                ("Model, SHA-256", model.bundle.modelHash),
                ("Geometry", job.settings.geometry.rawValue), ("Classes by", job.refine.rawValue),
                ("Scaling", job.settings.scaling.rawValue),
            ], paths: [data.path] + [self.truth].compactMap(\.self))
    }

    private func scoreTiles(
        _ folder: MatFolder, model: ModelBundle, job: SegmentJob, beside baselines: Baselines?
    ) throws -> (report: EvaluationReport, samples: [EvaluationSamples]) {
        let labeller = try TileLabeller(model: model, job: job)
        let evaluator = try TileEvaluator(folder: folder)
        let bar = ProgressBar(label: "evaluate", unit: "tiles", json: json)
        defer { bar.finish() }
        let total = Double(evaluator.count)
        var done = 0.0
        bar.update(done: 0, of: total)
        var samples: [EvaluationSamples] = []
        let shown = pagePath == nil ? [] : EvaluationSamples.shown(of: evaluator.count)
        let matrix = try evaluator.run(
            classes: model.mapClasses, atOnce: labeller.atOnce,
            look: { index, name, labels, truth in
                if shown.contains(index) { samples.append(.init(tile: name, labels, truth)) }
            }
        ) { tiles in
            try Interruption.check()
            let labels = try labeller.labels(of: tiles, in: folder.path)
            done += Double(tiles.count)
            bar.update(done: done, of: total)
            return labels
        }
        var baselines = baselines
        baselines?.heldBytes += samples.reduce(0) { $0 + $1.byteCount }
        let report = EvaluationReport(
            matrix,
            baselines: try baselines.map {
                try evaluator.scores(
                    of: $0, beside: matrix, isCancelled: { Interruption.requested })
            } ?? [])
        return (report, samples)
    }
}
