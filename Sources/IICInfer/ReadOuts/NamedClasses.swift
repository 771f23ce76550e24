/// Classes that a person has named, as a linear read-out of what the network and the pixels tell.
///
/// The score of class k is offsetₖ + Σ trunkₖᵢ tᵢ + Σ pixelsₖⱼ xⱼ. Here t are the trunk's features,
/// resized as the heads' probabilities are, and x describes the pixel itself: its scaled bands, their
/// means over the valid pixels among its 3 × 3 neighbours, and their means and standard deviations
/// over those of its 7 × 7. Softmax of the scores are probabilities; the greatest is the class.
public struct NamedClasses: Hashable, Sendable {
    /// `(K, features)`.
    public var trunk: [Float]
    /// `(K, 4 C)`.
    public var pixels: [Float]
    /// One a class.
    public var offsets: [Float]

    /// - Precondition: the counts fit together.
    public init(trunk: [Float], pixels: [Float], offsets: [Float]) {
        precondition(!offsets.isEmpty, "no classes")
        precondition(trunk.count.isMultiple(of: offsets.count), "\(trunk.count)")
        precondition(pixels.count.isMultiple(of: offsets.count), "\(pixels.count)")
        self.trunk = trunk
        self.pixels = pixels
        self.offsets = offsets
    }

    public var classes: Int { offsets.count }

    /// Numbers that describe a pixel of so many bands.
    public static func dimensions(channels: Int) -> Int { 4 * channels }

    /// What an engine runs for it.
    public var projection: Projection { Projection(rows: classes, weights: trunk) }

    /// What is far from all that makes sense would leave single precision.
    private static let largest: Float = 1e6

    /// What makes it unusable, as the end of a sentence; nil if nothing does.
    var problem: String? {
        guard (trunk + pixels + offsets).allSatisfy({ abs($0) <= Self.largest }) else {
            return "its named classes hold numbers that are not finite, or far from all others"
        }
        return nil
    }
}
