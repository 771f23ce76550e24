// Maps a scene and how sure the map is, in one pass: MarginMap MODEL SCENE MAP.tif MARGIN.tif
import Foundation
import IICInfer

@main enum Program {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 5 else {
            exit(with: "give a model, a scene, a map and a map of margins to write.", code: 64)
        }
        do {
            let job = try SegmentJob(
                model: ModelBundle(reading: arguments[1]),
                settings: SegmentSettings(threads: ProcessInfo.processInfo.activeProcessorCount),
                inputs: [arguments[1]])
            let summary = try job.run(
                scene: arguments[2],
                outputs: [LabelMap(.classes, path: arguments[3]), MarginMap(path: arguments[4])])
            for share in summary.outputs[1].classes ?? [] {
                print("\(share.name)  \(share.pixels) pixels")
            }
        } catch let error as any UserError {
            exit(with: error.description, code: error.exitStatus.rawValue)
        } catch {
            exit(with: "\(error)", code: 1)
        }
    }

    private static func exit(with sentence: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data("MarginMap: \(sentence)\n".utf8))
        Foundation.exit(code)
    }
}
