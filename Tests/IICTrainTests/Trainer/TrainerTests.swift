import Foundation
import IICInfer
import IICTrain
import Testing

/// One seed, one result; whatever the threads, the memory and the interruptions.
@Suite struct TrainerTests {
    static func settings(_ heads: HeadSchedule = .averaged) -> TrainingSettings {
        var settings = Preset.quick.settings
        settings.width = 1.0 / 16
        settings.overclusters = 8
        settings.classes = 3
        settings.crop = 48
        settings.batch = 5
        settings.group = 2
        settings.displacementRadius = 1
        settings.subheadsA = 1
        settings.subheadsB = 3
        settings.heads = heads
        return settings
    }

    static func trainer(
        _ settings: TrainingSettings = settings(), threads: Int = 2, memory: Int = 1 << 30,
        resuming state: TrainingState? = nil
    ) throws -> Trainer {
        try Trainer(
            settings: settings, source: PatternSource(), memory: memory,
            threads: threads, resuming: state)
    }

    static func weights(_ trainer: Trainer, steps: Int) throws -> ParameterBlock {
        for _ in 0..<steps { try trainer.step() }
        return trainer.state.weights
    }

    @Test func `the loss falls`() throws {
        let trainer = try Self.trainer()
        let first = try #require(try trainer.step()[.B])
        for _ in 0..<45 { try trainer.step() }
        let last = try #require(try trainer.step()[.B])
        #expect(last < first - 0.1)
    }

    @Test func `weights are the same bits for 1, 2 and 3 threads`() throws {
        let one = try Self.weights(Self.trainer(threads: 1), steps: 4)
        #expect(try Self.weights(Self.trainer(threads: 2), steps: 4) == one)
        #expect(try Self.weights(Self.trainer(threads: 3), steps: 4) == one)
    }

