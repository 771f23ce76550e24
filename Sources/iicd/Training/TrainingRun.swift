import Foundation
import IICInfer
import IICTrain

/// Steps until the limit, with progress, looks at what is learnt, checkpoints, and an orderly end.
final class TrainingRun {
    /// What the command line decides and the training's bits do not depend on.
    struct Options {
        var limit: TrainingLimit
        /// Seconds between checkpoints.
        var interval: Double
        var threads: Int
        var memory: Int
        var json: Bool
    }

    /// Steps between two looks at the probe's tiles.
    static let lookEvery = 10
    /// Tiles that the report shows.
    private static let shownTiles = 6
    /// A model without tracked statistics is calibrated on about so many pixels.
    private static let calibration = (passing: 750_000, final: 6_000_000)

    private let trainer: Trainer
    private let files: TrainingFiles
    private let probe: ProbeTiles
    private let options: Options
    private let bar: ProgressBar
    private var log: RunLog?
    /// Which moments to keep, and where each one's model goes.
    private let kept: [(rule: CheckpointRule, path: String)]

    private var watch = ClassWatch()
    /// What the model on the disk makes of the probe's tiles.
    private var modelLook: Probe?
    private var moments: Moments
    private let shown: [Int]
    /// Rules whose best moment's model is not on the disk yet.
    private var unwritten: Set<CheckpointRule>
    private var losses: [Head: Double] = [:]
    private var speed = Speed()
    private var saving: (problem: String?, seconds: Double) = (nil, 0)
    private var savedStep: Int?
    private let firstStep: Int

    init(trainer: Trainer, files: TrainingFiles, probe: ProbeTiles, options: Options) {
        self.trainer = trainer
        self.files = files
        self.probe = probe
        self.options = options
        kept =
            [(.agreement, files.model)]
            + (probe.hasTruth ? [(.accuracy, files.best)] : [])
        unwritten = Set(kept.map(\.rule))
        let count = min(probe.tiles.count, Self.shownTiles)
        shown = (0..<count).map { $0 * probe.tiles.count / count }
        moments = Moments(sizes: shown.map { (probe.tiles[$0].height, probe.tiles[$0].width) })
        firstStep = trainer.state.step
        if firstStep > 0 { moments.read(files.moments, until: firstStep) }
        bar = ProgressBar(
            label: "train", unit: options.limit.seconds == nil ? "steps" : "seconds",
            json: options.json)
    }

    func run() throws {
        defer { bar.finish() }
        let (recomputed, groups) = trainer.recomputedGroups
        if recomputed > 0 {
            bar.say(
                "\(recomputed) of \(groups) groups are computed twice a step: more --memory than "
                    + "\(options.memory >> 20)MiB would save time.")
        }
        var beginning: StepRecord.Probe?
        if firstStep == 0 { beginning = try look()?.record }
        var last = ContinuousClock.now
        var saved = last
        while !trainer.isDone(options.limit) && !Interruption.requested {
            let pairs = trainer.pairs(step: trainer.state.step)
            let loss: BatchLoss
            do {
                loss = try keepingWhatIsLearnt {
                    try trainer.step(isCancelled: { Interruption.requested })
                }
            } catch is Interrupted {
                // This step is lost; the state is that of the one before.
                break
            }
            let now = ContinuousClock.now
            let seconds = (now - last) / .seconds(1)
            speed.add(pairs: pairs, seconds: seconds)
            trainer.spend(seconds: seconds)
            for head in Head.allCases { losses[head] = loss[head] ?? losses[head] }
            if log == nil { try openLog(beginning) }
            try note(loss)
            report()
            if (now - saved) / .seconds(1) >= max(options.interval, 20 * saving.seconds) {
                try savePassing()
                saved = .now
            }
            last = .now
            trainer.spend(seconds: (last - now) / .seconds(1))
        }
        try finish()
    }

