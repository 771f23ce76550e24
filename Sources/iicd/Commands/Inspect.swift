import ArgumentParser
import Foundation
import IICInfer

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Describe a scene or a model.",
        discussion: """
            With a scene and -m MODEL it is a dry run of segment for the map alone: whether the \
            model would run on the scene, which bands it would read and why, how the scene's values \
            lie to those of the training, what would be written, and about how much time, memory and \
            disk that would take.

            EXAMPLES
              iicd inspect scene.tif
              iicd inspect model.safetensors
              iicd inspect scene.tif -m model.safetensors --json
            """)

    @Argument(help: "A scene or a model file.") var file: String

    @Option(name: .shortAndLong, help: "A model to be run on the scene.") var model: String?

    @OptionGroup var flags: SegmentFlags

    @OptionGroup var grid: GridFlags

    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let report: Report
        if FileKind(path: file) == .model {
            guard model == nil else {
                throw UsageError(
                    description: "“\(file)” is a model: -m goes with a scene, so name one first.")
            }
            report = Report(model: try ModelBundle(reading: file), path: file)
        } else {
            var scene = Report(scene: try SceneSummary(path: file), path: file)
            if let model {
                var settings = flags.settings
                try grid.apply(to: &settings)
                scene.fit = try SceneFit(
                    scene: file, model: ModelBundle(reading: model), settings: settings)
            }
            report = scene
        }
        print(json ? report.json.text : report.text)
    }
}
