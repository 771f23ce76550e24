import IICInfer
import IICKernels
import ParityCases
import Testing

import IICTrain

/// Every loss as a function of the fields: its gradient, and batches in parts.
@Suite struct LossGradientTests {
    static let shape = FieldShape(height: 7, width: 9, classes: 4)
    static let displacementRadius = 2

    /// Masked fields of probabilities, and the masks.
    private static func fields(_ images: Int) -> (
        first: [[Double]], second: [[Double]], masks: [[Double]]
    ) {
        var random = SplitMix64(seed: 3)
        let pixels = shape.height * shape.width
        let masks = (0..<images).map { _ in
            (0..<pixels).map { _ in random.unit() < 0.2 ? 0.0 : 1 }
        }
        func field(_ image: Int) -> [Double] {
            (0..<pixels).flatMap { pixel in
                let values = (0..<shape.classes).map { _ in random.unit() + 0.1 }
                let sum = values.reduce(0, +)
                return values.map { $0 / sum * masks[image][pixel] }
            }
        }
        return ((0..<images).map(field), (0..<images).map(field), masks)
    }

    private static func sums(_ loss: any InformationLoss, images: Int) -> [any JointSum] {
        let pool = ComputePool(threads: 2)
        var sums: [any JointSum] = [ReferenceJointSum(loss: loss, shape: shape, pool: pool)]
        if loss.box != nil {
            let transform = JointTransform(
                height: shape.height, width: shape.width, classes: shape.classes,
                displacementRadius: displacementRadius)
            sums.append(FourierJointSum(transform: transform, images: images, pool: pool))
        }
        return sums
    }

    @Test(arguments: LossKind.allCases, [1, 1.5])
    func `a gradient is that of finite differences`(_ kind: LossKind, _ lambda: Double) {
        let (first, second, masks) = Self.fields(2)
        let loss = kind.loss(displacementRadius: Self.displacementRadius, lambda: lambda)
        for sum in Self.sums(loss, images: 2) {
            func value(_ first: [[Double]], _ second: [[Double]]) -> (LossValue, ArrayFields) {
                let fields = ArrayFields(
                    firsts: first, seconds: second, shape: Self.shape, masks: masks)
                let joints = sum.joints(of: fields)
                return (
                    loss.evaluate(joints: joints.span, classes: Self.shape.classes), fields
                )
            }
            let (base, fields) = value(first, second)
            sum.backpropagate(dJoints: base.dJoints, to: fields)
            let largest = fields.dFirsts[1].array.map(abs).max() ?? 0
            let step = 1e-5
            for index in stride(from: 0, to: Self.shape.count, by: 5) {
                var (above, below) = (first, first)
                above[1][index] += step
                below[1][index] -= step
                let slope =
                    (value(above, second).0.loss - value(below, second).0.loss) / (2 * step)
                // Rounding of a loss near 3, over the step; the third derivative is smaller.
                #expect(abs(fields.dFirsts[1].array[index] - slope) < 1e-6 * largest + 1e-9)
                (above, below) = (second, second)
                above[0][index] += step
                below[0][index] -= step
                let other =
                    (value(first, above).0.loss - value(first, below).0.loss) / (2 * step)
                #expect(abs(fields.dSeconds[0].array[index] - other) < 1e-6 * largest + 1e-9)
            }
        }
    }

    /// Where a mask leaves little, some displacements have no pairs; roundings are none.
    @Test(arguments: [LossKind.uncollapsed, .collapsed])
    func `a displacement without pairs adds nothing`(_ kind: LossKind) {
        let (first, second, _) = Self.fields(40)
        func kept(_ fields: [[Double]]) -> [[Double]] {
            fields.map { field in
                field.indices.map { index in
                    // One row: no pair is a row apart.
                    index / Self.shape.classes / Self.shape.width == 3 ? field[index] : 0
                }
            }
        }
        let loss = kind.loss(displacementRadius: Self.displacementRadius, lambda: 1)
        let results = Self.sums(loss, images: 40).map { sum in
            let fields = ArrayFields(
                firsts: kept(first), seconds: kept(second), shape: Self.shape)
            let value = loss.evaluate(
                joints: sum.joints(of: fields).span, classes: Self.shape.classes)
            sum.backpropagate(dJoints: value.dJoints, to: fields)
            return (loss: value.loss, gradient: fields.dFirsts[0].array)
        }
        #expect(results[0].loss < 0)
        #expect(abs(results[0].loss - results[1].loss) < 1e-12)
        let largest = results[0].gradient.map(abs).max() ?? 0
        #expect(largestDifference(results[0].gradient, results[1].gradient) < 1e-9 * largest)
    }

    /// What training in bounded memory rests on.
    @Test(arguments: LossKind.allCases)
    func `a batch in parts has the loss and the gradient of the whole`(_ kind: LossKind) {
        let images = 5
        let (first, second, masks) = Self.fields(images)
        let loss = kind.loss(displacementRadius: Self.displacementRadius, lambda: 1.5)
        func part(_ range: Range<Int>) -> ArrayFields {
            ArrayFields(
                firsts: Array(first[range]), seconds: Array(second[range]), shape: Self.shape,
                masks: Array(masks[range]))
        }
        for sum in Self.sums(loss, images: images) {
            let whole = part(0..<images)
            let value = loss.evaluate(
                joints: sum.joints(of: whole).span, classes: Self.shape.classes)
            sum.backpropagate(dJoints: value.dJoints, to: whole)

            let parts = [part(0..<2), part(2..<5)]
            let joints = parts.map { sum.joints(of: $0) }
            let added = zip(joints[0], joints[1]).map { $0 + $1 }
            let again = loss.evaluate(joints: added.span, classes: Self.shape.classes)
            #expect(abs(again.loss - value.loss) < 1e-12)
            for part in parts { sum.backpropagate(dJoints: again.dJoints, to: part) }
            let inParts = parts.flatMap { $0.dFirsts + $0.dSeconds }.map(\.array)
            let atOnce =
                whole.dFirsts[..<2] + whole.dSeconds[..<2] + whole.dFirsts[2...]
                + whole.dSeconds[2...]
            for (a, b) in zip(inParts, atOnce) {
                #expect(largestDifference(a, b.array) < 1e-12)
            }
        }
    }
}
