/// What a step's record keeps of a monitoring pass.
package struct SnapshotRecord: Equatable, Sendable {
    /// Which of head B's sub-heads is the model's, from 1.
    package var subhead: Int
    /// Its classes' shares of the pixels.
    package var shares: [Double]
    /// Classes that have almost died, from 1.
    package var dead: [Int]
    /// One to one; nil without truth.
    package var accuracy: Double?
    package var meanIoU: Double?
    /// Normalised mutual information with the truth: needs no matching of classes.
    package var nmi: Double?
    /// As in ``Snapshot/Evidence``, in nats.
    package var viewInformation: Double?
    package var headInformation: Double?
    /// As in ``Snapshot/Evidence/agreement``, in nats.
    package var agreement: Double?

    package init(
        subhead: Int, shares: [Double], dead: [Int], accuracy: Double? = nil,
        meanIoU: Double? = nil, nmi: Double? = nil
    ) {
        self.subhead = subhead
        self.shares = shares
        self.dead = dead
        self.accuracy = accuracy
        self.meanIoU = meanIoU
        self.nmi = nmi
    }

    /// - Parameters:
    ///   - subhead: whose classes they are, from 1.
    ///   - dead: classes that have almost died, from 1.
    init(_ snapshot: Snapshot, subhead: Int, dead: Set<Int>) {
        self.init(
            subhead: subhead, shares: snapshot.shares, dead: dead.sorted(),
            accuracy: snapshot.matrix?.oneToOneAccuracy, meanIoU: snapshot.matrix?.meanIoU,
            nmi: snapshot.matrix?.normalizedMutualInformation)
        viewInformation = snapshot.evidence.views
        headInformation = snapshot.evidence.heads
        agreement = snapshot.evidence.agreement
    }
}
