import Foundation
import IICInfer
import IICTrain

/// Steps until the limit, with progress, a checkpoint now and then, and an orderly end.
struct TrainingRun {
    let trainer: Trainer
    let limit: TrainingLimit
    let files: TrainingFiles
    let json: Bool

    /// Seconds between checkpoints.
    private static let interval = 60.0

    func run() throws {
        let unit = limit.seconds == nil ? "steps" : "seconds"
        let bar = ProgressBar(label: "train", unit: unit, json: json)
        var last = ContinuousClock.now
        var sinceSaved = 0.0
        var losses: [Head: Double] = [:]
        var failure: (any Error)?
        while !trainer.isDone(limit) && !Interruption.requested {
            do {
                let loss = try trainer.step()
                for head in Head.allCases { losses[head] = loss[head] ?? losses[head] }
            } catch {
                failure = error
                break
            }
            let now = ContinuousClock.now
            let seconds = (now - last) / .seconds(1)
            last = now
            trainer.spend(seconds: seconds)
            sinceSaved += seconds
            report(bar, losses)
            if sinceSaved >= Self.interval {
                try files.write(trainer, thorough: false)
                sinceSaved = 0
            }
        }
        if let failure {
            bar.finish()
            throw failure
        }
        try files.write(trainer, thorough: true)
        bar.finish()
        // A resumed run that was at its end already has taken no step.
        let text = losses.isEmpty ? "" : ", \(Self.note(losses))"
        print("\(files.model)  \(trainer.state.step) steps\(text)")
        if Interruption.requested && !trainer.isDone(limit) {
            throw Stopped(model: files.model)
        }
    }

    private func report(_ bar: ProgressBar, _ losses: [Head: Double]) {
        let state = trainer.state
        var note = Self.note(losses)
        if let seconds = limit.seconds {
            note = "step \(state.step)  \(note)"
            bar.update(done: min(state.seconds, seconds), of: seconds, note: note)
        } else {
            var total = limit.steps ?? .max
            if let epochs = limit.epochs { total = min(total, epochs * trainer.stepsPerEpoch) }
            bar.update(done: Double(state.step), of: Double(total), note: note)
        }
    }

    private static func note(_ losses: [Head: Double]) -> String {
        Head.allCases.compactMap { head in
            losses[head].map { "loss \(head.rawValue) \(String(format: "%.4f", $0))" }
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
