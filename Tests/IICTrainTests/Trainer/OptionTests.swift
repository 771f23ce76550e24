import Foundation
import IICInfer
import Synchronization
import Testing

@testable import IICTrain

/// The authors' options: each reaches the weights, and none costs a run its bits.
@Suite struct OptionTests {
    /// A change of the settings, with a name.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (inout TrainingSettings) -> Void

        init(_ name: String, _ make: @escaping @Sendable (inout TrainingSettings) -> Void) {
            testDescription = name
            self.make = make
        }
    }

    private static func settings() -> TrainingSettings {
        var settings = TrainerTests.settings()
        settings.batch = 3
        settings.subheadsB = 2
        return settings
    }

    @Test(arguments: [
        Change("λ of head A") { $0.lambdaA = 2 }, Change("λ of head B") { $0.lambdaB = 2 },
        Change("heads") { $0.heads = .both },
        Change("overclustering") { $0.heads = .overclustering },
        Change("sub-heads of A") { $0.subheadsA = 2 },
        Change("sub-heads of B") { $0.subheadsB = 3 },
        Change("random scale") { $0.scale = NumberRange(0.9, 1.2) },
        Change("rotation") { $0.affine = RandomAffine(rotation: NumberRange(-20, 20)) },
        Change("shear") { $0.affine = RandomAffine(shear: NumberRange(-9, 9)) },
        Change("affine scale") { $0.affine = RandomAffine(scale: NumberRange(0.95, 1.05)) },
        Change("sparse translation") { $0.translation = NumberRange(1, 3) },
        Change("flip") { $0.flip = 0 }, Change("jitter") { $0.jitter = JitterAmounts(0.3) },
        Change("hue") { $0.jitter.hue = 0 }, Change("groups") { $0.group = 1 },
        Change("schedule") { $0.schedule = RateSchedule(epochs: [1], factor: 0.5) },
        Change("mask") { $0.mask = LossMask.none }, Change("views") { $0.views = .separate },
        Change("displacement") { $0.displacementRadius = 2 },
        Change("loss") { $0.loss = .collapsed },
    ])
    func `an option changes what is learnt`(_ change: Change) throws {
        var settings = Self.settings()
        let before = try TrainerTests.weights(TrainerTests.trainer(settings), steps: 1)
        change.make(&settings)
        #expect(settings.problem == nil)
        let after = try TrainerTests.weights(TrainerTests.trainer(settings), steps: 1)
        #expect(
            after.architecture.layers.indices.contains {
                after[.convolution($0)] != before[.convolution($0)]
            })
    }

    /// All at once, with different draws in each step.
    private static func everything() -> TrainingSettings {
        var settings = settings()
        settings.crop = 56
        settings.scale = NumberRange(0.8, 1.2)
        settings.affine = RandomAffine(
            rotation: NumberRange(-10, 10), shear: NumberRange(-5, 5),
            scale: NumberRange(0.9, 1.1))
        settings.translation = NumberRange(0, 3)
        settings.jitter = JitterAmounts(
            brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.125)
        settings.schedule = RateSchedule(epochs: [2])
        settings.mask = .border
        settings.decay = 10
        settings.subheadsA = 2
        return settings
    }

    @Test func `all options together give the same bits for any threads and after a resumption`()
        throws
    {
        let settings = Self.everything()
        let through = try TrainerTests.weights(TrainerTests.trainer(settings, threads: 1), steps: 6)
        let first = try TrainerTests.trainer(settings, threads: 3)
        for _ in 0..<3 { try first.step() }
        let path = FileManager.default.temporaryDirectory.path + "/iicd-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try first.bundle(checkpoint: true).write(to: path)
        let read = try ModelBundle(reading: path)
        #expect(try read.training.decode(TrainingSettings.self) == settings)
        let second = try TrainerTests.trainer(
            settings, threads: 2, resuming: TrainingState(reading: read, path: path))
        #expect(try TrainerTests.weights(second, steps: 3) == through)
    }

    @Test func `settings of the first bundles are still read`() throws {
        let json = """
            {"preset":"quick","classes":6,"overclusters":24,"subheadsA":1,"subheadsB":8,"width":0.25,\
            "geometry":"seamless","loss":"uncollapsed","halfWidth":1,"lambdaA":1.5,"lambdaB":1.5,\
            "rate":0.001,"decay":60,"batch":12,"group":15,"heads":"averaged","views":"combined",\
            "crop":88,"flip":0.5,"jitter":0.1,"tracking":false,"seed":1}
            """
        let settings = try JSONValue(parsing: Array(json.utf8)).decode(TrainingSettings.self)
        var first = Preset.quick.settings
        first.displacementRadius = 1
        first.lambdaA = 1.5
        first.lambdaB = 1.5
        first.averaging = nil
        first.refine = nil
        #expect(settings == first)
    }

    @Test func `the learning rate falls when the schedule's epochs begin, counted from 1`() {
        var settings = Self.settings()
        settings.rate = 0.01
        settings.decay = nil
        settings.schedule = RateSchedule(epochs: [2, 4], factor: 0.5)
        let rates = (0..<5).map { settings.rate(step: 7, epoch: $0) }
        #expect(rates == [0.01, 0.005, 0.005, 0.0025, 0.0025])
    }

    @Test func `a run of overclusters alone leaves a model that maps them`() throws {
        var settings = Self.settings()
        settings.heads = .overclustering
        settings.subheadsA = 2
        settings.averaging = nil
        let trainer = try TrainerTests.trainer(settings)
        let before = trainer.state.weights
        for _ in 0..<3 { try trainer.step() }
        for subhead in 0..<2 {
            let head = NetworkTensor.head(.B, subhead)
            #expect(trainer.state.weights[head] == before[head])
        }
        #expect(trainer.state.history.allSatisfy { $0.lossA != nil && $0.lossB == nil })
        let losses = try #require(trainer.state.meanLosses[.A])
        let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
        let model = try trainer.bundle(checkpoint: false)
        #expect(model.architecture.classes == 8 && model.architecture.subheadsB == 1)
        #expect(model.legend.entries.count == 8)
        let kept = try trainer.bundle(checkpoint: true).weights["head_A.heads.\(best).0.weight"]
        #expect(kept != nil && model.weights["head_B.heads.0.0.weight"] == kept)
        #expect(model.weights["head_A.heads.0.0.weight"] == kept)
    }

    @Test(arguments: [
        (Change("") { $0.scale = NumberRange(0.1, 1) }, "Random scales must go up from 0.25 to 4"),
        (Change("") { $0.scale = NumberRange(1.2, 0.8) }, "not 1.2 to 0.8."),
        (Change("") { $0.scale = NumberRange(.nan, 1) }, "Random scales"),
        (Change("") { $0.affine = RandomAffine(rotation: NumberRange(0, 181)) }, "Rotations must"),
        (Change("") { $0.affine = RandomAffine(shear: NumberRange(-90, 0)) }, "Shears must"),
        (Change("") { $0.affine = RandomAffine(scale: NumberRange(0, 1)) }, "Affine scales must"),
        (Change("") { $0.translation = NumberRange(0, 13) }, "go up from 0 to 12 whole pixels"),
        (Change("") { $0.translation = NumberRange(0.5, 3) }, "whole pixels"),
        (Change("") { $0.jitter.hue = 0.6 }, "The jitter of the hue must be 0 to 0.5, not 0.6."),
        (Change("") { $0.jitter.contrast = -1 }, "jitter of the contrast"),
        (Change("") { $0.schedule = RateSchedule(epochs: [0]) }, "from 1 on, not at 0."),
        (Change("") { $0.schedule = RateSchedule(epochs: [3], factor: 2) }, "factor must lie"),
        (
            Change("") {
                $0.heads = .overclustering
                $0.overclusters = 300
            }, "A model of overclusters alone can have 2 to 254 of them, not 300."
        ),
    ])
    func `settings that cannot be are reported`(_ change: Change, _ words: String) throws {
        var settings = Self.settings()
        change.make(&settings)
        let problem = try #require(settings.problem)
        #expect(problem.contains(words), "\(problem)")
    }

    @Test func `a step in which no pixel counts is reported`() throws {
        var settings = Self.settings()
        settings.crop = 40
        settings.affine = RandomAffine(scale: NumberRange(3, 3))
        let trainer = try TrainerTests.trainer(settings)
        let error = #expect(throws: TrainingError.self) { try trainer.step() }
        #expect(error?.description.contains("No pixel of step 1 counts") == true)
    }

    @Test func `jitter has all four changes in all orders, and leaves out what has no amount`() {
        func names(_ jitter: ColourJitter) -> String {
            jitter.changes.map { change in
                switch change {
                case .brightness: "b"
                case .contrast: "c"
                case .saturation: "s"
                case .hue: "h"
                }
            }.joined()
        }
        var random = SplitMix64(seed: 1)
        let orders = (0..<1000).map { _ in
            names(ColourJitter(JitterAmounts(0.1), random: &random))
        }
        #expect(Set(orders).count == 24)
        let grey = JitterAmounts(brightness: 0.1, contrast: 0.1, saturation: 0, hue: 0)
        let pairs = (0..<100).map { _ in names(ColourJitter(grey, random: &random)) }
        #expect(Set(pairs) == ["bc", "cb"])
    }
}
