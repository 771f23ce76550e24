import IICKernels

/// The authors' faster form: raw joints added over all displacements, normalised once, symmetrised,
/// and one information of the sum.
public struct CollapsedLoss: InformationLoss {
    private let box: DisplacementBox
    private let lambda: Double

    /// - Parameter halfWidth: h; displacements reach from −h to h in both directions.
    public init(halfWidth: Int, lambda: Double) {
        box = DisplacementBox(halfWidth: halfWidth)
        self.lambda = lambda
    }

    public func jointCount(classes: Int) -> Int { box.count * classes * classes }

    public func scratchCount(_ shape: FieldShape) -> Int { box.scratchCount(shape) }

    public func addJoints(
        first: Span<Double>, second: Span<Double>, mask: Span<Double>,
        into joints: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        box.addJoints(first: first, second: second, into: &joints, shape: shape, scratch: &scratch)
    }

    public func evaluate(joints: Span<Double>, classes: Int) -> LossValue {
        let size = classes * classes
        var sum = [Double](repeating: 0, count: size)
        for index in 0..<joints.count { sum[index % size] += joints[index] }
        let information = Information(raw: sum.span, classes: classes, lambda: lambda)
        var result = LossValue(
            loss: information.loss, plainLoss: information.plainLoss, dJoints: [])
        for _ in 0..<box.count { result.dJoints += information.gradient }
        return result
    }

    public func backpropagate(
        dJoints: Span<Double>, first: Span<Double>, second: Span<Double>,
        dFirst: inout MutableSpan<Double>, dSecond: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        box.backpropagate(
            dJoints: dJoints, first: first, second: second, dFirst: &dFirst, dSecond: &dSecond,
            shape: shape, scratch: &scratch)
    }
}
