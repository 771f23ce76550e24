import Dispatch
import IICInfer
import IICKernels

/// Makes what each step trains on, one step ahead of the engine.
///
/// What a step sees is a function of the seed and the step's number, so it does not matter when, or
/// how often, it is made.
final class BatchFeed: @unchecked Sendable {
    // `queue` lets one piece of work at a time at everything below it.
    private let queue = DispatchQueue(label: "iicd.feed")
    private let settings: TrainingSettings
    private let source: any TrainingSource
    private let views: ViewMaker
    private let ranks: any Ranks
    private var ready: (step: Int, batch: Result<Share, any Error>)?
    private var order: (epoch: Int, items: [Int])?

    /// How long callers have waited for batches.
    private(set) var waited = Duration.zero
    /// Crops that one epoch draws.
    private let count: Int

    /// This rank's part of a batch, and what its masks leave, see ``TrainingBatch/windows(size:)``.
    struct Share {
        var batch: TrainingBatch
        var windows: [MaskWindow]
    }

    init(settings: TrainingSettings, source: any TrainingSource, ranks: any Ranks = SingleRank()) {
        self.settings = settings
        self.source = source
        self.ranks = ranks
        views = ViewMaker(settings: settings, roles: source.roles)
        count = source.count
    }

    private var batches: Int { (count + settings.batch - 1) / settings.batch }

    /// Steps of one epoch.
    var stepsPerEpoch: Int { settings.heads == .both ? 2 * batches : batches }

    /// The heads that a step trains, and the weight of each one's loss.
    func headWeights(step: Int) -> [Head: Double] {
        settings.headWeights(
            epoch: step / stepsPerEpoch,
            secondHalf: step % stepsPerEpoch >= stepsPerEpoch / 2)
    }

    /// Which of an epoch's images, in its order, a step trains on.
    func images(of step: Int) -> Range<Int> {
        let batch = step % stepsPerEpoch % batches
        return batch * settings.batch..<min((batch + 1) * settings.batch, count)
    }

    /// This rank's part of what a step trains on; that of the next step is begun.
    ///
    /// One thread calls it.
    func batch(step: Int) throws -> Share {
        let start = ContinuousClock.now
        let batch = queue.sync { take(step) }
        waited += ContinuousClock.now - start
        if case .success = batch {
            queue.async { self.ready = (step + 1, Result { try self.make(step + 1) }) }
        }
        return try batch.get()
    }

    /// A step's images alone, those of all ranks, without their views.
    func images(step: Int) throws -> [Buffer<Float>] {
        try queue.sync {
            try patches(step: step, part: images(of: step)).patches.map { Buffer($0.values) }
        }
    }

    /// Returns when nothing is being read.
    func finish() { queue.sync {} }

    private func take(_ step: Int) -> Result<Share, any Error> {
        defer { ready = nil }
        if let ready, ready.step == step { return ready.batch }
        return Result { try make(step) }
    }

    private func make(_ step: Int) throws -> Share {
        let all = images(of: step)
        let part = BatchPart(count: all.count, size: settings.group, ranks: ranks).images
        var (patches, randoms) = try patches(
            step: step,
            part: all.lowerBound + part.lowerBound..<all.lowerBound + part.upperBound)
        var shifts: [Head: PixelShift] = [:]
        if let range = settings.translation {
            for (number, head) in Head.allCases.enumerated()
            where headWeights(step: step)[head] != nil {
                let place = UInt64(step) << 1 | UInt64(number)
                var random = SplitMix64(
                    seed: SplitMix64.mix(settings.seed &+ 0x5417 ^ SplitMix64.mix(place)))
                shifts[head] = PixelShift(range, random: &random)
            }
        }
        var batch = views.batch(of: patches, randoms: &randoms, shifts: shifts)
        batch.count = all.count
        return Share(batch: batch, windows: batch.windows(size: settings.crop))
    }

    /// Some crops of one step, in order: the epoch's permutation, batch after batch.
    ///
    /// - Parameter part: which of an epoch's images, in its order.
    private func patches(
        step: Int, part: Range<Int>
    ) throws -> (patches: [Patch], randoms: [SplitMix64]) {
        let epoch = step / stepsPerEpoch
        let key = SplitMix64.mix(settings.seed &+ 0x7A11)
        if order?.epoch != epoch {
            var random = SplitMix64(seed: SplitMix64.mix(key &+ UInt64(epoch) &* 2 &+ 1))
            order = (epoch, random.permutation(count))
        }
        let items = order?.items ?? []
        var randoms = part.indices.map { position in
            let place = SplitMix64.mix(UInt64(step) << 20 | UInt64(position))
            return SplitMix64(seed: SplitMix64.mix(key ^ place))
        }
        var patches: [Patch] = []
        for (slot, position) in part.enumerated() {
            var size = settings.crop
            if let scale = settings.scale {
                size = Int((Double(size) / scale.draw(&randoms[slot])).rounded())
            }
            let patch = try source.crop(items[position], size: size, random: &randoms[slot])
            patches.append(patch.resized(to: settings.crop))
        }
        return (patches, randoms)
    }
}
