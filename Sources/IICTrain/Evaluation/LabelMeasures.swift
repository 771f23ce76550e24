import IICInfer

/// How well labels agree with the truth, over all classes.
public struct LabelMeasures: Codable, Sendable, Equatable {
    /// The share of pixels that are right with classes matched one to one.
    public var accuracy: Double
    public var manyToOneAccuracy: Double
    public var meanIoU: Double
    /// Normalised mutual information.
    public var nmi: Double
    /// Adjusted Rand index.
    public var ari: Double

    init(_ matrix: ConfusionMatrix) {
        accuracy = matrix.oneToOneAccuracy
        manyToOneAccuracy = matrix.manyToOneAccuracy
        meanIoU = matrix.meanIoU
        nmi = matrix.normalizedMutualInformation
        ari = matrix.adjustedRandIndex
    }

    /// Their names, in the order of ``texts``.
    static let names = ["one-to-one", "many-to-one", "mean IoU", "NMI", "ARI"]

    /// Shares in per cent, the others as numbers.
    var texts: [String] {
        [accuracy, manyToOneAccuracy, meanIoU].map { percent($0, digits: 1) }
            + [nmi, ari].map { fixed($0, 3) }
    }
}
