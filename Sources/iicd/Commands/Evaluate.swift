import ArgumentParser
import Foundation
import IICInfer
import IICTrain

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score labels against ground truth.",
        discussion: """
            Clusters have no names, so they are matched with the true classes first: one to one \
            (the Hungarian method), and many to one, which grows with the number of clusters. \
            Pixels without truth (negative, 255, or the nodata value) are left out.

            EXAMPLES
              iicd evaluate --labels map.tif --truth truth.tif
              iicd evaluate --labels map.tif --truth truth.tif --baseline kmeans --scene scene.tif
              iicd evaluate -m model.safetensors tiles --baseline kmeans,mixture --clusters 6
              iicd evaluate -m model.safetensors scene.tif --truth truth.tif --json
              iicd evaluate --labels map.tif --truth truth.tif --report errors.html
            """)

    @Argument(help: "With -m: a folder of .mat tiles, or a scene.") var data: String?

    @Option(name: .shortAndLong, help: "A model, to be run on DATA.") var model: String?

    @Option(help: "A raster of labels, such as a map.") var labels: String?

    @Option(help: "A raster of true classes on the same pixels.") var truth: String?

    @Option(
        help: ArgumentHelp(
            """
            Also score clusterings that need no network: kmeans (of single pixels), mixture (of \
            Gaussians over pixels and their 3 × 3 means, begun from k-means).
            """, valueName: "method,…"),
        transform: { try Baselines.methods(argument: $0) })
    var baseline: [Baselines.Method]?

    @Option(
        help: ArgumentHelp(
            """
            Clusters of each baseline (default: as many as there are true classes, and \
            \(Baselines.manyClusters)).
            """, valueName: "n,…"),
        transform: { try Baselines.clusters(argument: $0) })
    var clusters: [Int]?

    @Option(help: "The scene that --baseline needs beside --labels.") var scene: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp(
            "Also write a page with all scores, and pictures of where they are wrong.",
            valueName: "file.html"))
    var pagePath: String?

    @OptionGroup(title: "Running a model") var flags: SegmentFlags

    @Option(help: "Seed of the baseline's starts.") var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard clusters == nil || baseline != nil else {
            throw ValidationError("--clusters is for --baseline, which is not given.")
        }
        if let model {
            guard labels == nil else {
                throw ValidationError("Give either -m \(model) or --labels, not both.")
            }
            guard data != nil else {
                throw ValidationError("-m needs a folder of tiles or a scene to run on.")
            }
        } else {
            guard labels != nil else {
                throw ValidationError("Give --labels MAP --truth RASTER, or -m MODEL DATA.")
            }
            guard truth != nil else { throw ValidationError("--labels needs --truth RASTER.") }
            guard data == nil else {
                throw ValidationError(
                    "“\(data ?? "")” is for -m MODEL; with --labels give --truth.")
            }
            guard baseline == nil || scene != nil else {
                throw ValidationError("--baseline with --labels needs --scene SCENE.")
            }
        }
    }

    func run() throws {
        Interruption.install()
        var baselines = baseline.map {
            Baselines(
                methods: $0, clusters: clusters, seed: seed, threads: flags.settings.threads)
        }
        baselines?.memoryLimit = flags.settings.memoryLimit
        let page =
            if let model, let data {
                try scoreModel(model, on: data, beside: baselines)
            } else {
                try scoreMap(labels ?? "", truth: truth ?? "", beside: baselines)
            }
        let report = page.report
        print(json ? try report.json() : report.text(labels: model == nil ? "map" : "model"))
        for note in report.notes { StandardError.warn(note) }
        if let pagePath { try AtomicFile.write(page.html, to: pagePath) }
    }

    /// Finds out before the long part whether the page can be written.
    func checkPage(rasters: [String], inputs: [String] = []) throws {
        guard let pagePath else { return }
        try OutputPaths.check([pagePath], rasters: rasters, inputs: inputs)
        _ = try AtomicFile(path: pagePath)
    }

    /// Scores a finished map.
    private func scoreMap(
        _ labels: String, truth: String, beside baselines: Baselines?
    ) throws -> EvaluationPage {
        let evaluator = try RasterEvaluator(labels: labels, truth: truth)
        try checkPage(rasters: [labels, truth] + [scene].compactMap(\.self))
        var baselines = baselines
        var notes = evaluator.notes
        // Open the scene before the long part, so that a wrong name is reported at once.
        let reader = try baselines.flatMap { _ in scene }.map {
            try SceneReader(
                path: $0, roles: [.red, .green, .blue, .infrared], bands: flags.reading.bands?.bands
            )
        }
        var samples = pagePath.map { _ in
            EvaluationSamples(
                name: EvaluationPage.fileName(labels), width: evaluator.size.width,
                height: evaluator.size.height)
        }
        baselines?.heldBytes += samples?.byteCount ?? 0
        if let baselines, let reader { notes += try evaluator.check(baselines, scene: reader) }
        let matrix = try evaluator.run(
            isCancelled: { Interruption.requested },
            look: { samples?.add(labels: $0, truth: $1, window: $2) })
        var scores: [Baselines.Score] = []
        if let baselines, let reader {
            scores = try evaluator.scores(
                of: baselines, scene: reader, beside: matrix,
                isCancelled: { Interruption.requested })
        }
        return EvaluationPage(
            EvaluationReport(
                matrix, names: evaluator.names, baselines: scores, notes: notes),
            labels: EvaluationPage.fileName(labels), truth: EvaluationPage.fileName(truth),
            legend: evaluator.legend,
            samples: [samples].compactMap(\.self), origin: Self.origin(map: labels),
            paths: [labels, truth] + [scene].compactMap(\.self))
    }

    /// What a map says that it was made from.
    private static func origin(map path: String) -> [(name: String, value: String)] {
        guard let origin = MapProvenance(file: path) else { return [] }
        return [
            ("Scene, SHA-256", origin.sceneHash), ("Model, SHA-256", origin.modelHash),
            ("Settings, SHA-256", origin.settingsHash), ("Mapped by", "iicd \(origin.version)"),
        ]
    }
}
