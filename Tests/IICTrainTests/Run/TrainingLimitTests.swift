import IICTrain
import Testing

/// When a limit is reached: a function of numbers, without a training.
@Suite struct TrainingLimitTests {
    private func end(
        _ limit: TrainingLimit, step: Int, seconds: Double = 0, best: Int? = nil
    ) -> TrainingEnd? {
        limit.end(step: step, stepsPerEpoch: 7, seconds: seconds, best: best)
    }

    @Test func `whichever comes first ends it`() {
        let limit = TrainingLimit(epochs: 3, steps: 30, seconds: 10, patience: 40)
        #expect(end(limit, step: 20, seconds: 9.9, best: 10) == nil)
        #expect(end(limit, step: 21, best: 10) == .epochs)
        #expect(end(limit, step: 30, best: 10) == .steps)
        #expect(end(limit, step: 1, seconds: 10) == .time)
        #expect(
            end(TrainingLimit(seconds: 10, patience: 40), step: 50, best: 10)
                == .patience(steps: 40, best: 10))
    }

    /// Between two passes nobody knows whether agreement has grown.
    @Test(
        arguments: [
            (10, 30, 39, nil), (10, 30, 40, 30), (10, 25, 39, nil), (10, 25, 40, 30),
            (140, 1, 149, nil),
            (140, 1, 150, 10), (140, 100, 317, 170),
        ] as [(best: Int, patience: Int, step: Int, waited: Int?)])
    func `patience ends it at a monitoring pass`(
        best: Int, patience: Int, step: Int, waited: Int?
    ) {
        let limit = TrainingLimit(patience: patience)
        let expected = waited.map { TrainingEnd.patience(steps: $0, best: best) }
        #expect(end(limit, step: step, best: best) == expected)
    }

    @Test func `without patience, or without a pass, nothing waits for agreement`() {
        for limit in [TrainingLimit(), TrainingLimit(patience: 0)] {
            #expect(end(limit, step: 1_000_000, best: 10) == nil)
        }
        #expect(end(TrainingLimit(patience: 10), step: 1_000_000, best: nil) == nil)
    }

    @Test func `patience below zero is refused, with its value`() {
        #expect(TrainingLimit(patience: 0).problem == nil)
        let problem = TrainingLimit(patience: -10).problem
        #expect(problem?.hasPrefix("--patience must lie between 0 ") == true)
        #expect(problem?.hasSuffix(", not -10.") == true)
    }

    /// `--steps 300` must give 300 steps.
    @Test
    func `epochs, steps or a time replace a preset's patience, which alone replaces only itself`() {
        let preset = TrainingLimit(seconds: 180, patience: 90)
        #expect(preset.replaced(by: TrainingLimit()) == preset)
        for given in [
            TrainingLimit(epochs: 2), TrainingLimit(steps: 300), TrainingLimit(seconds: 60),
            TrainingLimit(steps: 300, patience: 50),
        ] { #expect(preset.replaced(by: given) == given) }
        for patience in [0, 400] {
            #expect(
                preset.replaced(by: TrainingLimit(patience: patience))
                    == TrainingLimit(seconds: 180, patience: patience))
        }
    }

    @Test(arguments: Preset.allCases)
    func `only the quick preset ends by itself`(_ preset: Preset) {
        #expect((preset.limit.patience ?? 0 > 0) == (preset == .quick))
        #expect(preset.limit.seconds == (preset == .quick ? 180 : nil))
    }
}