    /// What cannot be read ends the training, with a checkpoint of what was learnt before: a training
    /// that left a tile out would be another one, and nobody would know.
    private func keepingWhatIsLearnt<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as Interrupted {
            throw error
        } catch let error as any UserError where trainer.state.step > firstStep {
            try trainer.bundle(checkpoint: true).write(to: files.checkpoint)
            let advice =
                error.exitStatus == .failed
                ? "" : "; when that is mended, --resume goes on from there"
            throw TrainingError(
                error.description + " The training stands at step \(trainer.state.step)\(advice).",
                exitStatus: error.exitStatus)
        }
    }

    // MARK: Looking

    /// Labels the probe's tiles with the model as it stands.
    private func look() throws -> (record: StepRecord.Probe, found: Probe)? {
        guard !probe.tiles.isEmpty else { return nil }
        let found = found(
            by: try trainer.bundle(checkpoint: false, pixels: Self.calibration.passing))
        moments.add(shown.map { found.labels[$0] }, step: trainer.state.step)
        let subhead = trainer.keptSubhead + 1
        let changes = watch.add(found.shares, subhead: subhead)
        for change in changes { bar.say(Self.sentence(change)) }
        var record = StepRecord.Probe(
            subhead: subhead, shares: found.shares, dead: watch.dead.sorted(),
            accuracy: found.matrix?.oneToOneAccuracy, meanIoU: found.matrix?.meanIoU,
            nmi: found.matrix?.normalizedMutualInformation)
        record.viewInformation = found.evidence.views
        record.headInformation = found.evidence.heads
        record.agreement = found.evidence.agreement
        return (record, found)
    }

    private func found(by model: ModelBundle) -> Probe {
        Probe(probe, model: model, threads: options.threads, memory: options.memory / 4)
    }

    private static func sentence(_ change: ClassWatch.Change) -> String {
        let steps = ClassWatch.window * lookEvery
        switch change {
        case .died(let number, let share):
            return
                "Class \(number) has almost died: \(percent(share, digits: 2)) of the pixels over "
                + "the last \(steps) steps. If it does not come back, fewer --classes or another "
                + "--seed may help."
        case .back(let number, let share):
            return "Class \(number) is back: \(percent(share, digits: 1)) of the pixels."
        }
    }

    /// Writes the step down, with a look if it is time for one.
    private func note(_ loss: BatchLoss) throws {
        let state = trainer.state
        var record = StepRecord(
            step: state.step, time: Date.now.timeIntervalSince1970, seconds: state.seconds,
            lossA: loss[.A], lossB: loss[.B],
            rate: trainer.rate(step: state.step - 1),
            pairsPerSecond: speed.pairsPerSecond, memoryBytes: ResidentMemory.bytes)
        if state.step % Self.lookEvery == 0, let look = try keepingWhatIsLearnt({ try look() }) {
            record.probe = look.record
            for (rule, _) in kept where trainer.keep(look.found, if: rule) {
                unwritten.insert(rule)
                if rule == .agreement { modelLook = look.found }
            }
        }
        guard StepRecord.isWritten(step: state.step) else { return }
        if let sentence = log?.append(record) { bar.say(sentence) }
    }

    /// Nothing is written before the first step has shown that the data can be read.
    private func openLog(_ beginning: StepRecord.Probe?) throws {
        let log = try RunLog(folder: files.folder, after: firstStep)
        self.log = log
        // The log's lock tells that no other process is at these files.
        AtomicFile.removeLeftovers(of: files.all)
        // The watch knows again what it has told already.
        for probe in log.earlier.compactMap(\.probe) {
            _ = watch.add(probe.shares, subhead: probe.subhead)
        }
        guard let beginning else { return }
        let record = StepRecord(
            step: 0, time: Date.now.timeIntervalSince1970, seconds: 0, lossA: nil, lossB: nil,
            rate: trainer.rate(step: 0), pairsPerSecond: 0,
            memoryBytes: ResidentMemory.bytes, probe: beginning)
        if let sentence = log.append(record) { bar.say(sentence) }
    }

    // MARK: Saving

    /// Writes everything, and goes on with the rest if one file cannot be written.
    ///
    /// The checkpoint comes first: it holds the best moments too, so that after a kill between two
    /// files a resumption writes what is missing.
    private func save(pixels: Int) throws {
        var failure: (any Error)?
        func attempt(_ body: () throws -> Void) throws {
            do { try body() } catch let error as AtomicFileError { failure = failure ?? error }
        }
        try attempt {
            try trainer.bundle(checkpoint: true).write(to: files.checkpoint)
            savedStep = trainer.state.step
            // A best model of which this training knows nothing is another training's.
            if trainer.state.best[.accuracy] == nil { _ = unsafe unlink(files.best) }
        }
        for (rule, path) in kept where unwritten.contains(rule) {
            guard let model = try model(by: rule, pixels: pixels) else { continue }
            try attempt {
                try model.write(to: path)
                // Without a look yet it is the last step's, and the next save has a later one.
                if trainer.state.best[rule] != nil { unwritten.remove(rule) }
            }
        }
        try attempt { try moments.write(to: files.moments) }
        try attempt {
            let page = try page.html
            try AtomicFile.write(Array(page.utf8).span, to: files.report)
        }
        if let failure { throw failure }
    }

    /// The model of a rule's best moment; without any yet, that of the last step for the rule that
    /// decides what becomes of `MODEL`, and nil for others.
    private func model(by rule: CheckpointRule, pixels: Int) throws -> ModelBundle? {
        let moment = trainer.state.best[rule]
        guard moment != nil || rule == .agreement else { return nil }
        return try trainer.bundle(checkpoint: false, pixels: pixels, of: moment)
    }

    private var page: ReportPage {
        get throws {
            ReportPage(
                model: files.model, settings: try JSONValue(encoding: trainer.settings),
                data: trainer.dataSummary, legend: .unnamed(classes: trainer.classes),
                records: RunLog.records(in: files.folder), best: trainer.state.best[.agreement],
                look: modelLook, probe: probe, shown: shown, moments: moments)
        }
    }

    /// A checkpoint on the way. One that cannot be written is told, and the next one tries again.
    private func savePassing() throws {
        let start = ContinuousClock.now
        do {
            try save(pixels: Self.calibration.passing)
            if saving.problem != nil { bar.say("Checkpoints can be written again.") }
            saving.problem = nil
        } catch let error as AtomicFileError {
            if saving.problem == nil {
                bar.say(
                    "\(error.description) Training goes on\(last), and the next one tries again.")
            }
            saving.problem = error.description
        }
        saving.seconds = (ContinuousClock.now - start) / .seconds(1)
    }

    /// What is on the disk, as a part of a sentence.
    private var last: String {
        (savedStep ?? (firstStep > 0 ? firstStep : nil)).map {
            "; the last checkpoint is that of step \($0)"
        } ?? ""
    }

    private func finish() throws {
        if log == nil { try openLog(nil) }
        let interrupted = Interruption.requested && !trainer.isDone(options.limit)
        if trainer.state.step % Self.lookEvery != 0 { _ = try look() }
        // Whoever asks to stop does not want to wait; a resumed training ends with the same bits.
        let pixels = interrupted ? Self.calibration.passing : Self.calibration.final
        unwritten = Set(kept.map(\.rule))
        if !probe.tiles.isEmpty, let model = try model(by: .agreement, pixels: pixels) {
            modelLook = found(by: model)
        }
        do { try save(pixels: pixels) } catch let error as AtomicFileError {
            throw TrainingError(
                "\(error.description) This was the end of the training\(last): make room, and "
                    + "--resume goes on from there.", exitStatus: .cannotWrite)
        }
        bar.finish()
        // A resumed run that was at its end already has taken no step.
        let text = losses.isEmpty ? "" : ", \(note(digits: 4))"
        print("\(files.model)  \(trainer.state.step) steps\(text)")
        if !losses.isEmpty {
            print(
                "of the steps' time, \(percent(trainer.waitShare, digits: 1)) was waiting for data, "
                    + "\(percent(trainer.objectiveShare, digits: 1)) the loss")
        }
        for (rule, path) in kept {
            guard let best = trainer.state.best[rule] else { continue }
            let score = String(format: "%.3f", best.score)
            print("\(path)  is the model of step \(best.step), \(rule.rawValue) \(score)")
        }
        if interrupted { throw Stopped(model: files.model) }
    }

    // MARK: Progress

    private func report() {
        let state = trainer.state
        let memory = ResidentMemory.bytes
        var note =
            note(digits: 3) + "  \(String(format: "%.1f", speed.pairsPerSecond)) pairs/s  "
            + "\(memory >> 20) MiB"
        var members: [String: JSONValue] = [
            "step": .integer(state.step), "pairsPerSecond": .number(speed.pairsPerSecond),
            "memoryBytes": .integer(memory),
        ]
        for (head, loss) in losses { members["loss\(head.rawValue)"] = .number(loss) }
        var (done, total) = (Double(state.step), Double.infinity)
        if let seconds = options.limit.seconds {
            note = "step \(state.step)  \(note)"
            (done, total) = (min(state.seconds, seconds), seconds)
        } else {
            var steps = options.limit.steps ?? .max
            if let epochs = options.limit.epochs {
                steps = min(steps, epochs * trainer.stepsPerEpoch)
            }
            total = Double(steps)
        }
        bar.update(done: done, of: total, note: note, members: members)
    }

    private func note(digits: Int) -> String {
        Head.allCases.compactMap { head in
            losses[head].map { "loss \(head.rawValue) \(String(format: "%.\(digits)f", $0))" }
        }.joined(separator: "  ")
    }

    /// Pairs a second over the last steps.
    private struct Speed {
        private var steps: [(pairs: Int, seconds: Double)] = []

        mutating func add(pairs: Int, seconds: Double) {
            steps = steps.suffix(TrainingRun.lookEvery - 1) + [(pairs, seconds)]
        }

        var pairsPerSecond: Double {
            let seconds = steps.reduce(0) { $0 + $1.seconds }
            return seconds > 0 ? Double(steps.reduce(0) { $0 + $1.pairs }) / seconds : 0
        }
    }
}

/// A share as a person reads it.
func percent(_ share: Double, digits: Int) -> String {
    String(format: "%.\(digits)f %%", share * 100)
}

/// Ctrl-C during a training: what is there and how to go on.
struct Stopped: UserError {
    let model: String

    var exitStatus: ExitStatus { .interrupted }
    var description: String {
        "Interrupted; “\(model)” holds the model so far, and --resume goes on from there."
    }
}
