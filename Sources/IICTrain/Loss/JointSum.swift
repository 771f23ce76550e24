import IICInfer
import IICKernels

/// The masked fields Φ(x) and Φ(gx) of a batch, row by row, and where their gradients go.
///
/// A worker has one image at a time: ``begin(image:worker:)`` before its rows are read,
/// ``end(image:worker:)`` after those of its gradients are added, each row once.
package protocol PairFields {
    var images: Int { get }
    var shape: FieldShape { get }

    func begin(image: Int, worker: Int)

    /// Writes a row of both fields, `(W, K)` each, zeros where masked.
    func read(
        row: Int, image: Int, worker: Int, first: inout MutableSpan<Double>,
        second: inout MutableSpan<Double>)

    /// Writes a mask's row, `(W)`: 1 where both count, else 0.
    func readMask(row: Int, image: Int, into mask: inout MutableSpan<Double>)

    /// Takes a row of the gradients, `(W, K)` each, not masked yet.
    func add(
        row: Int, image: Int, worker: Int, dFirst: Span<Double>, dSecond: Span<Double>)

    func end(image: Int, worker: Int)
}

/// How the joints of a batch are computed, and their gradient carried back.
package protocol JointSum: AnyObject {
    /// Those of a group of images, to be added to those of others and then to be cleared.
    func joints(of fields: some PairFields, images: Range<Int>) -> [Double]

    /// Clears what is left of roundings in the joints of all images.
    func clearRoundings(_ joints: inout [Double])

    /// - Parameter groups: as they were when the joints were computed: the last one's fields may be
    ///   there still.
    func backpropagate(dJoints: [Double], to fields: some PairFields, groups: [Range<Int>])
}

extension JointSum {
    package func clearRoundings(_ joints: inout [Double]) {}

    /// The joints of all images as one group.
    package func joints(of fields: some PairFields) -> [Double] {
        var joints = joints(of: fields, images: 0..<fields.images)
        clearRoundings(&joints)
        return joints
    }

    package func backpropagate(dJoints: [Double], to fields: some PairFields) {
        backpropagate(dJoints: dJoints, to: fields, groups: [0..<fields.images])
    }
}

extension InformationLoss {
    /// The way to compute joints that is the faster one for whole images.
    ///
    /// - Parameters:
    ///   - shape: what is left of the images, at least h + 1 pixels a side.
    ///   - buffers: for the workspace of transforms.
    func jointSum(
        _ shape: FieldShape, of whole: FieldShape, images: Int, pool: ComputePool,
        buffers: BufferPool<ComplexLane>
    ) -> any JointSum {
        if let box, box.prefersTransform(whole) {
            return FourierJointSum(
                transform: box.transform(shape), images: images, pool: pool, buffers: buffers)
        }
        return ReferenceJointSum(loss: self, shape: shape, pool: pool)
    }

    /// Bytes that ``jointSum(_:of:images:pool:buffers:)`` takes at most.
    func jointSumBytes(_ whole: FieldShape, images: Int, threads: Int) -> Int {
        if let box, box.prefersTransform(whole) {
            return FourierJointSum.bytes(
                transform: box.transform(whole), images: images, threads: threads)
        }
        return ReferenceJointSum.bytes(loss: self, shape: whole, threads: threads, images: images)
    }
}
