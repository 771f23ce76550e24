import IICKernels

/// The joints at every displacement of a (2h + 1)² box, zeros outside the image: entry
/// `(h + dy, h + dx, i, j)` is the sum over u of Φ(x)_{u + (dy, dx)}[i] · Φ(gx)_u[j].
///
/// That is the weight gradient of a convolution that takes Φ(x) to Φ(gx), and its own gradients are
/// convolutions: the kernels of the network do the work here, plainly. Where that is a lot of work,
/// `JointTransform` does it faster.
public struct DisplacementBox: Sendable {
    public let displacementRadius: Int

    var count: Int { (2 * displacementRadius + 1) * (2 * displacementRadius + 1) }

    private func convolution(_ shape: FieldShape) -> ConvolutionShape {
        ConvolutionShape(
            inputs: shape.classes, outputs: shape.classes, height: shape.height,
            width: shape.width, kernel: 2 * displacementRadius + 1, padding: displacementRadius)
    }

    /// Whether ``FourierJointSum`` is the faster way for images of this size.
    ///
    /// Nanoseconds an image, forward and back, as measured on a core of Zen 5: the plain way spends
    /// them on the columns of its matrix, whatever they are multiplied by.
    func prefersTransform(_ shape: FieldShape) -> Bool {
        guard displacementRadius < min(shape.height, shape.width) else { return false }
        let transform = transform(shape)
        return 150 * transform.frequencies * transform.lanes < 4 * count * shape.count
    }

    /// - Precondition: h is less than the image's height and width.
    func transform(_ shape: FieldShape) -> JointTransform {
        JointTransform(
            height: shape.height, width: shape.width, classes: shape.classes,
            displacementRadius: displacementRadius)
    }

    /// Elements of scratch: the columns of a few rows.
    func scratchCount(_ shape: FieldShape) -> Int {
        convolution(shape).scratchCount(of: Double.self)
    }

    func addJoints(
        first: Span<Double>, second: Span<Double>, into joints: inout MutableSpan<Double>,
        shape: FieldShape, scratch: inout MutableSpan<Double>
    ) {
        addWeightGradient(
            first, dOutput: second, into: &joints, shape: convolution(shape), scratch: &scratch)
    }

    func backpropagate(
        dJoints: Span<Double>, first: Span<Double>, second: Span<Double>,
        dFirst: inout MutableSpan<Double>, dSecond: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        let convolution = convolution(shape)
        convolve(
            first, weights: dJoints, into: &dSecond, shape: convolution, scratch: &scratch)
        var transposed = [Double](repeating: 0, count: dJoints.count)
        var target = transposed.mutableSpan
        transposeWeights(dJoints, into: &target, shape: convolution)
        convolve(
            second, weights: transposed.span, into: &dFirst, shape: convolution.transposed,
            scratch: &scratch)
    }
}

/// An objective whose joints are those of a box; the readings differ in what they make of them.
protocol BoxLoss: InformationLoss {
    var displacements: DisplacementBox { get }
}

extension BoxLoss {
    var box: DisplacementBox? { displacements }

    func jointCount(classes: Int) -> Int { displacements.count * classes * classes }

    func scratchCount(_ shape: FieldShape) -> Int { displacements.scratchCount(shape) }

    func addJoints(
        first: Span<Double>, second: Span<Double>, mask: Span<Double>,
        into joints: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        displacements.addJoints(
            first: first, second: second, into: &joints, shape: shape, scratch: &scratch)
    }

    func backpropagate(
        dJoints: Span<Double>, first: Span<Double>, second: Span<Double>,
        dFirst: inout MutableSpan<Double>, dSecond: inout MutableSpan<Double>, shape: FieldShape,
        scratch: inout MutableSpan<Double>
    ) {
        displacements.backpropagate(
            dJoints: dJoints, first: first, second: second, dFirst: &dFirst, dSecond: &dSecond,
            shape: shape, scratch: &scratch)
    }
}
