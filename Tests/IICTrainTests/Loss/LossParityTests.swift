import IICInfer
import IICKernels
import ParityCases
import Testing

import IICTrain

/// The three objectives against PyTorch's values and gradients, in double precision, their joints
/// computed either way.
@Suite struct LossParityTests {
    @Test(arguments: try ParityCase.all(.loss), LossKind.allCases)
    func `a loss and its gradients are PyTorch's`(_ parity: ParityCase, _ kind: LossKind) throws {
        // The reference computes the literal form for warps without rotation only.
        guard parity.file.tensors["\(kind.rawValue).loss"] != nil else {
            #expect(kind == .literal)
            return
        }
        let x1 = try parity.tensor("x1")
        let x2 = try parity.tensor("x2")
        let (n, k, h, w) = (x1.shape[0], x1.shape[1], x1.shape[2], x1.shape[3])
        let field = FieldShape(height: h, width: w, classes: k)
        let lambda = try parity.number("lambda")
        let mask = try parity.tensor("mask").doubles
        let affines = try parity.affines()
        let loss = kind.loss(displacementRadius: Int(try parity.number("half")), lambda: lambda)
        let masks = (0..<n).map { Array(mask[$0 * h * w..<($0 + 1) * h * w]) }

        var firsts: [[Double]] = []
        var seconds: [[Double]] = []
        for image in 0..<n {
            let first = channelsLast(x1.doubles, shape: x1.shape)[image]
            let second = channelsLast(x2.doubles, shape: x2.shape)[image]
            var warped = [Double](repeating: -1, count: second.count)
            var span = warped.mutableSpan
            warp(
                second.span, into: &span, affine: affines[image], height: h, width: w, channels: k)
            let expected = try parity.tensor("x2_warped")
            let field = channelsLast(expected.doubles, shape: expected.shape)[image]
            #expect(largestDifference(warped, field) < 1e-9)
            firsts.append(masked(first, masks[image], classes: k))
            seconds.append(masked(warped, masks[image], classes: k))
        }

        let pool = ComputePool(threads: 2)
        var sums: [any JointSum] = [ReferenceJointSum(loss: loss, shape: field, pool: pool)]
        if loss.box != nil {
            let transform = JointTransform(
                height: h, width: w, classes: k, displacementRadius: Int(try parity.number("half")))
            sums.append(FourierJointSum(transform: transform, images: n, pool: pool))
        }
        for sum in sums {
            let fields = ArrayFields(
                firsts: firsts, seconds: seconds, shape: field, masks: masks)
            let joints = sum.joints(of: fields)
            let value = loss.evaluate(joints: joints.span, classes: k)
            let expected = try parity.tensor("\(kind.rawValue).loss").doubles[0]
            let plain = try parity.tensor("\(kind.rawValue).loss_no_lambda").doubles[0]
            #expect(abs(value.loss - expected) <= 1e-6 * abs(expected))
            #expect(abs(value.unweightedLoss - plain) <= 1e-6 * abs(plain))

            let grad1 = try parity.tensor("\(kind.rawValue).grad_x1")
            let grad2 = try parity.tensor("\(kind.rawValue).grad_x2")
            let largest1 = grad1.doubles.map(abs).max() ?? 0
            let largest2 = grad2.doubles.map(abs).max() ?? 0
            sum.backpropagate(dJoints: value.dJoints, to: fields)
            for image in 0..<n {
                let d1 = masked(fields.dFirsts[image].array, masks[image], classes: k)
                let d2 = masked(fields.dSeconds[image].array, masks[image], classes: k)
                var d2Back = [Double](repeating: -1, count: field.count)
                var back = d2Back.mutableSpan
                backpropagateWarp(
                    d2.span, into: &back, affine: affines[image], height: h, width: w, channels: k)
                let expected1 = channelsLast(grad1.doubles, shape: grad1.shape)[image]
                let expected2 = channelsLast(grad2.doubles, shape: grad2.shape)[image]
                #expect(largestDifference(d1, expected1) <= 1e-6 * largest1)
                #expect(largestDifference(d2Back, expected2) <= 1e-6 * largest2)
            }
        }
    }

    private func masked(_ values: [Double], _ mask: [Double], classes: Int) -> [Double] {
        values.indices.map { values[$0] * mask[$0 / classes] }
    }
}

extension ParityCase {
    /// The case's warps, one an image.
    func affines() throws -> [Affine] {
        let values = try tensor("affine").doubles
        return stride(from: 0, to: values.count, by: 6).map { i in
            Affine(
                xx: values[i], xy: values[i + 1], xt: values[i + 2], yx: values[i + 3],
                yy: values[i + 4], yt: values[i + 5])
        }
    }
}
