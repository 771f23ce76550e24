import Foundation
import IICInfer
import IICTrain
import Synchronization
import TestSupport
import Testing

/// The end of a training, by its limit or before, leaves what is true.
@Suite struct TrainingRunTests {
    private let folder: TemporaryFolder
    private let files: TrainingFiles

    init() throws {
        folder = try TemporaryFolder()
        files = TrainingFiles(model: folder("m"))
    }

    private func run(
        source: any TrainingSource = PatternSource(), steps: Int, patience: Int? = nil,
        tiles: MonitoringTiles? = nil,
        tracking: Bool = true, subheads: Int = 3, interval: Double = 1e9, resumes: Bool = false,
        report: @escaping (TrainingEvent) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) throws -> TrainingResult {
        var settings = TrainerTests.settings()
        settings.tracking = tracking
        settings.subheadsB = subheads
        let trainer = try Trainer(
            settings: settings, source: source, memory: 1 << 30, threads: 2,
            resuming: resumes ? files.readCheckpoint().state : nil)
        return try TrainingRun(
            trainer: trainer, files: files, tiles: tiles ?? SnapshotTests.tiles(),
            options: .init(
                limit: TrainingLimit(steps: steps, patience: patience), interval: interval,
                threads: 2, memory: 1 << 30),
            report: report, isCancelled: isCancelled
        ).run()
    }

    @Test func `each step is reported, and what is kept at the end`() throws {
        var steps: [TrainingProgress] = []
        let result = try run(steps: 12) { event in
            if case .step(let progress) = event { steps.append(progress) }
        }
        #expect(steps.map(\.step) == Array(1...12))
        #expect(steps.allSatisfy { $0.lastStep == 12 && $0.losses.count == 2 })
        #expect(result.step == 12 && !result.isInterrupted)
        #expect(result.losses == steps.last?.losses)
        #expect(result.kept.map(\.path) == [files.model] && result.kept.map(\.step) == [10])
        #expect(try ModelBundle(reading: files.model).refinement != nil)
        #expect(try folder.files == ["m", "m.checkpoint", "m.run"])
    }

