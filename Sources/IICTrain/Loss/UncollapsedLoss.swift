import IICKernels

/// Equation 5 of Ji, Henriques and Vedaldi (ICCV 2019): the joint of each displacement normalised
/// and symmetrised on its own, then the mean of their informations.
public struct UncollapsedLoss: InformationLoss {
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
        var result = LossValue(loss: 0, plainLoss: 0, dJoints: [])
        result.dJoints.reserveCapacity(joints.count)
        let size = classes * classes
        for displacement in 0..<box.count {
            let information = Information(
                raw: joints.extracting(displacement * size..<(displacement + 1) * size),
                classes: classes, lambda: lambda)
            result.loss += information.loss / Double(box.count)
            result.plainLoss += information.plainLoss / Double(box.count)
            result.dJoints += information.gradient.map { $0 / Double(box.count) }
        }
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
