import IICInfer
import IICKernels
import ParityCases
import Testing

import IICTrain

/// Training steps against PyTorch's, which ran in double precision: losses, gradients, weights.
@Suite struct TrainingParityTests {
    @Test(arguments: try ParityCase.all(.training), [Int.max, 0])
    func `steps of training are PyTorch's, kept or recomputed`(
        _ parity: ParityCase, _ keptBytes: Int
    ) throws {
        var weights = try parity.weights()
        let x1 = try parity.tensor("x1")
        let x2 = try parity.tensor("x2")
        let (n, h, w) = (x1.shape[0], x1.shape[2], x1.shape[3])
        let mask = try parity.tensor("mask").doubles
        func images(_ tensor: SafeTensors.Tensor) -> [Buffer<Float>] {
            channelsLast(tensor.doubles.map { Float($0) }, shape: tensor.shape).map { Buffer($0) }
        }
        let batch = TrainingBatch(
            images: images(x1),
            views: [
                TrainingBatch.View(
                    images: images(x2), affines: try parity.affines(),
                    masks: (0..<n).map { Buffer(Array(mask[$0 * h * w..<($0 + 1) * h * w])) })
            ])
        let shape = NetworkShape(
            architecture: weights.architecture, geometry: .paper, height: h, width: w)
        let engine = BatchGradient(
            shape: shape, groupSize: n, keptBytes: keptBytes, pool: ComputePool(threads: 2))
        let objective = Objective(
            kind: .uncollapsed, halfWidth: Int(try parity.number("half")),
            lambdas: [.A: try parity.number("lambdaA"), .B: try parity.number("lambdaB")],
            weights: [.A: 0.5, .B: 0.5])
        let rate = try parity.number("lr")
        let losses = try parity.tensor("losses")
        var optimizer = AdamOptimizer(for: weights)
        for step in 0..<losses.shape[0] {
            let (loss, gradients) = engine.run(batch, objective: objective, weights: &weights)
            for (column, head) in Head.allCases.enumerated() {
                let expected = losses.doubles[step * 2 + column]
                let value = try #require(loss[head])
                #expect(abs(value - expected) <= 1e-3 * abs(expected) + 1e-7, "step \(step)")
            }
            if step == 0 {
                for (name, values) in gradients.tensors(for: weights) {
                    let expected = try parity.tensor("grad.\(name)").doubles
                    let largest = expected.map(abs).max() ?? 0
                    let difference = largestDifference(values.map { Double($0) }, expected)
                    #expect(difference <= 3e-4 * largest, "\(parity) \(name)")
                }
            }
            optimizer.step(&weights, gradients: gradients, heads: Head.allCases, rate: rate)
        }
        var sum = 0.0
        var count = 0
        for (name, values) in weights.tensors where !name.contains("running") {
            let expected = try parity.tensor("after.\(name)").doubles
            sum += zip(values, expected).reduce(0) { $0 + abs(Double($1.0) - $1.1) }
            count += values.count
        }
        #expect(sum / Double(count) <= 0.01 * rate, "\(parity): mean \(sum / Double(count))")
        for (name, values) in weights.tensors where name.contains("running") {
            let expected = try parity.tensor("after.\(name)").doubles
            #expect(
                largestDifference(values.map { Double($0) }, expected) < 1e-3,
                "\(parity) \(name)")
        }
    }
}