    /// A training that patience ended: its result, its model and its whole state.
    private func patient(
        _ patience: Int = 20, resumes: Bool = false,
        report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> (result: TrainingResult, bytes: [UInt8], tensors: [String: SafeTensors.Tensor]) {
        let result = try run(steps: 1000, patience: patience, resumes: resumes, report: report)
        let tensors = try SafeTensors(reading: files.checkpoint).tensors
        return (result, try folder.bytes(of: "m"), tensors)
    }

    @Test func `patience ends it where as many steps had ended it, with the same bytes`() throws {
        var ends: [(TrainingEnd, Int)] = []
        let (ended, bytes, tensors) = try patient { event in
            if case .ended(let end, let steps) = event { ends.append((end, steps)) }
        }
        let best = try #require(ended.kept.first?.step)
        #expect(ended.end == .patience(steps: 20, best: best) && ended.step == best + 20)
        #expect(ends.map(\.0) == [ended.end] && ends.map(\.1) == [ended.step])
        let page = String(decoding: try folder.bytes(of: "m.run/report.html"), as: UTF8.self)
        #expect(page.contains("ended: agreement has not grown for 20 steps, since step \(best)<"))
        #expect(try run(steps: ended.step).end == .steps)
        #expect(try folder.bytes(of: "m") == bytes)
        #expect(try SafeTensors(reading: files.checkpoint).tensors == tensors)
    }

    @Test(arguments: [3, 10, 17])
    func `stopped and resumed, patience ends it at the same step`(_ stop: Int) throws {
        let through = try patient()
        var done = 0
        let part = try run(
            steps: 1000, patience: 20,
            report: { event in if case .step(let progress) = event { done = progress.step } },
            isCancelled: { done == stop })
        #expect(part.isInterrupted && part.step == stop)
        let resumed = try patient(resumes: true)
        #expect(resumed.result.end == through.result.end)
        #expect(resumed.bytes == through.bytes && resumed.tensors == through.tensors)
    }

    @Test func `what patience ended goes on only with more of it`() throws {
        let ended = try patient()
        var steps: Int?
        let again = try patient(resumes: true) { event in
            if case .ended(_, let taken) = event { steps = taken }
        }
        #expect(steps == 0 && again.result.end == ended.result.end)
        #expect(again.bytes == ended.bytes && again.tensors == ended.tensors)
        let more = try patient(40, resumes: true)
        #expect(more.result.step > ended.result.step)
        #expect(try patient(40).bytes == more.bytes)
    }

    @Test func `without monitoring tiles patience ends nothing`() throws {
        let tiles = try SnapshotTests.tiles(height: 12)
        try #require(tiles.tiles.isEmpty)
        #expect(try run(steps: 40, patience: 10, tiles: tiles).end == .steps)
    }

    @Test func `a training that is stopped on its way says so and can go on`() throws {
        var done = 0
        let result = try run(
            steps: 100,
            report: { event in if case .step(let progress) = event { done = progress.step } },
            isCancelled: { done == 3 })
        #expect(result.isInterrupted && result.step == 3)
        #expect(try files.readCheckpoint().state.step == 3)
    }

    /// A model that nothing was learnt for is no model.
    @Test func `a training that is stopped before its first step leaves nothing`() throws {
        #expect(throws: Interrupted.self) { try run(steps: 100, isCancelled: { true }) }
        #expect(try folder.files.isEmpty)
    }

    @Test func `a limit that allows no step is refused`() throws {
        #expect(throws: TrainingError.self) { try run(steps: 0) }
        #expect(try folder.files.isEmpty)
    }

    @Test func `what cannot be read ends it with a checkpoint`() throws {
        let error = #expect(throws: TrainingError.self) {
            try run(source: FailingSource(after: 40), steps: 100)
        }
        let step = try files.readCheckpoint().state.step
        #expect(step > 1)
        #expect(error?.exitStatus == .badInput)
        #expect(
            error?.description
                == "“t” is damaged. The training stands at step \(step); when that is mended, --resume "
                + "goes on from there.")
    }

    @Test func `what cannot be read is the error, also if no checkpoint can be written`() throws {
        try FileManager.default.createDirectory(
            atPath: files.checkpoint, withIntermediateDirectories: false)
        let error = #expect(throws: TrainingError.self) {
            try run(source: FailingSource(after: 40), steps: 100)
        }
        #expect(error?.exitStatus == .badInput)
        let text = error?.description ?? ""
        #expect(text.hasPrefix("“t” is damaged. The training stands at step "), "\(text)")
        #expect(
            text.contains("Cannot write “\(files.checkpoint)”: it is a folder."), "\(text)")
        #expect(!text.contains("--resume"), "\(text)")
    }

    /// Models without tracked statistics are calibrated on data that no step may have read.
    @Test(arguments: [(3, 3, 1e9), (10, 10, 1e9), (100, 1, 0)])
    func `data that vanish before a model is written cost no step`(
        steps: Int, good: Int, interval: Double
    ) throws {
        let source = FailingSource()
        let error = #expect(throws: TrainingError.self) {
            try run(
                source: source, steps: steps, tracking: false, interval: interval,
                report: { event in
                    if case .step(let progress) = event, progress.step == good { source.fail() }
                })
        }
        #expect(error?.exitStatus == .badInput)
        #expect(
            error?.description
                == "“t” is damaged. The training stands at step \(good); when that is mended, --resume "
                + "goes on from there.")
        #expect(try files.readCheckpoint().state.step == good)
        // Mended, it ends as it would have.
        let end = max(steps % 100, good)
        #expect(try run(steps: end, tracking: false, resumes: true).step == end)
        #expect(try ModelBundle(reading: files.model).history.last?.step == end)
    }

    @Test func `no resumption is promised without a checkpoint`() throws {
        try FileManager.default.createDirectory(
            atPath: files.checkpoint, withIntermediateDirectories: false)
        let error = #expect(throws: TrainingError.self) { try run(steps: 3) }
        #expect(error?.exitStatus == .cannotWrite)
        #expect(
            error?.description
                == "Cannot write “\(files.checkpoint)”: it is a folder. This was the end of the "
                + "training, of which there is no checkpoint: when that is mended, begin anew with "
                + "--overwrite.")
    }

    /// What lies in `MODEL.run` is for people, who may change it.
    @Test(arguments: [0, 3, 255] as [UInt8])
    func `a resumption shows no earlier labels that are no classes`(_ label: UInt8) throws {
        _ = try run(steps: 10)
        var labels = try SafeTensors(reading: folder("m.run/labels.safetensors"))
        for (name, tensor) in labels.tensors where name.hasPrefix("0.") {
            labels.tensors[name] = SafeTensors.Tensor(
                Array(repeating: label, count: tensor.count), shape: tensor.shape)
        }
        try labels.write(to: folder("m.run/labels.safetensors"))
        _ = try run(steps: 11, resumes: true)
        let page = String(decoding: try folder.bytes(of: "m.run/report.html"), as: UTF8.self)
        #expect(page.contains("<th>step 0</th>") == (label == 0))
        #expect(page.contains("<th>step 10</th>"))
    }

    @Test(arguments: ["0.5", "0.5,0.5,1e300"])
    func `a resumption goes on beside a log of other shares`(_ shares: String) throws {
        _ = try run(steps: 4, subheads: 1)
        let log = folder("m.run/metrics.jsonl")
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        let first = try #require(lines.first)
        let start = try #require(first.range(of: "\"classShares\":[")).upperBound
        let end = try #require(first[start...].firstIndex(of: "]"))
        let other = first.replacing(first[start..<end], with: shares)
        let changed = (0...4).map { other.replacing("\"step\":0", with: "\"step\":\($0)") }
        try folder.write(text: changed.joined(separator: "\n") + "\n", to: "m.run/metrics.jsonl")
        #expect(try run(steps: 5, subheads: 1, resumes: true).step == 5)
    }

    @Test func `a best model of another training is not lost without a word`() throws {
        _ = try run(steps: 1)
        try FileManager.default.moveItem(atPath: files.model, toPath: files.best)
        try FileManager.default.removeItem(atPath: files.checkpoint)
        let error = #expect(throws: TrainingError.self) {
            try files.checkWritable(replacing: false)
        }
        #expect(error?.description.hasPrefix("“\(files.best)” is there already: ") == true)
        #expect(throws: Never.self) { try files.checkWritable(replacing: true) }
    }
}

/// Fails once so many crops were read, or when it is told to.
private final class FailingSource: CropSource {
    private let source = PatternSource()
    private let left: Atomic<Int>

    init(after crops: Int = .max) { left = Atomic(crops) }

    func fail() { left.store(0, ordering: .relaxed) }

    var roles: [BandRole] { source.roles }
    var scaling: Scaling { source.scaling }
    var quantiles: BandQuantiles? { source.quantiles }
    var pixelSizeMetres: Double? { source.pixelSizeMetres }
    var count: Int { source.count }
    var summary: JSONValue { source.summary }
    var byteCount: Int { source.byteCount }
    var readingBytes: Int { source.readingBytes }
    func allowCache(bytes: Int) {}

    func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch {
        guard left.subtract(1, ordering: .relaxed).newValue >= 0 else {
            throw TrainingError("“t” is damaged.", exitStatus: .badInput)
        }
        return try source.crop(index, size: size, random: &random)
    }
}
