import IICKernels

/// The authors' faster form: raw joints added over all displacements, normalised once, symmetrised,
/// and one information of the sum. docs/equation-5.md tells how that differs from equation 5.
struct CollapsedLoss: BoxLoss {
    let displacements: DisplacementBox
    private let lambda: Double

    /// - Parameter displacementRadius: h; displacements go from −h to h in both directions.
    init(displacementRadius: Int, lambda: Double) {
        displacements = DisplacementBox(displacementRadius: displacementRadius)
        self.lambda = lambda
    }

    func evaluate(joints: Span<Double>, classes: Int) -> LossValue {
        let size = classes * classes
        var sum = [Double](repeating: 0, count: size)
        for index in 0..<joints.count { sum[index % size] += joints[index] }
        let information = Information(raw: sum.span, classes: classes, lambda: lambda)
        var result = LossValue(
            loss: information.loss, unweightedLoss: information.unweightedLoss, dJoints: [])
        for _ in 0..<displacements.count { result.dJoints += information.gradient }
        return result
    }
}
