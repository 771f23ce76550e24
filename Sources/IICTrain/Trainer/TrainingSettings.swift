public import IICInfer

/// Which heads a step trains.
public enum HeadSchedule: String, Codable, Sendable, CaseIterable {
    /// Odd epochs train head A, even ones head B, as the authors' logs show.
    case alternate
    /// Each epoch trains A, then B, as the authors' released script does.
    case both
    /// One step on the mean of both losses.
    case averaged
    /// Head A alone: the authors' single-head runs (IID+). The model's classes are the overclusters,
    /// to be given true classes many-to-one.
    case overclustering
}

/// Which pixels of a view pair count in the loss.
public enum LossMask: String, Codable, Sendable, CaseIterable {
    /// Those whose outputs have seen nothing but valid pixels of the crop.
    case border
    /// Those whose outputs have seen no invalid pixel; the crop's border counts.
    case valid
    /// All, as in the authors' runs on Potsdam.
    case none
}

/// How x becomes its views.
public enum ViewPlan: String, Codable, Sendable, CaseIterable {
    /// One view, flipped and jittered.
    case combined
    /// Two views, one flipped and one jittered: a loss each, averaged.
    case separate
}

/// All that decides what a training computes, apart from the data and when it stops.
public struct TrainingSettings: Codable, Hashable, Sendable {
    public var preset: String
    public var classes: Int
    public var overclusters: Int
    /// Sub-heads of each head: they begin differently, and the model keeps the one with the least
    /// loss.
    public var subheadsA: Int
    public var subheadsB: Int
    public var width: Double
    public var geometry: Geometry
    public var loss: LossKind
    /// the displacement radius h: displacements go from −h to h pixels.
    public var displacementRadius: Int
    public var lambdaA: Double
    public var lambdaB: Double
    /// Adam's learning rate, at the beginning.
    public var rate: Double
    /// Steps after which the learning rate has fallen to 1 / √2 of what it was, after three times as
    /// many to a half, and so on; nil if it stays.
    public var decay: Int?
    /// Nil if the rate takes no steps.
    public var schedule: RateSchedule?
    /// Images a step.
    public var batch: Int
    /// Images that share batch-norm statistics, at most.
    public var group: Int
    public var heads: HeadSchedule
    public var views: ViewPlan
    /// Side of the square crops, in pixels.
    public var crop: Int
    /// Probability of a horizontal flip.
    public var flip: Double
    public var jitter: JitterAmounts
    /// Factors that crops are drawn larger by, before the views; nil for 1.
    public var scale: NumberRange?
    /// What the second view is turned, sheared and scaled by; nil for nothing.
    public var affine: RandomAffine?
    /// Pixels that gx's outputs are moved by along each axis, either way: one draw a head and step.
    public var translation: NumberRange?
    /// Nil for what suits the geometry: ``LossMask/border`` in `seamless`, ``LossMask/valid`` in
    /// `paper`.
    public var mask: LossMask?
    /// Whether batch norm tracks running statistics; otherwise they are measured when a model is
    /// written.
    public var tracking: Bool
    /// The model's weights are a running mean over about so many steps; nil for those of the last one.
    public var averaging: Int?
    /// Whether the model gets a refinement; nil stands for no, as in files of before there was any.
    public var refine: Bool?
    public var seed: UInt64

    /// The names in files; the first files had another for the radius.
    private enum CodingKeys: String, CodingKey {
        case preset, classes, overclusters, subheadsA, subheadsB, width, geometry, loss
        case lambdaA, lambdaB, rate, decay, schedule, batch, group, heads, views, crop, flip
        case jitter, scale, affine, translation, mask, tracking, averaging, refine, seed
        case displacementRadius = "halfWidth"
    }

    public var architecture: Architecture {
        Architecture(
            width: width, overclusters: overclusters, classes: classes, subheadsA: subheadsA,
            subheadsB: subheadsB)
    }

    /// Keeps every size that follows from it far from overflow.
    private static let mostImages = 65_536

