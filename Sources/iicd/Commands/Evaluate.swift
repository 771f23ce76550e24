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
        let baselines = baseline.map {
            Baselines(
                methods: $0, clusters: clusters, seed: seed, threads: flags.settings.threads)
        }
        let report: EvaluationReport
        if let model, let data {
            report = try scoreModel(model, on: data, beside: baselines)
        } else {
            report = try scoreMap(labels ?? "", truth: truth ?? "", beside: baselines)
        }
        print(json ? try report.json() : report.text(labels: model == nil ? "map" : "model"))
    }

    /// Scores a finished map.
    private func scoreMap(
        _ labels: String, truth: String, beside baselines: Baselines?
    ) throws -> EvaluationReport {
        let evaluator = try RasterEvaluator(labels: labels, truth: truth)
        // Open the scene before the long part, so that a wrong name is reported at once.
        let reader = try baselines.flatMap { _ in scene }.map {
            try SceneReader(
                path: $0, roles: [.red, .green, .blue, .infrared], bands: flags.reading.bands?.bands
            )
        }
        let matrix = try evaluator.run(isCancelled: { Interruption.requested })
        var scores: [Baselines.Score] = []
        if let baselines, let reader {
            scores = try evaluator.scores(
                of: baselines, scene: reader, beside: matrix,
                isCancelled: { Interruption.requested })
        }
        return EvaluationReport(matrix, names: evaluator.names, baselines: scores)
    }
}
