import Foundation
import IICInfer
import Synchronization
import Testing

@testable import IICTrain

/// The next batch is made while the engine computes, and nothing depends on when.
@Suite struct BatchFeedTests {
    @Test func `the next step's crops are read before it begins`() throws {
        let source = CountingSource()
        let trainer = try Trainer(
            settings: TrainerTests.settings(), source: source, memory: 1 << 30, threads: 1)
        try trainer.step()
        let end = ContinuousClock.now + .seconds(30)
        while source.reads < 10 && ContinuousClock.now < end { usleep(1000) }
        #expect(source.reads == 10)
        #expect(trainer.state.step == 1)
        #expect(trainer.waitShare > 0 && trainer.waitShare < 1)
    }

    @Test func `what is read for a model does not change the next step`() throws {
        var settings = TrainerTests.settings()
        settings.tracking = false
        let through = try TrainerTests.weights(TrainerTests.trainer(settings), steps: 3)
        let trainer = try TrainerTests.trainer(settings)
        for _ in 0..<3 {
            _ = try trainer.bundle(checkpoint: false)
            try trainer.step()
        }
        #expect(trainer.state.weights == through)
    }

    @Test func `a checkpoint needs no data, a model without tracked statistics does`() throws {
        var settings = TrainerTests.settings()
        settings.tracking = false
        let source = CountingSource()
        let trainer = try Trainer(
            settings: settings, source: source, memory: 1 << 30, threads: 1)
        let checkpoint = try trainer.bundle(checkpoint: true)
        #expect(source.reads == 0)
        let model = try trainer.bundle(checkpoint: false)
        #expect(source.reads > 0)
        let name = "trunk.features.1.running_mean"
        #expect(model.weights[name] != checkpoint.weights[name])
    }

    @Test func `a crop that cannot be read stops the step that needs it and no other`() throws {
        let source = CountingSource(failing: 6)
        let trainer = try Trainer(
            settings: TrainerTests.settings(), source: source, memory: 1 << 30, threads: 1)
        try trainer.step()
        #expect(throws: MatError.self) { try trainer.step() }
        #expect(trainer.state.step == 1)
        source.mend()
        try trainer.step()
        #expect(
            try trainer.state.weights == TrainerTests.weights(TrainerTests.trainer(), steps: 2))
    }
}

/// ``PatternSource`` that counts what is read of it.
final class CountingSource: CropSource {
    private let pattern = PatternSource()
    private let state: Mutex<(reads: Int, failing: Int?)>

    /// - Parameter failing: the read, from 1, from which on all fail.
    init(failing: Int? = nil) { state = Mutex((0, failing)) }

    var reads: Int { state.withLock { $0.reads } }
    func mend() { state.withLock { $0.failing = nil } }

    var roles: [BandRole] { pattern.roles }
    var scaling: Scaling { pattern.scaling }
    var quantiles: BandQuantiles? { pattern.quantiles }
    var pixelSizeMetres: Double? { nil }
    var count: Int { pattern.count }
    var summary: JSONValue { pattern.summary }
    var byteCount: Int { 0 }
    var readingBytes: Int { 0 }
    func allowCache(bytes: Int) {}

    func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch {
        let fails = state.withLock { state in
            state.reads += 1
            return state.failing.map { state.reads >= $0 } ?? false
        }
        if fails { throw MatError(path: "5.mat", reason: .truncated) }
        return try pattern.crop(index, size: size, random: &random)
    }
}
