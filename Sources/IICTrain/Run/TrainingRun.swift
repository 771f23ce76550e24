import Foundation
import IICInfer

/// Steps until the limit, with monitoring passes, logs, checkpoints, and an orderly end.
///
/// What happens is reported to a closure; nothing is printed.
package final class TrainingRun {
    /// What the training's bits do not depend on.
    package struct Options {
        var limit: TrainingLimit
        var interval: Double
        var threads: Int
        var memory: Int

        /// - Parameters:
        ///   - interval: seconds between checkpoints.
        ///   - memory: bytes, as those of the ``Trainer``.
        package init(limit: TrainingLimit, interval: Double, threads: Int, memory: Int) {
            self.limit = limit
            self.interval = interval
            self.threads = threads
            self.memory = memory
        }
    }

    private let trainer: Trainer
    private let files: TrainingFiles
    private let options: Options
    private let report: (TrainingEvent) -> Void
    private let isCancelled: () -> Bool
    private var log: RunLog?
    private var monitor: Monitor
    private var writer: CheckpointWriter
    /// Of the model on the disk.
    private var modelSnapshot: Snapshot?
    private var losses: [Head: Double] = [:]
    private var throughput = ThroughputMeter()
    private let firstStep: Int
    private var end: TrainingEnd?

    /// - Parameters:
    ///   - trainer: at its first step, or resumed from the checkpoint in `files`.
    ///   - report: called on the caller's thread.
    ///   - isCancelled: asked often; the training then ends as at its limit.
    package init(
        trainer: Trainer, files: TrainingFiles, tiles: MonitoringTiles, options: Options,
        report: @escaping (TrainingEvent) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) {
        self.trainer = trainer
        self.files = files
        self.options = options
        self.report = report
        self.isCancelled = isCancelled
        firstStep = trainer.state.step
        writer = CheckpointWriter(files: files, hasTruth: tiles.hasTruth, after: firstStep)
        monitor = Monitor(tiles: tiles, threads: options.threads, memory: options.memory / 4)
        if firstStep > 0 {
            monitor.readHistory(files.history, until: firstStep, classes: trainer.classes)
        }
    }

    /// Trains until the limit is reached or a stop is wanted, and writes everything.
    ///
    /// - Throws: ``TrainingError``; what reading the data throws; ``AppendedFileError`` if another
    ///   training writes the same files; ``Interrupted`` if not even one step was taken, and then
    ///   nothing is written.
    package func run() throws -> TrainingResult {
        defer { trainer.release() }
        if let problem = options.limit.problem {
            throw TrainingError(problem, exitStatus: .usage)
        }
        let (recomputed, groups) = trainer.recomputedGroups
        if recomputed > 0 { report(.recomputes(groups: recomputed, all: groups)) }
        let constant = trainer.constantBands
        if !constant.isEmpty {
            report(.constantBands(constant, areAll: constant.count == trainer.bandCount))
        }
        for note in monitor.tiles.notes { report(.note(note)) }
        var beginning: SnapshotRecord?
        if firstStep == 0 { beginning = try takePass()?.record }
        var last = ContinuousClock.now
        var saved = last
        while trainer.end(by: options.limit) == nil && !isCancelled() {
            let pairs = trainer.pairs(step: trainer.state.step)
            let loss: BatchLoss
            do {
                loss = try keepingWhatIsLearnt { try trainer.step(isCancelled: isCancelled) }
            } catch is Interrupted {
                // This step is lost; the state is that of the one before.
                break
            }
            let now = ContinuousClock.now
            let seconds = (now - last) / .seconds(1)
            throughput.add(pairs: pairs, seconds: seconds)
            trainer.spend(seconds: seconds)
            for head in Head.allCases { losses[head] = loss[head] ?? losses[head] }
            if log == nil { try openLog(beginning) }
            try record(loss)
            report(.step(progress))
            if (now - saved) / .seconds(1) >= max(options.interval, 20 * writer.seconds) {
                try keepingWhatIsLearnt {
                    try writer.savePassing(
                        trainer, history: monitor.history,
                        page: { try page }, report: report)
                }
                saved = .now
            }
            last = .now
            trainer.spend(seconds: (last - now) / .seconds(1))
        }
        trainer.release()
        return try finish()
    }

    /// What cannot be read ends the training, with a checkpoint of what was learnt before: a training
    /// that left a tile out would be another one, and nobody would know. What cannot be written is
    /// thrown as it is.
    private func keepingWhatIsLearnt<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error where error is Interrupted || error is AtomicFileError {
            throw error
        } catch let error as any UserError where trainer.state.step > firstStep {
            var words = "\(error.description) The training stands at step \(trainer.state.step)"
            do {
                try writer.saveCheckpoint(trainer)
                let isMendable = error.exitStatus != .failed
                words += isMendable ? "; when that is mended, --resume goes on from there." : "."
            } catch let second {
                // What ended the training stays the error.
                words += ", which could not be saved: \(second)"
                if let last = writer.savedStep {
                    words += " The last checkpoint is that of step \(last)."
                }
            }
            throw TrainingError(words, exitStatus: error.exitStatus)
        }
    }

    private func takePass() throws -> Monitor.Pass? {
        let pass = try monitor.pass(trainer, pixels: ModelEffort.passing.calibration)
        for change in pass?.changes ?? [] { report(.classChanged(change)) }
        return pass
    }

    /// Writes the step to the logs, with a monitoring pass if it is time for one.
    private func record(_ loss: BatchLoss) throws {
        let state = trainer.state
        var record = StepRecord(
            step: state.step, time: Date.now.timeIntervalSince1970, seconds: state.seconds,
            lossA: loss[.A], lossB: loss[.B],
            rate: trainer.rate(step: state.step - 1),
            pairsPerSecond: throughput.pairsPerSecond, memoryBytes: ResidentMemory.bytes)
        if state.step % Monitor.every == 0, let pass = try keepingWhatIsLearnt({ try takePass() }) {
            record.snapshot = pass.record
            for (rule, _) in writer.kept where trainer.keep(pass.snapshot, if: rule) {
                writer.isBest(rule)
                if rule == .agreement { modelSnapshot = pass.snapshot }
            }
        }
        guard StepRecord.isWritten(step: state.step) else { return }
        append(record)
    }

    private func append(_ record: StepRecord) {
        if let event = log?.append(record) { report(event) }
    }

    /// Nothing is written before the first step has shown that the data can be read.
    private func openLog(_ beginning: SnapshotRecord?) throws {
        let log = try RunLog(folder: files.folder, after: firstStep)
        self.log = log
        // The log's lock tells that no other process is at these files.
        AtomicFile.removeLeftovers(of: files.all)
        monitor.resume(after: log.earlier.compactMap(\.snapshot), classes: trainer.classes)
        guard let beginning else { return }
        append(
            StepRecord(
                step: 0, time: Date.now.timeIntervalSince1970, seconds: 0, lossA: nil, lossB: nil,
                rate: trainer.rate(step: 0), pairsPerSecond: 0,
                memoryBytes: ResidentMemory.bytes, snapshot: beginning))
    }

    private func finish() throws -> TrainingResult {
        // A model that nothing was learnt for is no model.
        if trainer.state.step == 0 { throw Interrupted() }
        if log == nil { try openLog(nil) }
        let end = trainer.end(by: options.limit) ?? .interruption
        self.end = end
        report(.ended(end, steps: trainer.state.step - firstStep))
        if trainer.state.step % Monitor.every != 0 {
            _ = try keepingWhatIsLearnt { try takePass() }
        }
        // Whoever asks to stop does not want to wait; a resumed training ends with the same bits.
        let effort = end == .interruption ? ModelEffort.passing : .final
        writer.renewAll()
        var models: [CheckpointRule: ModelBundle] = [:]
        if !monitor.tiles.tiles.isEmpty,
            let model = try keepingWhatIsLearnt({
                try CheckpointWriter.model(of: trainer, by: .agreement, effort: effort)
            })
        {
            modelSnapshot = monitor.snapshot(of: model)
            models[.agreement] = model
        }
        do {
            try keepingWhatIsLearnt {
                try writer.save(
                    trainer, history: monitor.history, effort: effort, models: models,
                    page: { try page })
            }
        } catch let error as AtomicFileError {
            let advice =
                writer.savedStep.map {
                    "; the last checkpoint is that of step \($0): when that is mended, --resume goes "
                        + "on from there."
                }
                ?? ", of which there is no checkpoint: when that is mended, begin anew with "
                + "--overwrite."
            throw TrainingError(
                "\(error.description) This was the end of the training\(advice)",
                exitStatus: .cannotWrite)
        }
        return TrainingResult(
            step: trainer.state.step, losses: losses, waitShare: trainer.waitShare,
            objectiveShare: trainer.objectiveShare, rankShare: trainer.rankShare,
            kept: writer.kept.compactMap { rule, path in
                trainer.state.best[rule].map {
                    .init(path: path, rule: rule, step: $0.step, score: $0.score)
                }
            }, end: end)
    }

    private var page: ReportPage {
        get throws {
            ReportPage(
                model: files.model, settings: try JSONValue(encoding: trainer.settings),
                data: trainer.dataSummary, legend: .unnamed(classes: trainer.classes),
                records: RunLog.records(in: files.folder), best: trainer.state.best[.agreement],
                snapshot: modelSnapshot, tiles: monitor.tiles, shown: monitor.shown,
                history: monitor.history, end: end)
        }
    }

    private var progress: TrainingProgress {
        let steps = [
            options.limit.steps, options.limit.epochs.map { $0 * trainer.stepsPerEpoch },
        ].compactMap(\.self).min()
        return TrainingProgress(
            step: trainer.state.step, lastStep: steps,
            patienceStep: options.limit.patienceStep(best: trainer.state.best[.agreement]?.step),
            seconds: trainer.state.seconds, losses: losses,
            pairsPerSecond: throughput.pairsPerSecond,
            memoryBytes: ResidentMemory.bytes)
    }
}
