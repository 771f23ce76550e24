import Foundation
import IICInfer

/// Puts what a training has learnt on the disk: its checkpoint, the best models, and the report.
struct CheckpointWriter {
    let files: TrainingFiles
    /// The best checkpoints that are kept, and where each one's model goes.
    let kept: [(rule: CheckpointRule, path: String)]
    /// Rules whose best checkpoint's model is not on the disk yet.
    private var unwritten: Set<CheckpointRule>
    /// The step of the checkpoint on the disk; nil without any.
    private(set) var savedStep: Int?
    private var hasFailed = false
    /// Seconds that the last passing checkpoint took.
    private(set) var seconds = 0.0

    /// - Parameter step: where the training goes on from; 0 for a new one.
    init(files: TrainingFiles, hasTruth: Bool, after step: Int) {
        self.files = files
        kept = [(.agreement, files.model)] + (hasTruth ? [(.accuracy, files.best)] : [])
        unwritten = Set(kept.map(\.rule))
        savedStep = step > 0 ? step : nil
    }

    /// Notes that a rule has a new best checkpoint.
    mutating func isBest(_ rule: CheckpointRule) { unwritten.insert(rule) }

    /// Has all models written once more, even those that are on the disk.
    mutating func renewAll() { unwritten = Set(kept.map(\.rule)) }

    /// Writes everything, and goes on with the rest if one file cannot be written.
    ///
    /// The checkpoint comes first: it holds the best checkpoints too, so that after a kill between two
    /// files a resumption writes what is missing.
    ///
    /// - Parameters:
    ///   - effort: that models are worth.
    ///   - models: those that were made already.
    mutating func save(
        _ trainer: Trainer, history: LabelHistory, effort: ModelEffort,
        models: [CheckpointRule: ModelBundle] = [:], page: () throws -> ReportPage
    ) throws {
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) throws {
            do { try body() } catch let error as AtomicFileError { failure = failure ?? error }
        }
        try attempt { try saveCheckpoint(trainer) }
        for (rule, path) in kept where unwritten.contains(rule) {
            guard
                let model = try models[rule] ?? Self.model(of: trainer, by: rule, effort: effort)
            else { continue }
            try attempt {
                try model.write(to: path)
                // Without a monitoring pass yet it is the last step's, and the next save has a later
                // one.
                if trainer.state.best[rule] != nil { unwritten.remove(rule) }
            }
        }
        try attempt { try history.write(to: files.history) }
        try attempt {
            let page = try page().html
            try AtomicFile.write(Array(page.utf8).span, to: files.report)
        }
        if let failure { throw failure }
    }

    /// Writes what a resumption needs.
    mutating func saveCheckpoint(_ trainer: Trainer) throws {
        try trainer.bundle(checkpoint: true).write(to: files.checkpoint)
        savedStep = trainer.state.step
        // A best model of which this training knows nothing is another training's.
        if trainer.state.best[.accuracy] == nil { PathCalls.unlink(files.best) }
    }

    /// Writes everything on the way. A failure is reported once, and the next checkpoint tries again.
    mutating func savePassing(
        _ trainer: Trainer, history: LabelHistory, page: () throws -> ReportPage,
        report: (TrainingEvent) -> Void
    ) throws {
        let start = ContinuousClock.now
        do {
            try save(trainer, history: history, effort: .passing, page: page)
            if hasFailed { report(.checkpointsWorkAgain) }
            hasFailed = false
        } catch let error as AtomicFileError {
            if !hasFailed { report(.checkpointFailed(error, last: savedStep)) }
            hasFailed = true
        }
        seconds = (ContinuousClock.now - start) / .seconds(1)
    }

    /// The model of a rule's best checkpoint; without any yet, that of the last step for the rule that
    /// decides what becomes of `MODEL`, and nil for others.
    static func model(
        of trainer: Trainer, by rule: CheckpointRule, effort: ModelEffort
    ) throws -> ModelBundle? {
        let best = trainer.state.best[rule]
        guard best != nil || rule == .agreement else { return nil }
        return try trainer.bundle(
            checkpoint: false, pixels: effort.calibration, refining: effort.refinement, of: best)
    }
}
