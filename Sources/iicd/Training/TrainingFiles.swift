import Foundation
import IICInfer
import IICTrain

/// Where a training keeps its files, all beside the model.
struct TrainingFiles {
    /// The model of the best moment so far, found without truth.
    let model: String

    /// The last state that a training can go on from.
    var checkpoint: String { "\(model).checkpoint" }
    /// The model of the greatest accuracy so far; only where truth is known.
    var best: String { "\(model).best" }
    /// Logs and the report: to be looked at, and not needed for anything else.
    var folder: String { "\(model).run" }
    var report: String { "\(folder)/report.html" }
    var moments: String { "\(folder)/moments.safetensors" }

    /// Those that are written whole, again and again.
    var all: [String] { [model, checkpoint, best, report, moments] }

    /// Finds out at once, not after hours, whether all can be written.
    ///
    /// - Parameter replacing: whether an older training may be lost.
    /// - Throws: also if a model would replace what is none, such as the scene to train on.
    func checkWritable(replacing: Bool) throws {
        for path in [model, checkpoint, best] { _ = try AtomicFile(path: path) }
        for path in [model, best] where FileKind(path: path) == .other {
            throw UsageError(
                description: "“\(path)” is no model, and training would replace it: give another "
                    + "name with -o.")
        }
        for path in [checkpoint, model] where !replacing && FileKind(path: path) == .model {
            throw UsageError(
                description: "“\(path)” is there already: give --resume to go on with it, "
                    + "--overwrite to begin anew, or another name with -o.")
        }
    }

    /// What `--resume` goes on from.
    struct Resumed {
        let path: String
        let settings: TrainingSettings
        let state: TrainingState
        let summary: JSONValue

        /// Refuses flags that would make it another training.
        func check(_ wanted: TrainingSettings) throws {
            guard wanted != settings else { return }
            let differences = try JSONValue(encoding: settings)
                .differences(to: JSONValue(encoding: wanted))
            throw UsageError(
                description: "“\(path)” was trained with other settings than the flags name "
                    + "(\(differences.joined(separator: "; "))): leave them out to resume, or train "
                    + "without --resume.")
        }

        func check(source: any TrainingSource) throws {
            guard source.summary != summary else { return }
            throw TrainingError(
                "“\(path)” was trained on other data "
                    + "(\(summary.differences(to: source.summary).joined(separator: "; "))): resume "
                    + "with those, or train without --resume.",
                exitStatus: .badInput)
        }
    }

    func readCheckpoint() throws -> Resumed {
        guard FileKind(path: checkpoint) != .missing else {
            throw TrainingError(
                "There is no checkpoint “\(checkpoint)” to resume from: leave out --resume.",
                exitStatus: .noInput)
        }
        let bundle = try ModelBundle(reading: checkpoint)
        let state = try TrainingState(reading: bundle, path: checkpoint)
        let settings: TrainingSettings
        do { settings = try bundle.training.decode(TrainingSettings.self) } catch {
            throw TrainingError(
                "“\(checkpoint)” is no checkpoint of this version: its settings cannot be read.",
                exitStatus: .badInput)
        }
        guard settings.architecture == bundle.architecture else {
            throw TrainingError(
                "“\(checkpoint)” is damaged: its settings describe another network.",
                exitStatus: .badInput)
        }
        return Resumed(
            path: checkpoint, settings: settings,
            state: state, summary: bundle.data)
    }
}
