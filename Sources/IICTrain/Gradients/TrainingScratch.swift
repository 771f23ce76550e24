import IICInfer
import IICKernels

/// Workspace that training reuses from step to step.
package final class TrainingScratch: Sendable {
    /// One thread's.
    struct Worker: Sendable {
        let rows: Buffer<Float>
        let v: Buffer<Float>
        let m: Buffer<Float>
    }

    let workers: [Worker]
    /// Of activations, their gradients and the weights transformed.
    let buffers = BufferPool<Float>()
    /// Of the joints' transforms.
    let spectra = BufferPool<ComplexLane>()
    /// V, W and the sums of the weights' gradients, for all threads together.
    let v: Buffer<Float>
    let w: Buffer<Float>
    let sums: Buffer<Float>

    init(_ plan: TrainingPlan, threads: Int) {
        let counts = Self.counts(plan)
        workers = (0..<threads).map { _ in
            Worker(
                rows: Buffer(uninitialized: counts.rows), v: Buffer(uninitialized: counts.v),
                m: Buffer(uninitialized: counts.m))
        }
        v = Buffer(uninitialized: counts.sharedV)
        w = Buffer(uninitialized: counts.sharedW)
        sums = Buffer(uninitialized: counts.sums)
    }

    private static func counts(
        _ plan: TrainingPlan
    ) -> (rows: Int, v: Int, m: Int, sharedV: Int, sharedW: Int, sums: Int) {
        let convolutions = plan.forward.dropFirst() + plan.backward.dropFirst()
        let gradients = plan.gradients.dropFirst()
        let first = plan.product(0)
        let channels = plan.shape.architecture.channels
        // The first layer's inputs, with their zeros.
        let firstRows =
            (TrainingPlan.rowsAtOnce + 2) * (first.width + 2) * channels + FirstLayer.overrun
        let features = plan.output(plan.forward.count - 1).rowStride
        let columns = plan.output(plan.forward.count - 1).laneStride
        let heads = Head.allCases.reduce(0) {
            let architecture = plan.shape.architecture
            return $0 + architecture.subheads(of: $1) * architecture.classes(of: $1)
        }
        return (
            max(convolutions.map(\.rowCount).max() ?? 0, firstRows, features),
            max(
                convolutions.map(\.vCount).max() ?? 0,
                FirstLayer.depth(channels: channels) * first.columns),
            max(convolutions.map(\.mCount).max() ?? 0, lanes(heads) * columns),
            gradients.map(\.vCount).max() ?? 0, gradients.map(\.wCount).max() ?? 0,
            gradients.map(\.sumCount).max() ?? 0
        )
    }

    static func bytes(_ plan: TrainingPlan, threads: Int) -> Int {
        let counts = counts(plan)
        return 4
            * (threads * (counts.rows + counts.v + counts.m) + counts.sharedV + counts.sharedW
                + counts.sums)
    }
}
