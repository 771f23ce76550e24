// Maps a scene: SegmentScene MODEL SCENE MAP.tif
import Foundation
import IICInfer

@main enum SegmentScene {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let model = arguments.first, arguments.count == 3 else {
            exit(
                with: "give a model, a scene and the map to write.", code: ExitStatus.usage.rawValue
            )
        }
        do {
            try run(model: model, scene: arguments[2], map: arguments[3])
        } catch let error as any UserError {
            exit(with: error.description, code: error.exitStatus.rawValue)
        } catch {
            exit(with: "\(error)", code: 1)
        }
    }

    private static func run(model path: String, scene: String, map: String) throws {
        let model = try ModelBundle(reading: path)
        var settings = SegmentSettings(threads: ProcessInfo.processInfo.activeProcessorCount)
        settings.memoryLimit = 1 << 30
        // One job maps any number of scenes. No output may replace the model.
        let job = try SegmentJob(model: model, settings: settings, inputs: [path])
        let summary = try job.run(
            scene: scene,
            outputs: [LabelMap(.classes, path: map), PreviewPicture(path: map + ".png")],
            warn: { note(to: $0) })
        for share in summary.outputs[0].classes ?? [] {
            print("\(share.name)  \(share.pixels) pixels")
        }
    }

    private static func note(to sentence: String) {
        FileHandle.standardError.write(Data("\(sentence)\n".utf8))
    }

    private static func exit(with sentence: String, code: Int32) -> Never {
        note(to: "SegmentScene: \(sentence)")
        Foundation.exit(code)
    }
}
