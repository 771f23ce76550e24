/// Counts pairs of labels whose number of classes is not known before.
package struct Tally: Sendable {
    private var counts: [UInt64: Int] = [:]
    private var ignored = 0
    private var classes = (predicted: 0, truth: 0)

    package init() {}

    /// Whether no pair was counted.
    package var isEmpty: Bool { counts.isEmpty }

    /// Counts the pairs; negative labels in either, and 255 in the truth, stand for no data.
    ///
    /// - Parameter nodata: what stands for no data among the predicted labels too; nil if nothing
    ///   does, for labels that are no raster's.
    /// - Throws: ``EvaluationError/tooManyClasses(path:value:)``.
    package mutating func add(
        predicted: [Int32], nodata: Int32? = ConfusionMatrix.nodata, from predictedPath: String,
        truth: [Int32], from truthPath: String
    ) throws(EvaluationError) {
        precondition(predicted.count == truth.count, "\(predicted.count) \(truth.count)")
        var last: UInt64 = .max
        var run = 0
        for index in predicted.indices {
            let (p, t) = (predicted[index], truth[index])
            guard p >= 0, t >= 0, p != nodata, t != ConfusionMatrix.nodata else {
                ignored += 1
                continue
            }
            // Neighbours are mostly alike: one look-up a run.
            let key = UInt64(p) << 32 | UInt64(t)
            if key != last {
                if run > 0 { counts[last, default: 0] += run }
                guard p <= EvaluationError.largestClass else {
                    throw .tooManyClasses(path: predictedPath, value: p)
                }
                guard t <= EvaluationError.largestClass else {
                    throw .tooManyClasses(path: truthPath, value: t)
                }
                classes.predicted = max(classes.predicted, Int(p) + 1)
                classes.truth = max(classes.truth, Int(t) + 1)
                last = key
                run = 0
            }
            run += 1
        }
        if run > 0 { counts[last, default: 0] += run }
    }

    /// The counts as a matrix of as many classes as were met, at least `predictedClasses`.
    package func matrix(predictedClasses: Int = 1) -> ConfusionMatrix {
        var matrix = ConfusionMatrix(
            predictedClasses: max(predictedClasses, classes.predicted, 1),
            trueClasses: max(classes.truth, 1))
        for (key, count) in counts {
            matrix.add(
                predicted: Int32(key >> 32), truth: Int32(truncatingIfNeeded: key), times: count)
        }
        matrix.ignore(ignored)
        return matrix
    }
}
