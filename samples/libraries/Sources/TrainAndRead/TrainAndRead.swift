// Trains on a scene and reads the classes of its pixels, without a map: TrainAndRead SCENE MODEL STEPS
import Foundation
import IICInfer
import IICTrain

@main enum TrainAndRead {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let scene = arguments.first, arguments.count == 3, let steps = Int(arguments[3])
        else {
            exit(with: "give a scene, the model to write and a number of steps.", code: 64)
        }
        do {
            try train(on: scene, model: arguments[2], steps: steps)
            try read(scene, model: arguments[2])
        } catch let error as any UserError {
            exit(with: error.description, code: error.exitStatus.rawValue)
        } catch {
            exit(with: "\(error)", code: 1)
        }
    }

    private static func train(on scene: String, model: String, steps: Int) throws {
        var training = Training(
            on: .scenes([scene]), preset: .quick, model: model,
            threads: ProcessInfo.processInfo.activeProcessorCount)
        training.limit = TrainingLimit(steps: steps)
        training.memoryLimit = 2 << 30
        training.replaces = true
        // Any setting of the preset may be changed: a small network learns fast.
        training.settings.width = 0.0625
        training.settings.crop = 48
        training.settings.batch = 4
        let result = try training.run(progress: { step in
            if step.step % 10 == 0, let loss = step.losses[.B] {
                print("step \(step.step)  \(loss)")
            }
        })
        print("\(result.step) steps, agreement \(result.kept.first?.score ?? 0)")
    }

    /// Counts the pixels of each class.
    private static func read(_ path: String, model: String) throws {
        let model = try ModelBundle(reading: model)
        let job = try SegmentJob(
            model: model,
            settings: SegmentSettings(threads: ProcessInfo.processInfo.activeProcessorCount))
        let scene = try job.open(path, for: [LabelEncoder(.classes)])
        var pixels = [Int](repeating: 0, count: model.legend.entries.count)
        // Windows come in no set order, from one thread at a time; 255 is no data.
        try job.segment(scene) { _, labels, _ in
            for index in labels.indices where labels[index] != MapWriter.nodata {
                pixels[Int(labels[index])] += 1
            }
        }
        for (entry, count) in zip(model.legend.entries, pixels) {
            print("\(entry.name)  \(count) pixels")
        }
    }

    private static func exit(with sentence: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data("TrainAndRead: \(sentence)\n".utf8))
        Foundation.exit(code)
    }
}
