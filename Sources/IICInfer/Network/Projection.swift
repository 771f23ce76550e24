/// Linear functions of the trunk's features, resized to the scene's pixels as the heads' probabilities
/// are: what a read-out wants of the network beyond its heads.
public struct Projection: Hashable, Sendable {
    /// Numbers a pixel.
    public let rows: Int
    /// `(rows, features)`.
    public let weights: [Float]

    /// - Precondition: the counts fit together.
    public init(rows: Int, weights: [Float]) {
        precondition(rows > 0 && weights.count.isMultiple(of: rows), "\(rows) \(weights.count)")
        self.rows = rows
        self.weights = weights
    }

    /// The features themselves.
    public static func identity(features: Int) -> Projection {
        Projection(
            rows: features,
            weights: (0..<features * features).map { $0 % (features + 1) == 0 ? 1 : 0 })
    }

    /// `(features, rows)`, as blocks hold a head's weights.
    var transposed: [Float] {
        let features = weights.count / rows
        return (0..<weights.count).map { weights[$0 % rows * features + $0 / rows] }
    }
}
