public import ArgumentParser
import IICInfer
public import IICTrain

/// The flags of `train` that say which network learns.
struct NetworkFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Classes of the map (head B).", valueName: "n")) var classes: Int?
    @Option(help: ArgumentHelp("Classes of the overclustering head A.", valueName: "n"))
    var overclusters: Int?
    @Option(
        help: ArgumentHelp(
            "Sub-heads of head A (random restarts); the one of least loss is kept.", valueName: "n")
    )
    var subheadsA: Int?
    @Option(
        help: ArgumentHelp(
            "Sub-heads of head B (random restarts); the one of least loss is kept.", valueName: "n")
    )
    var subheadsB: Int?
    @Option(
        help: ArgumentHelp("Scale of the network's layers; 1 is the paper's.", valueName: "factor"))
    var width: Double?
    @Option(help: "paper or seamless.") var geometry: Geometry?

    @Flag(
        inversion: .prefixedNo, exclusivity: .exclusive,
        help: """
            Whether batch norm keeps running statistics; without, they are measured on the training \
            data when a model is written.
            """)
    var batchnormTracking: Bool?

    @Flag(
        inversion: .prefixedNo, exclusivity: .exclusive,
        help: """
            Whether the model gets a refinement (default: with preset quick): Gaussians of its classes' \
            pixels, which make maps sharper and let sizes differ.
            """)
    var refine: Bool?

    func apply(to settings: inout TrainingSettings) {
        settings.classes = classes ?? settings.classes
        settings.overclusters = overclusters ?? settings.overclusters
        settings.subheadsA = subheadsA ?? settings.subheadsA
        settings.subheadsB = subheadsB ?? settings.subheadsB
        settings.width = width ?? settings.width
        settings.geometry = geometry ?? settings.geometry
        settings.tracking = batchnormTracking ?? settings.tracking
        settings.refine = refine ?? settings.refine
    }
}

/// The flags of `train` that say what is learnt.
struct ObjectiveFlags: ParsableArguments {
    @Option(help: "uncollapsed (the paper's equation 5), collapsed or literal.")
    var loss: LossKind?

    @Option(
        help: """
            alternate (an epoch of A, one of B), both (A, then B in each epoch), averaged (one step \
            on both), or overclustering (A alone; its clusters are the model's classes).
            """)
    var heads: HeadSchedule?

    @Option(
        help: ArgumentHelp(
            "λ of head A: how strongly its clusters are kept equal in size.", valueName: "λ"))
    var lambdaA: Double?
    @Option(help: ArgumentHelp("λ of head B.", valueName: "λ")) var lambdaB: Double?

    @Option(help: ArgumentHelp("Displacement radius: the paper's h.", valueName: "pixels"))
    var displacement: Int?

    @Option(
        help: ArgumentHelp(
            "Shift the second view's output by this many pixels along each axis, drawn anew for each step.",
            valueName: "most|least,most"),
        transform: { try NumberRange(upTo: $0) })
    var sparseTranslation: NumberRange?

    @Option(
        help: """
            Pixels that count: border (halo inside the crop), valid (no nodata in the halo), none \
            (all pixels). Default: border in seamless geometry, valid in paper.
            """)
    var mask: LossMask?

    func apply(to settings: inout TrainingSettings) {
        settings.loss = loss ?? settings.loss
        settings.heads = heads ?? settings.heads
        settings.lambdaA = lambdaA ?? settings.lambdaA
        settings.lambdaB = lambdaB ?? settings.lambdaB
        settings.displacementRadius = displacement ?? settings.displacementRadius
        settings.translation = sparseTranslation ?? settings.translation
        settings.mask = mask ?? settings.mask
    }
}

/// The flags of `train` that say how crops become views.
struct ViewFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Side of the crops.", valueName: "pixels")) var crop: Int?

    @Option(
        help: ArgumentHelp(
            "Draw crops larger by a random factor, such as 0.6,1.4.", valueName: "from,to"),
        transform: { try NumberRange(pair: $0) })
    var randomScale: NumberRange?

    @Option(
        help: "combined (one view with all transformations) or separate (one warped, one jittered)."
    )
    var views: ViewPlan?

    @Option(help: ArgumentHelp("How often a view is flipped, 0 to 1.", valueName: "probability"))
    var flip: Double?

    @Option(
        help: ArgumentHelp(
            "Colour jitter: one amount, or those of brightness, contrast, saturation and hue.",
            valueName: "amount|b,c,s,h"),
        transform: { try JitterAmounts(argument: $0) })
    var jitter: JitterAmounts?

    @Option(
        help: ArgumentHelp(
            "Rotate the second view; 30 means -30,30, the authors' choice.",
            valueName: "degrees|from,to"),
        transform: { try NumberRange(around: $0) })
    var rotation: NumberRange?

    @Option(
        help: ArgumentHelp(
            "Shear the second view; 10 is -10,10, the authors' choice.",
            valueName: "degrees|from,to"),
        transform: { try NumberRange(around: $0) })
    var shear: NumberRange?

    @Option(
        help: ArgumentHelp(
            "Scale the second view; the authors' choice is 0.8,1.2.", valueName: "from,to"),
        transform: { try NumberRange(pair: $0) })
    var affineScale: NumberRange?

    func apply(to settings: inout TrainingSettings) {
        settings.crop = crop ?? settings.crop
        settings.scale = randomScale ?? settings.scale
        settings.views = views ?? settings.views
        settings.flip = flip ?? settings.flip
        settings.jitter = jitter ?? settings.jitter
        guard rotation != nil || shear != nil || affineScale != nil else { return }
        var affine = settings.affine ?? RandomAffine()
        affine.rotation = rotation ?? affine.rotation
        affine.shear = shear ?? affine.shear
        affine.scale = affineScale ?? affine.scale
        settings.affine = affine
    }
}

