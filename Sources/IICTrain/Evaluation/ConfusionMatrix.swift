/// How often each predicted class met each true class.
///
/// Pixels without a label or without truth are left out, and counted apart.
public struct ConfusionMatrix: Sendable, Equatable, Codable {
    /// A label, or truth, of 255 stands for no data.
    public static let nodata: Int32 = 255

    /// Number of predicted classes, K.
    public let predictedClasses: Int
    /// Number of true classes, C.
    public let trueClasses: Int
    /// `(K, C)`, row-major.
    public private(set) var counts: [Int]
    /// Pixels left out.
    public private(set) var ignored = 0

    public init(predictedClasses: Int, trueClasses: Int) {
        precondition(predictedClasses > 0 && trueClasses > 0, "\(predictedClasses) \(trueClasses)")
        self.predictedClasses = predictedClasses
        self.trueClasses = trueClasses
        counts = Array(repeating: 0, count: predictedClasses * trueClasses)
    }

    /// A matrix of given counts, `(K, C)` row-major.
    public init(counts: [Int], predictedClasses: Int) {
        precondition(predictedClasses > 0 && counts.count.isMultiple(of: predictedClasses))
        self.predictedClasses = predictedClasses
        trueClasses = counts.count / predictedClasses
        self.counts = counts
    }

    /// Pixels counted.
    public var total: Int { counts.reduce(0, +) }

    public subscript(predicted: Int, truth: Int) -> Int { counts[predicted * trueClasses + truth] }

    /// Counts a pair of labels; one outside the classes is left out.
    public mutating func add(predicted: Int32, truth: Int32, times: Int = 1) {
        guard predicted >= 0, predicted < predictedClasses, truth >= 0, truth < trueClasses else {
            ignored += times
            return
        }
        counts[Int(predicted) * trueClasses + Int(truth)] += times
    }

    /// Notes pixels that were left out.
    public mutating func ignore(_ pixels: Int) {
        ignored += pixels
    }

    /// Adds another matrix of the same shape.
    public mutating func add(_ other: ConfusionMatrix) {
        precondition(
            other.predictedClasses == predictedClasses && other.trueClasses == trueClasses)
        for index in counts.indices { counts[index] += other.counts[index] }
        ignored += other.ignored
    }

    var predictedTotals: [Int] {
        (0..<predictedClasses).map { k in (0..<trueClasses).reduce(0) { $0 + self[k, $1] } }
    }

    var trueTotals: [Int] {
        (0..<trueClasses).map { c in (0..<predictedClasses).reduce(0) { $0 + self[$1, c] } }
    }
}
