import IICInfer
import IICNaming

/// What the command looks at scenes for.
extension LegendCommand {
    /// Runs with settings that leave some bytes for what their budget does not know.
    private func sparing<Value>(
        _ bytes: Int, _ body: (SegmentSettings) throws -> Value
    ) throws -> Value {
        var settings = flags.settings
        try grid.apply(to: &settings)
        settings.memoryLimit = max(0, settings.memoryLimit - bytes)
        do {
            return try body(settings)
        } catch var error as MemoryBudgetError {
            error.limit = flags.reading.memory.bytes
            error.least += bytes
            throw error
        }
    }

    func match(_ bundle: ModelBundle, with old: String) throws -> ClassMatching {
        guard bundle.checkpoint == nil, bundle.extras.isEmpty else {
            throw UsageError(
                description: "“\(model)” is a checkpoint, whose optimiser knows the classes by "
                    + "their numbers: give --like the model itself.")
        }
        let other = try ModelBundle(reading: old)
        let bar = ProgressBar(label: "compare", unit: "windows", json: json)
        defer { bar.finish() }
        return try sparing(ClassComparison.memoryBytes(bundle, other)) { settings in
            try ClassComparison(
                old: SegmentJob(model: other, settings: settings),
                new: SegmentJob(model: bundle, settings: settings), seed: seed
            ).run(
                scenes, warn: { StandardError.warn($0) },
                progress: { bar.update(done: Double($0), of: Double($1)) },
                isCancelled: { Interruption.requested })
        }
    }

    func page(of bundle: ModelBundle) throws -> String {
        let bar = ProgressBar(label: "gallery", unit: "windows", json: json)
        defer { bar.finish() }
        return try sparing(GalleryScan.memoryBytes) { settings in
            let gallery = try GalleryScan(
                model: bundle, job: SegmentJob(model: bundle, settings: settings), seed: seed
            ).run(
                scenes, warn: { StandardError.warn($0) },
                progress: { bar.update(done: Double($0), of: Double($1)) },
                isCancelled: { Interruption.requested })
            return try GalleryPage(
                gallery, model: output ?? model, settings: settings,
                isCancelled: { Interruption.requested }
            ).html
        }
    }
}
