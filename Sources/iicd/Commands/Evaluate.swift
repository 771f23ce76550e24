import ArgumentParser
import Foundation
import IICInfer
import IICTrain

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score labels against ground truth.",
        discussion: """
            Clusters have no names, so they are matched with the true classes first: one to one \
            (the Hungarian method), and many to one. Pixels without truth (negative, 255, or the \
            nodata value) are left out.

            EXAMPLES
              iicd evaluate --labels map.tif --truth truth.tif
              iicd evaluate --labels map.tif --truth truth.tif --baseline kmeans --scene scene.tif
              iicd evaluate -m model.safetensors tiles --baseline kmeans
              iicd evaluate -m model.safetensors scene.tif --truth truth.tif --json
            """)

    /// What a labelling may be compared with.
    enum Baseline: String, ExpressibleByArgument, CaseIterable {
        case kmeans
    }

    @Argument(help: "With -m: a folder of .mat tiles, or a scene.") var data: String?

    @Option(name: .shortAndLong, help: "A model, to be run on DATA.") var model: String?

    @Option(help: "A raster of labels, such as a map.") var labels: String?

    @Option(help: "A raster of true classes on the same pixels.") var truth: String?

    @Option(help: "Also score a clustering of single pixels: kmeans.") var baseline: Baseline?

    @Option(help: "The scene that --baseline needs beside --labels.") var scene: String?

    @OptionGroup(title: "Running a model") var flags: SegmentFlags

    @Option(help: "Seed of the baseline's starts.") var seed: UInt64 = 1

    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
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
        let report: EvaluationReport
        if let model, let data {
            report = try scoreModel(model, on: data)
        } else {
            report = try Self.report(
                labels: labels ?? "", truth: truth ?? "",
                baselineScene: baseline == nil ? nil : scene, bands: flags.bands?.bands,
                seed: seed)
        }
        print(json ? try report.json() : report.text())
    }

    /// Scores a finished map.
    static func report(
        labels: String, truth: String, baselineScene: String?, bands: [Int]?, seed: UInt64
    ) throws -> EvaluationReport {
        let evaluator = try RasterEvaluator(labels: labels, truth: truth)
        // Open the scene before the long part, so that a wrong name is reported at once.
        let scene = try baselineScene.map {
            try SceneReader(path: $0, roles: [.red, .green, .blue, .infrared], bands: bands)
        }
        let matrix = try evaluator.run(isCancelled: { Interruption.requested })
        let baseline = try scene.map {
            try evaluator.runKMeans(
                scene: $0, seed: seed, isCancelled: { Interruption.requested })
        }
        return EvaluationReport(matrix, names: evaluator.names, baseline: baseline)
    }
}
