import IICInfer

/// Where a training keeps its files, all beside the model.
package struct TrainingFiles: Sendable {
    /// The model of the best checkpoint so far, found without truth.
    package let model: String

    package init(model: String) { self.model = model }

    /// The last state that a training can go on from.
    package var checkpoint: String { "\(model).checkpoint" }
    /// The model of the greatest accuracy so far; only where truth is known.
    package var best: String { "\(model).best" }
    /// Logs and the report: for people, and not needed for anything else.
    package var folder: String { "\(model).run" }
    package var report: String { "\(folder)/report.html" }
    /// Labels of earlier monitoring passes, which the report of a resumed training shows.
    var history: String { "\(folder)/labels.safetensors" }

    /// Those that are written whole, again and again.
    var all: [String] { [model, checkpoint, best, report, history] }

    /// Finds out at once, not after hours, whether all can be written.
    ///
    /// - Parameter replacing: whether an older training may be lost.
    /// - Throws: ``TrainingError``, also if a model would replace what is none, such as the scene to
    ///   train on; ``AtomicFileError``.
    package func checkWritable(replacing: Bool) throws {
        for path in [model, checkpoint, best] { _ = try AtomicFile(path: path) }
        for path in [model, best] where FileKind(path: path) == .other {
            throw TrainingError(
                "“\(path)” is no model, and training would replace it: give another name with -o.",
                exitStatus: .usage)
        }
        for path in [checkpoint, model, best] where !replacing && FileKind(path: path) == .model {
            throw TrainingError(
                "“\(path)” is there already: give --resume to go on with it, --overwrite to begin "
                    + "anew, or another name with -o.", exitStatus: .usage)
        }
    }

    package func readCheckpoint() throws -> ResumedTraining {
        guard FileKind(path: checkpoint) != .missing else {
            throw TrainingError(
                "There is no checkpoint “\(checkpoint)” to resume from: leave out --resume.",
                exitStatus: .noInput)
        }
        return try ResumedTraining(reading: checkpoint)
    }
}
