import Testing

import IICTrain

@Suite struct ConfusionMatrixTests {
    private let square = ConfusionMatrix(
        counts: [50, 3, 2, 0, 4, 30, 1, 5, 2, 2, 40, 7], predictedClasses: 3)
    private let tall = ConfusionMatrix(
        counts: [10, 0, 7, 0, 12, 1, 3, 3, 3, 8, 1, 0], predictedClasses: 4)

    /// The numbers are scikit-learn 1.9's `normalized_mutual_info_score` and `adjusted_rand_score`.
    @Test func `information and Rand index are those of scikit-learn`() {
        #expect(abs(square.normalizedMutualInformation - 0.5651403137102388) < 1e-12)
        #expect(abs(square.adjustedRandIndex - 0.6326478653132692) < 1e-12)
        #expect(abs(tall.normalizedMutualInformation - 0.3981697479843418) < 1e-12)
        #expect(abs(tall.adjustedRandIndex - 0.3000812420341813) < 1e-12)
    }

    @Test func `how true classes are numbered changes nothing`() {
        let plain = ConfusionMatrix(counts: [9, 1, 2, 8, 3, 1], predictedClasses: 3)
        // The same classes as numbers 1 and 3; 0 and 2 are nobody's.
        let codes = ConfusionMatrix(
            counts: [0, 9, 0, 1, 0, 2, 0, 8, 0, 3, 0, 1], predictedClasses: 3)
        #expect(plain.matching == [0, 1, nil] && codes.matching == [1, 3, nil])
        #expect(codes.classIoU.map { $0 == nil } == [true, false, true, false])
        #expect(codes.meanIoU == plain.meanIoU)
    }

    @Test func `accuracies and overlaps follow the matching`() {
        #expect(tall.matching == [2, 1, nil, 0])
        #expect(abs(tall.oneToOneAccuracy - 27.0 / 48) < 1e-12)
        #expect(abs(tall.manyToOneAccuracy - (10 + 12 + 3 + 8) / 48.0) < 1e-12)
        #expect(abs(tall.majorityShare - 21.0 / 48) < 1e-12)
        let expected = [8.0 / 22, 12.0 / 17, 7.0 / 21]
        for (value, wanted) in zip(tall.classIoU, expected) {
            #expect(abs((value ?? -1) - wanted) < 1e-12)
        }
        #expect(square.classIoU[3] == 0)
    }

    @Test func `one class on both sides agrees, and nothing at all divides by zero`() {
        let one = ConfusionMatrix(counts: [7], predictedClasses: 1)
        #expect(one.normalizedMutualInformation == 1 && one.adjustedRandIndex == 1)
        let blind = ConfusionMatrix(counts: [5, 5], predictedClasses: 1)
        #expect(blind.normalizedMutualInformation == 0 && blind.adjustedRandIndex == 0)
        let empty = ConfusionMatrix(predictedClasses: 2, trueClasses: 2)
        #expect(empty.oneToOneAccuracy == 0 && empty.meanIoU == 0 && empty.majorityShare == 0)
    }

    @Test func `pixels without label or truth are left out`() throws {
        var tally = Tally()
        try tally.add(
            predicted: [0, 1, 255, 1, -1, 1], from: "a", truth: [1, 0, 0, 255, 0, -3], from: "b")
        let matrix = tally.matrix()
        #expect(matrix.counts == [0, 1, 1, 0])
        #expect(matrix.ignored == 4)
        #expect(throws: EvaluationError.tooManyClasses(path: "b", value: 70_000)) {
            try tally.add(predicted: [0], from: "a", truth: [70_000], from: "b")
        }
    }
}
