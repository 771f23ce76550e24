import IICInfer
import Synchronization
import TestSupport
import Testing

@testable import IICTrain

/// A training that several ranks share gives the bits of one process.
@Suite struct SharedTrainingTests {
    /// Five groups a batch, but one or two in the last batch of an epoch of twelve crops.
    private static func settings() -> TrainingSettings {
        var settings = TrainerTests.settings()
        settings.group = 1
        return settings
    }

    /// Windows, moved frames and running statistics have their say.
    private static func everything() -> TrainingSettings {
        var settings = settings()
        settings.group = 2
        settings.views = .separate
        settings.affine = RandomAffine(rotation: NumberRange(-20, 20))
        settings.translation = NumberRange(1, 3)
        settings.tracking = true
        settings.heads = .both
        return settings
    }

    private struct Learnt: Sendable, Equatable {
        let weights, moments: ParameterBlock
        let losses: [BatchLoss]
        let step: Int

        init(_ trainer: Trainer, losses: [BatchLoss]) {
            (weights, moments) = (trainer.state.weights, trainer.state.optimizer.v)
            (self.losses, step) = (losses, trainer.state.step)
        }
    }

    private static func train(
        _ settings: TrainingSettings, on ranks: any Ranks = SingleRank(), steps: Int
    ) throws -> Learnt {
        let trainer = try Trainer(
            settings: settings, source: PatternSource(), memory: 1 << 30, threads: 1, ranks: ranks)
        return Learnt(trainer, losses: try (0..<steps).map { _ in try trainer.step() })
    }

    @Test(arguments: [1, 2, 3, 4, 7])
    func `weights and losses are the same bits for any number of ranks`(_ count: Int) throws {
        let one = try Self.train(Self.settings(), steps: 4)
        for result in ThreadRanks.run(count, { try Self.train(Self.settings(), on: $0, steps: 4) })
        {
            #expect(try result.get() == one)
        }
    }

    @Test(arguments: [2, 5])
    func `warped, moved and separate views are the same bits too`(_ count: Int) throws {
        let one = try Self.train(Self.everything(), steps: 3)
        let results = ThreadRanks.run(count) { try Self.train(Self.everything(), on: $0, steps: 3) }
        for result in results { #expect(try result.get() == one) }
    }

    @Test func `a rank reads the crops of its groups alone`() throws {
        let reads = ThreadRanks.run(4) { ranks in
            let source = CountingSource()
            let trainer = try Trainer(
                settings: Self.settings(), source: source, memory: 1 << 30, threads: 1,
                ranks: ranks)
            try trainer.step()
            trainer.feed.finish()
            return source.reads
        }
        // Of this step and the next one; the last rank has none.
        #expect(try reads.map { try $0.get() } == [4, 4, 2, 0])
    }

    @Test func `ranks but 0 follow until they are released`() throws {
        let steps = ThreadRanks.run(3) { ranks in
            let trainer = try Trainer(
                settings: Self.settings(), source: PatternSource(), memory: 1 << 30, threads: 1,
                ranks: ranks)
            try trainer.checkRanks()
            guard ranks.rank == 0 else {
                trainer.follow()
                return trainer.state.step
            }
            for _ in 0..<2 { try trainer.step() }
            trainer.release()
            trainer.release()
            #expect(trainer.rankShare.map { $0.least >= 0 && $0.most < 1 } == true)
            return trainer.state.step
        }
        #expect(try steps.map { try $0.get() } == [2, 2, 2])
    }

    /// A rank whose data cannot be read ends the training on all of them, after the same step, and
    /// rank 0 can say which it was. Another number of ranks goes on to the same bits.
    @Test func `a rank that fails ends all at one step, from which others go on`() throws {
        let through = try Self.train(Self.settings(), steps: 3)
        let kept = Mutex<TrainingState?>(nil)
        let errors = ThreadRanks.run(3) { ranks in
            // Two crops a step of ranks 0 and 1.
            let source = CountingSource(failing: ranks.rank == 1 ? 3 : nil)
            let trainer = try Trainer(
                settings: Self.settings(), source: source, memory: 1 << 30, threads: 1,
                ranks: ranks)
            try trainer.step()
            var error: (any Error)?
            do { try trainer.step() } catch let thrown { error = thrown }
            #expect(trainer.state.step == 1)
            if ranks.rank == 0 { kept.withLock { $0 = trainer.state } }
            // Nobody is left to be told.
            trainer.release()
            return error.map { "\($0)" } ?? "none"
        }
        let texts = try errors.map { try $0.get() }
        #expect(texts[0].hasPrefix("Rank 1 of 3 on “thread 1”: “5.mat”"), "\(texts[0])")
        #expect(texts[1] == texts[2] && texts[1].contains("Dismissed"))
        let state = try #require(kept.withLock { $0 })
        let results = ThreadRanks.run(2) { ranks in
            let trainer = try Trainer(
                settings: Self.settings(), source: PatternSource(), memory: 1 << 30, threads: 1,
                resuming: state, ranks: ranks)
            for _ in 0..<2 { try trainer.step() }
            return trainer.state.weights
        }
        for result in results { #expect(try result.get() == through.weights) }
    }

    /// Asked before the first group, between others, and on the way back.
    @Test(arguments: [1, 2, 4, 5])
    func `a stop that one rank wants leaves all at the same step`(_ question: Int) throws {
        let results = ThreadRanks.run(3) { ranks in
            let trainer = try Trainer(
                settings: Self.settings(), source: PatternSource(), memory: 1 << 30, threads: 1,
                ranks: ranks)
            try trainer.step()
            let before = trainer.state.weights
            var asked = 0
            #expect(throws: Interrupted.self) {
                try trainer.step {
                    asked += 1
                    return ranks.rank == 2 && asked >= question
                }
            }
            return trainer.state.step == 1 && trainer.state.weights == before
        }
        #expect(try results.map { try $0.get() } == [true, true, true])
    }

    @Test func `ranks with other settings are refused`() {
        let results = ThreadRanks.run(3) { ranks in
            var settings = Self.settings()
            if ranks.rank == 2 { settings.seed = 7 }
            try Trainer(
                settings: settings, source: PatternSource(), memory: 1 << 30, threads: 1,
                ranks: ranks
            ).checkRanks()
        }
        #expect {
            try results[0].get()
        } throws: {
            "\($0)".contains("Rank 2 of 3") && "\($0)".contains("give all ranks the same")
        }
        #expect(throws: Dismissed.self) { try results[1].get() }
        #expect(throws: Dismissed.self) { try results[2].get() }
    }

    @Test func `work that fails on one rank fails on all`() {
        let results = ThreadRanks.run(3) { ranks in
            try ranks.together {
                if ranks.rank > 0 {
                    throw TrainingError("Rank \(ranks.rank) says no.", exitStatus: .badInput)
                }
                return 1
            }
        }
        #expect {
            try results[0].get()
        } throws: {
            ($0 as? RankFailure)?.description == "Rank 1 of 3 on “thread 1”: Rank 1 says no."
                && ($0 as? RankFailure)?.exitStatus == .badInput
        }
        #expect(throws: Dismissed.self) { try results[2].get() }
    }
}
