package import IICInfer
import IICKernels

/// Joints image by image, as the loss itself computes them: for small fields, for the literal loss,
/// and as what ``FourierJointSum`` is compared with.
package final class ReferenceJointSum: JointSum {
    /// One thread's workspace: fields of one image, `(H, W, K)`.
    private struct Workspace {
        let first, second, dFirst, dSecond, mask, scratch: Buffer<Double>
    }

    private let loss: any InformationLoss
    private let shape: FieldShape
    private let pool: ComputePool
    private let workspaces: [Workspace]

    package init(loss: any InformationLoss, shape: FieldShape, pool: ComputePool) {
        self.loss = loss
        self.shape = shape
        self.pool = pool
        workspaces = (0..<pool.threads).map { _ in
            func buffer(_ count: Int) -> Buffer<Double> { Buffer(repeating: 0, count: count) }
            return Workspace(
                first: buffer(shape.count), second: buffer(shape.count),
                dFirst: buffer(shape.count), dSecond: buffer(shape.count),
                mask: buffer(shape.height * shape.width),
                scratch: buffer(loss.scratchCount(shape)))
        }
    }

    /// Bytes that it takes, and the joints of `images` images.
    static func bytes(
        loss: any InformationLoss, shape: FieldShape, threads: Int, images: Int
    ) -> Int {
        let workspace = 4 * shape.count + shape.height * shape.width + loss.scratchCount(shape)
        return 8 * (threads * workspace + images * loss.jointCount(classes: shape.classes))
    }

    private func range(_ row: Int) -> Range<Int> {
        row * shape.width * shape.classes..<(row + 1) * shape.width * shape.classes
    }

    private func read(_ fields: some PairFields, image: Int, worker: Int) {
        let (workspace, width) = (workspaces[worker], shape.width)
        fields.begin(image: image, worker: worker)
        for row in 0..<shape.height {
            var first = workspace.first.mutableSpan(range(row))
            var second = workspace.second.mutableSpan(range(row))
            fields.read(
                row: row, image: image, worker: worker, first: &first, second: &second)
            var mask = workspace.mask.mutableSpan(row * width..<(row + 1) * width)
            fields.readMask(row: row, image: image, into: &mask)
        }
    }

    package func joints(of fields: some PairFields, images: Range<Int>) -> [Double] {
        let partial = images.map { _ in
            Buffer<Double>(repeating: 0, count: loss.jointCount(classes: shape.classes))
        }
        pool.forEach(images.count) { worker, index in
            read(fields, image: images.lowerBound + index, worker: worker)
            let (workspace, target) = (workspaces[worker], partial[index])
            var joints = target.mutableSpan()
            var scratch = workspace.scratch.mutableSpan()
            loss.addJoints(
                first: workspace.first.span(), second: workspace.second.span(),
                mask: workspace.mask.span(),
                into: &joints, shape: shape, scratch: &scratch)
        }
        return treeSum(partial.map(\.array))
    }

    package func backpropagate(
        dJoints: [Double], to fields: some PairFields, groups: [Range<Int>]
    ) {
        let images = groups.flatMap(\.self)
        pool.forEach(images.count) { worker, index in
            let image = images[index]
            read(fields, image: image, worker: worker)
            let workspace = workspaces[worker]
            var dFirst = workspace.dFirst.mutableSpan()
            var dSecond = workspace.dSecond.mutableSpan()
            var scratch = workspace.scratch.mutableSpan()
            loss.backpropagate(
                dJoints: dJoints.span, first: workspace.first.span(),
                second: workspace.second.span(),
                dFirst: &dFirst, dSecond: &dSecond, shape: shape, scratch: &scratch)
            for row in 0..<shape.height {
                fields.add(
                    row: row, image: image, worker: worker,
                    dFirst: workspace.dFirst.span(range(row)),
                    dSecond: workspace.dSecond.span(range(row)))
            }
            fields.end(image: image, worker: worker)
        }
    }
}
