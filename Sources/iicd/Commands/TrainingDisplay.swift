import Foundation
import IICInfer
import IICTrain

/// What `iicd train` shows of a training: progress and sentences on standard error.
struct TrainingDisplay {
    private let limit: TrainingLimit
    private let memory: Int
    private let bar: ProgressBar

    /// - Parameter memory: the limit of it, in bytes.
    init(limit: TrainingLimit, memory: Int, json: Bool) {
        self.limit = limit
        self.memory = memory
        bar = ProgressBar(
            label: "train", unit: limit.seconds == nil ? "steps" : "seconds", json: json)
    }

    /// Clears the bar.
    func finish() { bar.finish() }

    func show(_ event: TrainingEvent) {
        switch event {
        case .step(let progress): show(progress)
        case .recomputes(let groups, let all):
            bar.say(
                "\(groups) of \(all) groups are computed twice a step: more --memory than "
                    + "\(memory >> 20)MiB would save time.")
        case .constantBands(let bands, let areAll): bar.say(Self.warning(of: bands, areAll: areAll))
        case .note(let sentence): bar.say(sentence)
        case .ended(let end, let steps):
            guard let words = end.words else { return }
            bar.say(
                steps > 0
                    ? "The training ends: \(words)."
                    : "The training had ended before: \(words). A larger --patience goes on.")
        case .classChanged(.died(let number, let share)):
            bar.say(
                "Class \(number) has almost died: \(percent(share, digits: 2)) of the pixels over "
                    + "the last \(ClassWatch.steps) steps. If it does not come back, fewer --classes "
                    + "or another --seed may help.")
        case .classChanged(.back(let number, let share)):
            bar.say("Class \(number) is back: \(percent(share, digits: 1)) of the pixels.")
        case .checkpointFailed(let error, let last):
            let saved = last.map { "; the last checkpoint is that of step \($0)" } ?? ""
            bar.say("\(error.description) Training goes on\(saved), and the next one tries again.")
        case .checkpointsWorkAgain: bar.say("Checkpoints can be written again.")
        case .logFailed(let error):
            bar.say("\(error.description) Training goes on; these steps are missing there.")
        case .logWorksAgain(let path): bar.say("“\(path)” can be written again.")
        }
    }

    private static func warning(of bands: [ConstantBand], areAll: Bool) -> String {
        let values = bands.map { band in
            let isWhole = abs(band.value) < 1e9 && band.value == band.value.rounded()
            return "\(band.role.rawValue) \(isWhole ? "\(Int(band.value))" : "\(band.value)")"
        }.joined(separator: ", ")
        return areAll
            ? "Every band has one value only, as far as the data were looked at (\(values)): there is "
                + "nothing to tell apart, and classes will mean nothing. Are these the right data?"
            : "A band of one value tells nothing, as far as the data were looked at (\(values)): "
                + "classes will rest on the other bands."
    }

    private func show(_ progress: TrainingProgress) {
        var note =
            Self.text(of: progress.losses, digits: 3)
            + "  \(String(format: "%.1f", progress.pairsPerSecond)) pairs/s  "
            + "\(progress.memoryBytes >> 20) MiB"
        var members: [String: JSONValue] = [
            "step": .integer(progress.step), "pairsPerSecond": .number(progress.pairsPerSecond),
            "memoryBytes": .integer(progress.memoryBytes),
        ]
        for (head, loss) in progress.losses {
            members["loss\(head.rawValue)"] = .number(loss)
        }
        if let end = progress.patienceStep { members["patienceStep"] = .integer(end) }
        var (done, total) = (Double(progress.step), progress.lastStep.map(Double.init) ?? .infinity)
        if let seconds = limit.seconds {
            let end = progress.patienceStep.map { " of \($0)+" } ?? ""
            note = "step \(progress.step)\(end)  \(note)"
            (done, total) = (min(progress.seconds, seconds), seconds)
        }
        bar.update(done: done, of: total, note: note, members: members)
    }

    /// What is printed at the end.
    static func text(of result: TrainingResult, model: String) -> String {
        // A resumed run that was at its end already has taken no step.
        let losses = result.losses.isEmpty ? "" : ", \(text(of: result.losses, digits: 4))"
        var lines = ["\(model)  \(result.step) steps\(losses)"]
        if !result.losses.isEmpty {
            lines.append(
                "of the steps' time, \(percent(result.waitShare, digits: 1)) was waiting for data, "
                    + "\(percent(result.objectiveShare, digits: 1)) the loss")
        }
        if let share = result.rankShare {
            lines.append(
                "ranks waited for each other \(percent(share.least, digits: 1)) to "
                    + "\(percent(share.most, digits: 1)) of it")
        }
        for kept in result.kept {
            let score = String(format: "%.3f", kept.score)
            // Whatever refines it comes after that.
            let whose = kept.rule == .agreement ? "" : " of the network alone"
            lines.append(
                "\(kept.path)  is the model of step \(kept.step), \(kept.rule.rawValue) \(score)\(whose)"
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func text(of losses: [Head: Double], digits: Int) -> String {
        Head.allCases.compactMap { head in
            losses[head].map { "loss \(head.rawValue) \(String(format: "%.\(digits)f", $0))" }
        }.joined(separator: "  ")
    }
}

/// Ctrl-C during a training: what is there and how to go on.
struct Stopped: UserError {
    let model: String

    var exitStatus: ExitStatus { .interrupted }
    var description: String {
        "Interrupted; “\(model)” holds the model so far, and --resume goes on from there."
    }
}
