/// The two heads of the network.
public enum Head: String, Codable, Sendable, CaseIterable {
    /// Overclustering, auxiliary.
    case A
    /// Clustering: its classes are the labels of a map.
    case B
}

/// What runs a model over images. One value serves many threads at once.
public protocol Engine: Sendable {
    var architecture: Architecture { get }
    var geometry: Geometry { get }

    /// What `iicd inspect` shows: the engine and its instruction set.
    var name: String { get }

    /// Peak bytes of scratch that one call of ``probabilities(of:height:width:head:into:)`` needs.
    func scratchBytes(height: Int, width: Int) -> Int

    /// Class probabilities of images of one size, each alone, in this engine's geometry.
    ///
    /// - Parameters:
    ///   - images: `(N, H, W, C)` scaled to 0…1, 0 where invalid. Zeros lie beyond their edges.
    ///     Several at once may be faster; their results are the same bits.
    ///   - output: `(N, H, W, K)` of the head's first sub-head, overwritten.
    /// - Precondition: in `paper` geometry images are at least 8 × 8.
    func probabilities(
        of images: Span<Float>, height: Int, width: Int, head: Head,
        into output: inout MutableSpan<Float>)
}
