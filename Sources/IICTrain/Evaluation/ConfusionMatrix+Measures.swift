import Foundation
import IICInfer

extension ConfusionMatrix {
    /// The true class of each predicted one under the best one-to-one matching; nil without one, and
    /// where only numbers are left that no pixel of the truth has.
    public var matching: [Int?] {
        let truth = trueTotals
        return bestAssignment(values: counts, rows: predictedClasses, columns: trueClasses)
            .map { match in match.flatMap { truth[$0] > 0 ? $0 : nil } }
    }

    /// The share of pixels that are right under the best one-to-one matching ("Hungarian").
    public var oneToOneAccuracy: Double {
        let matching = matching
        return share(
            (0..<predictedClasses).reduce(0) { sum, k in
                sum + (matching[k].map { self[k, $0] } ?? 0)
            })
    }

    /// The share of pixels that are right if every predicted class stands for the true class it
    /// meets most.
    public var manyToOneAccuracy: Double {
        share(
            (0..<predictedClasses).reduce(0) { sum, k in
                sum + ((0..<trueClasses).map { self[k, $0] }.max() ?? 0)
            })
    }

    /// What calling every pixel by the commonest true class would reach.
    public var majorityShare: Double { share(trueTotals.max() ?? 0) }

    /// True classes that some pixel has.
    public var classesPresent: Int { trueTotals.count { $0 > 0 } }

    /// Predicted classes that some pixel was given.
    public var clustersPresent: Int { predictedTotals.count { $0 > 0 } }

    /// The same pixels, all called the same.
    public var majority: ConfusionMatrix {
        ConfusionMatrix(counts: trueTotals, predictedClasses: 1)
    }

    /// Intersection over union of each true class with its match, 0 without one; nil for a number that
    /// no pixel of the truth has, so that how classes are numbered changes nothing.
    public var classIoU: [Double?] {
        let matching = matching
        let (predicted, truth) = (predictedTotals, trueTotals)
        return (0..<trueClasses).map { c in
            let match = matching.firstIndex(of: c)
            let both = match.map { self[$0, c] } ?? 0
            let either = truth[c] + (match.map { predicted[$0] } ?? 0) - both
            return truth[c] == 0 ? nil : Double(both) / Double(either)
        }
    }

    /// The mean of ``classIoU`` over the classes that have one; 0 if none has.
    public var meanIoU: Double {
        let values = classIoU.compactMap { $0 }
        return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// Mutual information over the mean of both entropies, as scikit-learn has it; 1 if both have
    /// one class only.
    public var normalizedMutualInformation: Double {
        let n = Double(total)
        guard n > 0 else { return 1 }
        let (predicted, truth) = (predictedTotals, trueTotals)
        if predicted.count(where: { $0 > 0 }) == 1 && truth.count(where: { $0 > 0 }) == 1 {
            return 1
        }
        let mean = (entropy(predicted) + entropy(truth)) / 2
        return mean > 0 ? mutualInformation / mean : 0
    }

    /// What one labelling tells of the other, in nats.
    public var mutualInformation: Double {
        let n = Double(total)
        let (predicted, truth) = (predictedTotals, trueTotals)
        var information = 0.0
        for k in 0..<predictedClasses {
            for c in 0..<trueClasses where self[k, c] > 0 {
                let joint = Double(self[k, c])
                information +=
                    joint / n * (log(joint * n) - log(Double(predicted[k]) * Double(truth[c])))
            }
        }
        return max(0, information)
    }

    /// Agreement on pairs of pixels, 0 for chance and 1 for perfect.
    /// Source: Hubert and Arabie, *Comparing partitions* (1985).
    public var adjustedRandIndex: Double {
        func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
        let both = counts.reduce(0) { $0 + pairs($1) }
        let rows = predictedTotals.reduce(0) { $0 + pairs($1) }
        let columns = trueTotals.reduce(0) { $0 + pairs($1) }
        let all = pairs(total)
        guard all > 0 else { return 1 }
        let expected = rows / all * columns
        let best = (rows + columns) / 2
        return best == expected ? 1 : (both - expected) / (best - expected)
    }

    private func share(_ count: Int) -> Double {
        total == 0 ? 0 : Double(count) / Double(total)
    }

    /// Of the predicted classes' shares, in nats.
    package var predictedEntropy: Double {
        entropy(predictedTotals)
    }

    private func entropy(_ counts: [Int]) -> Double {
        counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let p = Double(count) / Double(total)
            return sum - p * log(p)
        }
    }
}
