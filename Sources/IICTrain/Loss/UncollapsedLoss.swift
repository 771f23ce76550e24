import IICKernels

/// Equation 5 of Ji, Henriques and Vedaldi (ICCV 2019): the joint of each displacement normalised
/// and symmetrised on its own, then the mean of their informations.
struct UncollapsedLoss: BoxLoss {
    let displacements: DisplacementBox
    private let lambda: Double

    /// - Parameter displacementRadius: h; displacements go from −h to h in both directions.
    init(displacementRadius: Int, lambda: Double) {
        displacements = DisplacementBox(displacementRadius: displacementRadius)
        self.lambda = lambda
    }

    func evaluate(joints: Span<Double>, classes: Int) -> LossValue {
        var result = LossValue(loss: 0, unweightedLoss: 0, dJoints: [])
        result.dJoints.reserveCapacity(joints.count)
        let size = classes * classes
        for displacement in 0..<displacements.count {
            let information = Information(
                raw: joints.extracting(displacement * size..<(displacement + 1) * size),
                classes: classes, lambda: lambda)
            result.loss += information.loss / Double(displacements.count)
            result.unweightedLoss += information.unweightedLoss / Double(displacements.count)
            result.dJoints += information.gradient.map { $0 / Double(displacements.count) }
        }
        return result
    }
}
