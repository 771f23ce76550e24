import IICKernels

/// Which reading of the paper's objective trains.
public enum LossKind: String, Codable, Sendable, CaseIterable {
    /// Equation 5: the mean over displacements of each one's information.
    case uncollapsed
    /// The information of the joints' sum over displacements.
    case collapsed
    /// The reproduction's: 8 neighbours, clamped at the edge. Slow; kept as an oracle.
    case literal

    public func loss(displacementRadius: Int, lambda: Double) -> any InformationLoss {
        switch self {
        case .uncollapsed: UncollapsedLoss(displacementRadius: displacementRadius, lambda: lambda)
        case .collapsed: CollapsedLoss(displacementRadius: displacementRadius, lambda: lambda)
        case .literal: LiteralLoss(lambda: lambda)
        }
    }
}

/// The sizes of a field of class probabilities, `(H, W, K)`.
public struct FieldShape: Hashable, Sendable {
    public var height: Int
    public var width: Int
    public var classes: Int

    public init(height: Int, width: Int, classes: Int) {
        self.height = height
        self.width = width
        self.classes = classes
    }

    public var count: Int { height * width * classes }
}

/// The value of an objective and its gradient with respect to the raw joints.
public struct LossValue: Sendable {
    public var loss: Double
    /// The same with λ = 1.
    public var unweightedLoss: Double
    public var dJoints: [Double]
}

/// An objective that sees a batch only through its joints, sums over images and pixels.
///
/// So a batch of any size runs in parts: add up the joints of all images, evaluate once, then carry
/// the gradient back to each image. That is exact, whatever fits in memory at a time.
public protocol InformationLoss: Sendable {
    /// The displacements whose joints these are, with zeros outside the image; nil if the joints are
    /// others. With zeros outside nothing depends on where the image ends, so that masked sides may
    /// be cut off, and there is a faster way than this protocol's functions.
    var box: DisplacementBox? { get }

    /// Numbers that a batch adds up to.
    func jointCount(classes: Int) -> Int

    /// Elements of scratch that the other two functions need.
    func scratchCount(_ shape: FieldShape) -> Int

    /// Adds one image's joints.
    ///
    /// - Parameters:
    ///   - first: Φ(x), `(H, W, K)`, 0 where masked.
    ///   - second: Φ(gx) in x's frame, `(H, W, K)`, 0 where masked.
    ///   - mask: `(H, W)`, 1 where both are valid, else 0.
    ///   - joints: added to.
    func addJoints(
        first: Span<Double>, second: Span<Double>, mask: Span<Double>,
        into joints: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>)

    /// The loss of a whole batch's joints.
    func evaluate(joints: Span<Double>, classes: Int) -> LossValue

    /// Carries the gradient of the joints back to one image's masked fields, both overwritten.
    func backpropagate(
        dJoints: Span<Double>, first: Span<Double>, second: Span<Double>,
        dFirst: inout MutableSpan<Double>, dSecond: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>)
}