    @Test func `another seed gives other weights`() throws {
        var other = Self.settings()
        other.seed = 2
        #expect(
            try Self.weights(Self.trainer(), steps: 1)
                != Self.weights(Self.trainer(other), steps: 1))
    }

    /// The least limit keeps no activations between the passes: every group runs forward twice.
    @Test func `weights are the same bits for the least memory and for plenty`() throws {
        let plenty = try Self.weights(Self.trainer(), steps: 3)
        var least = 0
        do { _ = try Self.trainer(memory: 1 << 20) } catch let error as TrainingError {
            #expect(error.exitStatus == .usage)
            let number = error.description.split(separator: " ").first { $0.hasSuffix("MiB") }
            least = number.flatMap { Int($0.dropLast(3)) } ?? 0
        }
        #expect(least > 0)
        #expect(try Self.weights(Self.trainer(memory: least << 20), steps: 3) == plenty)
    }

    @Test(arguments: [HeadSchedule.averaged, .alternate, .both], [ViewPlan.combined, .separate])
    func `a resumed training gives the same bits`(
        _ heads: HeadSchedule, _ views: ViewPlan
    ) throws {
        var settings = Self.settings(heads)
        settings.views = views
        settings.tracking = views == .combined
        settings.averaging = heads == .both ? nil : 5
        let through = try Self.trainer(settings)
        for _ in 0..<7 { try through.step() }

        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("iicd-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let before = try Self.trainer(settings)
        for _ in 0..<3 { try before.step() }
        let snapshot = try Self.snapshot(of: before)
        #expect(before.keep(snapshot, if: .agreement) && !before.keep(snapshot, if: .accuracy))
        try before.bundle(checkpoint: true).write(to: path)
        let read = try ModelBundle(reading: path)
        let after = try Self.trainer(
            settings, resuming: TrainingState(reading: read, path: path))
        #expect(after.state.best == before.state.best && after.state.best[.agreement] != nil)
        #expect(after.state.average == before.state.average)
        for _ in 0..<4 { try after.step() }
        #expect(after.state.weights == through.state.weights)
        #expect(after.state.updates == through.state.updates)
        #expect(after.state.history == through.state.history)
        #expect(
            try after.bundle(checkpoint: false).modelHash
                == through.bundle(checkpoint: false).modelHash)
    }

    private static func snapshot(of trainer: Trainer) throws -> Snapshot {
        Snapshot(
            of: try SnapshotTests.tiles(), model: try trainer.bundle(checkpoint: false), threads: 2,
            memory: 1 << 30)
    }

    @Test func `the best checkpoint's model stays that of its step`() throws {
        let trainer = try Self.trainer()
        try trainer.step()
        let snapshot = try Self.snapshot(of: trainer)
        let then = try trainer.bundle(checkpoint: false)
        #expect(trainer.keep(snapshot, if: .agreement))
        // No better than what is kept already.
        #expect(!trainer.keep(snapshot, if: .agreement))
        for _ in 0..<3 { try trainer.step() }
        let kept = try trainer.bundle(checkpoint: false, of: trainer.state.best[.agreement])
        #expect(trainer.state.best[.agreement]?.step == 1)
        #expect(kept.weights == then.weights)
        #expect(try trainer.bundle(checkpoint: false).weights != then.weights)
    }

    @Test func `the model's weights are the running mean of all steps' weights`() throws {
        var settings = Self.settings()
        settings.averaging = 4
        settings.subheadsB = 1
        let trainer = try Self.trainer(settings)
        var mean: [Double] = []
        for step in 1...45 {
            try trainer.step()
            let weights = trainer.state.weights[.convolution(1)].map(Double.init)
            if mean.isEmpty { mean = weights }
            let share = max(1.0 / 4, 10 / Double(step + 10))
            mean = zip(mean, weights).map { $0 + share * ($1 - $0) }
        }
        let average = try #require(trainer.state.average)
        #expect(zip(average[.convolution(1)], mean).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        let model = try trainer.bundle(checkpoint: false)
        #expect(
            model.weights["trunk.features.3.weight"] == average["trunk.features.3.weight"])
        settings.averaging = nil
        let plain = try Self.trainer(settings)
        for _ in 0..<45 { try plain.step() }
        // The mean follows the weights, and does not change them.
        #expect(plain.state.weights == trainer.state.weights)
    }

    /// Asked before each of the groups: 3 of 2 views forward, and again back.
    @Test(arguments: [1, 4, 7, 12])
    func `a step that is cancelled leaves the state before it`(_ question: Int) throws {
        let trainer = try Self.trainer()
        try trainer.step()
        let before = trainer.state.weights
        var asked = 0
        #expect(throws: Interrupted.self) {
            try trainer.step {
                asked += 1
                return asked == question
            }
        }
        #expect(asked == question && trainer.state.step == 1 && trainer.state.weights == before)
        try trainer.step()
        let through = try Self.trainer()
        #expect(try Self.weights(through, steps: 2) == trainer.state.weights)
    }

    @Test func `an idle head keeps its weights`() throws {
        let trainer = try Self.trainer(Self.settings(.alternate))
        let before = trainer.state.weights
        try trainer.step()
        for subhead in 0..<3 {
            let head = NetworkTensor.head(.B, subhead)
            #expect(trainer.state.weights[head] == before[head])
        }
        #expect(trainer.state.weights[.head(.A, 0)] != before[.head(.A, 0)])
    }

    @Test func `the model keeps the sub-head with the least loss of each head`() throws {
        var settings = Self.settings()
        settings.subheadsA = 2
        settings.subheadsB = 4
        settings.averaging = nil
        let trainer = try Self.trainer(settings)
        for _ in 0..<6 { try trainer.step() }
        let checkpoint = try trainer.bundle(checkpoint: true)
        let model = try trainer.bundle(checkpoint: false)
        #expect(model.architecture.subheadsA == 1 && model.architecture.subheadsB == 1)
        for head in Head.allCases {
            let losses = try #require(trainer.state.meanLosses[head])
            #expect(losses.count == settings.architecture.subheads(of: head))
            let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
            let kept = model.weights["head_\(head).heads.0.0.weight"]
            #expect(kept == checkpoint.weights["head_\(head).heads.\(best).0.weight"])
            #expect(model.weights["head_\(head).heads.1.0.weight"] == nil)
        }
    }

    @Test func `sub-heads need memory`() throws {
        func least(_ subheads: Int) throws -> Int {
            var settings = Self.settings()
            settings.crop = 200
            settings.subheadsB = subheads
            do { _ = try Self.trainer(settings, memory: 1 << 20) } catch let error as TrainingError
            {
                let number = error.description.split(separator: " ").first { $0.hasSuffix("MiB") }
                return try #require(number.flatMap { Int($0.dropLast(3)) })
            }
            return 0
        }
        #expect(try least(16) > least(1))
    }

    @Test func `a decaying rate depends on the step alone, a steady one on nothing`() throws {
        var settings = Self.settings()
        settings.rate = 0.004
        settings.decay = 50
        #expect(settings.rate(step: 0, epoch: 0) == 0.004)
        #expect(abs(settings.rate(step: 150, epoch: 3) - 0.002) < 1e-12)
        settings.decay = nil
        #expect(settings.rate(step: 150, epoch: 3) == 0.004)
    }

    @Test func `the rate's decay reaches the weights`() throws {
        var settings = Self.settings()
        settings.decay = nil
        let steady = try Self.weights(Self.trainer(settings), steps: 2)
        settings.decay = 1
        let decaying = try Self.trainer(settings)
        let first = try Self.weights(decaying, steps: 1)
        #expect(try Self.weights(decaying, steps: 1) != steady)
        settings.decay = nil
        #expect(try Self.weights(Self.trainer(settings), steps: 1) == first)
    }

    @Test func `a model is no checkpoint`() throws {
        let bundle = try Self.trainer().bundle(checkpoint: false)
        #expect(throws: TrainingError.self) { try TrainingState(reading: bundle, path: "model") }
    }

    @Test func `a loss that is not a number ends the training with the state before it`() throws {
        let trainer = try Trainer(
            settings: Self.settings(), source: PatternSource(value: .nan),
            memory: 1 << 30, threads: 1)
        let before = trainer.state.weights
        let error = #expect(throws: TrainingError.self) { try trainer.step() }
        #expect(error?.description.contains("is no longer a number at step 1") == true)
        #expect(trainer.state.weights == before)
        #expect(trainer.state.step == 0)
    }

    @Test func `what is wrong with a checkpoint's tensor is reported with its name`() throws {
        let trainer = try Self.trainer()
        try trainer.step()
        let whole = try trainer.bundle(checkpoint: true)
        let name = "head_B.heads.1.0.weight"
        func problem(_ change: (inout ModelBundle) -> Void) -> String? {
            var bundle = whole
            change(&bundle)
            do { _ = try TrainingState(reading: bundle, path: "c") } catch {
                return (error as? TrainingError)?.description
            }
            return nil
        }
        #expect(problem { _ in } == nil)
        for part in ["first", "second", "average"] {
            let key = "checkpoint.\(part).\(name)"
            let count = try #require(whole.extras[key]?.count)
            let missing = "\(part).\(name) is missing or has another size."
            #expect(problem { $0.extras[key] = nil }?.hasSuffix(missing) == true)
            #expect(
                problem { $0.extras[key] = .init([Float](repeating: 0, count: count + 1)) }?
                    .hasSuffix(missing) == true)
            #expect(
                problem { $0.extras[key] = .init([Float](repeating: .nan, count: count)) }?
                    .hasSuffix("\(part).\(name) holds values that are not finite.") == true)
        }
    }
}