/// The flags of `train` that say how the weights move.
struct OptimizerFlags: ParsableArguments {
    @Option(help: ArgumentHelp("Images a step.", valueName: "n")) var batch: Int?
    @Option(help: ArgumentHelp("Images that share batch-norm statistics, at most.", valueName: "n"))
    var group: Int?
    @Option(name: .customLong("lr"), help: ArgumentHelp("Adam's learning rate.", valueName: "rate"))
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Multiply the rate by --lr-factor when these epochs begin, such as 100,200.",
            valueName: "epochs"),
        transform: { try RateSchedule.epochs($0) })
    var lrSchedule: [Int]?

    @Option(
        help: ArgumentHelp("The factor of --lr-schedule (default: 0.1).", valueName: "factor"))
    var lrFactor: Double?

    @Option(
        help: ArgumentHelp(
            "Let the rate decay as 1 / √(1 + step / this); 0 for a constant rate.",
            valueName: "steps"))
    var lrDecay: Int?

    @Option(
        help: ArgumentHelp(
            "The model's weights are a running mean over about so many steps; 0 for the last step's.",
            valueName: "steps"))
    var averaging: Int?

    @Option(help: ArgumentHelp("One seed, one result: 0 or more.", valueName: "n"))
    var seed: UInt64?

    func validate() throws {
        if lrFactor != nil && lrSchedule == nil {
            throw ValidationError(
                "--lr-factor needs --lr-schedule, the epochs at which it applies.")
        }
    }

    func apply(to settings: inout TrainingSettings) {
        settings.batch = batch ?? settings.batch
        settings.group = group ?? settings.group
        settings.rate = rate ?? settings.rate
        if let lrSchedule {
            settings.schedule = RateSchedule(epochs: lrSchedule, factor: lrFactor ?? 0.1)
        }
        if let lrDecay { settings.decay = lrDecay == 0 ? nil : lrDecay }
        if let averaging { settings.averaging = averaging == 0 ? nil : averaging }
        settings.seed = seed ?? settings.seed
    }
}

/// Numbers with commas between them.
private func numbers(_ text: String) -> [Double]? {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
}

extension NumberRange {
    /// `0.6,1.4`.
    init(pair text: String) throws {
        guard let list = numbers(text), list.count == 2 else {
            throw ValidationError("two numbers such as 0.8,1.2 are needed")
        }
        self.init(list[0], list[1])
    }

    /// `-10,30`, or `30` for -30…30.
    init(around text: String) throws {
        guard let list = numbers(text), (1...2).contains(list.count) else {
            throw ValidationError("one or two numbers such as 30 or -30,30 are needed")
        }
        self.init(list.count == 1 ? -list[0] : list[0], list[list.count - 1])
    }

    /// `1,5`, or `5` for 0…5.
    init(upTo text: String) throws {
        guard let list = numbers(text), (1...2).contains(list.count) else {
            throw ValidationError("one or two numbers such as 5 or 1,5 are needed")
        }
        self.init(list.count == 1 ? 0 : list[0], list[list.count - 1])
    }
}

extension JitterAmounts {
    /// `0.1`, or `0.4,0.4,0.4,0.125`.
    init(argument text: String) throws {
        guard let list = numbers(text), list.count == 1 || list.count == 4 else {
            throw ValidationError("one or four numbers such as 0.1 or 0.4,0.4,0.4,0.125 are needed")
        }
        guard list.count == 4 else {
            self.init(list[0])
            return
        }
        self.init(brightness: list[0], contrast: list[1], saturation: list[2], hue: list[3])
    }
}

extension RateSchedule {
    /// `100,200`.
    fileprivate static func epochs(_ text: String) throws -> [Int] {
        let list = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard !list.contains(nil) else {
            throw ValidationError("numbers of epochs such as 100,200 are needed")
        }
        return list.compactMap(\.self)
    }
}

extension LossKind: ExpressibleByArgument {}
extension HeadSchedule: ExpressibleByArgument {}
extension ViewPlan: ExpressibleByArgument {}
extension LossMask: ExpressibleByArgument {}