    /// What is wrong with the numbers, as a sentence for users; nil if nothing is.
    public var problem: String? {
        if let problem = architecture.problem { return "The network cannot have \(problem)." }
        if !(1...Self.mostImages).contains(batch) {
            return "The batch must hold 1 to \(Self.mostImages) images, not \(batch)."
        }
        if !(1...Self.mostImages).contains(group) {
            return "A batch-norm group must hold 1 to \(Self.mostImages) images, not \(group)."
        }
        let least = geometry == .seamless ? 2 * NetworkShape.halo + 8 : 16
        if crop < least || crop > 4096 {
            return "Crops must be \(least) to 4096 pixels wide, not \(crop)."
        }
        let farthest = min(32, (crop - 1) / 2)
        if !(0...farthest).contains(displacementRadius) {
            return "Displacements must reach 0 to \(farthest) pixels in crops of \(crop), not "
                + "\(displacementRadius)."
        }
        if !rate.isFinite || rate <= 0 || rate > 1 {
            return "The learning rate must lie between 0 and 1, not \(rate)."
        }
        if let decay, decay < 1 {
            return "The rate's decay must take 1 step or more, not \(decay)."
        }
        if let averaging, averaging < 1 {
            return "The weights' mean must run over 1 step or more, not \(averaging)."
        }
        if let schedule, let problem = schedule.problem { return problem }
        for lambda in [lambdaA, lambdaB] where !lambda.isFinite || lambda < 0 || lambda > 100 {
            return "λ must lie between 0 and 100, not \(lambda)."
        }
        if !(0...1).contains(flip) { return "The flip probability must be 0 to 1, not \(flip)." }
        if let problem = jitter.problem { return problem }
        if let scale, !(0.25...4).contains(scale.low) || !(scale.low...4).contains(scale.high) {
            return "Random scales must go up from 0.25 to 4 at most, not \(scale)."
        }
        if let problem = affine?.problem { return problem }
        if let translation {
            let most = Double(min(64, crop / 4))
            if !(0...most).contains(translation.low)
                || !(translation.low...most).contains(translation.high)
                || translation.low != translation.low.rounded()
                || translation.high != translation.high.rounded()
            {
                return
                    "Sparse translations must go up from 0 to \(Int(most)) whole pixels at most, "
                    + "not \(translation)."
            }
        }
        if heads == .overclustering && overclusters > 254 {
            return "A model of overclusters alone can have 2 to 254 of them, not \(overclusters)."
        }
        return nil
    }

    /// Pixels a side of the largest window that a crop is drawn from.
    package var largestCrop: Int {
        scale.map { max(crop, Int((Double(crop) / $0.low).rounded())) } ?? crop
    }

    /// Which pixels count.
    var lossMask: LossMask { mask ?? (geometry == .seamless ? .border : .valid) }

    /// The learning rate of one step: a function of its place alone, since a training may end at any.
    ///
    /// - Parameters:
    ///   - step: from 0.
    ///   - epoch: from 0.
    package func rate(step: Int, epoch: Int) -> Double {
        var rate = rate
        if let schedule { rate *= schedule.scale(epoch: epoch) }
        guard let decay else { return rate }
        return rate / (1 + Double(step) / Double(decay)).squareRoot()
    }

    /// The heads of one step, and the weight of each one's loss.
    ///
    /// - Parameters:
    ///   - epoch: from 0.
    ///   - half: whether the second part of an epoch of ``HeadSchedule/both``.
    func headWeights(epoch: Int, secondHalf half: Bool) -> [Head: Double] {
        switch heads {
        case .averaged: [.A: 0.5, .B: 0.5]
        case .alternate: epoch.isMultiple(of: 2) ? [.A: 1] : [.B: 1]
        case .both: half ? [.B: 1] : [.A: 1]
        case .overclustering: [.A: 1]
        }
    }
}

/// When a training ends: at whichever comes first.
public struct TrainingLimit: Hashable, Sendable, Codable {
    public var epochs: Int?
    public var steps: Int?
    /// Seconds of training, those before a resumption included.
    public var seconds: Double?
    /// Steps in which agreement may fail to grow; nil or 0 for any number of them.
    public var patience: Int?

    public init(
        epochs: Int? = nil, steps: Int? = nil, seconds: Double? = nil, patience: Int? = nil
    ) {
        self.epochs = epochs
        self.steps = steps
        self.seconds = seconds
        self.patience = patience
    }

    /// What holds when `given` is asked for: epochs, steps or a time replace this limit whole, its
    /// patience too; patience alone replaces this one's.
    package func replaced(by given: TrainingLimit) -> TrainingLimit {
        if given.epochs != nil || given.steps != nil || given.seconds != nil { return given }
        var limit = self
        limit.patience = given.patience ?? patience
        return limit
    }
}
