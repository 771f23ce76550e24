import ArgumentParser
import IICInfer
import IICKernels
import IICTrain

struct TrainBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Time whole steps of training, on a batch that is in memory already.",
        discussion: """
            A step is two views of each image, both heads, the uncollapsed loss, the gradient and \
            Adam. Prints the seconds of each; a first one that warms up is not in them.
            """)

    @Option(help: "Scale of the trunk's layers.") var width = 1.0
    @Option(help: "Pixels a side.") var side = 200
    @Option(help: "paper or seamless.") var geometry = Geometry.paper
    @Option(help: "Pairs of views.") var batch = 4
    @Option(help: "Images that share batch-norm statistics, at most.") var group = 15
    @Option(help: "Classes of head A.") var overclusters = 24
    @Option(help: "Classes of head B.") var classes = 3
    @Option(help: "the displacement radius h: displacements go from −h to h pixels.")
    var displacementRadius = 10
    @Option(help: "GiB of activations that may stay for the way back.") var kept = 8
    @Option(help: "Threads (default: one a processor).") var threads: Int?
    @Option(name: .customLong("repeat"), help: "Steps.") var runs = 3

    func validate() throws {
        guard batch > 0, group > 0, side >= 16, runs > 0, threads ?? 1 > 0, displacementRadius >= 0
        else {
            throw ValidationError(
                "--batch, --group, --threads and --repeat must be at least 1, --side 16.")
        }
    }

    struct Result: Encodable {
        var batch: Int
        var displacementRadius: Int
        var instructionSet: String
        var loss: Double
        var pairsPerSecond: Double
        var seconds: [Double]
        var threads: Int
    }

    func run() throws {
        let architecture = Architecture(
            width: width, overclusters: overclusters, classes: classes)
        let shape = NetworkShape(
            architecture: architecture, geometry: geometry, height: side, width: side)
        let pool = ComputePool(threads: threads)
        var weights = RandomModel.weights(architecture, seed: 1)
        var noise = Noise(seed: 5)
        let images = (0..<2).map { _ in
            (0..<batch).map { _ in
                Buffer((0..<side * side * architecture.channels).map { _ in noise.uniform(0...1) })
            }
        }
        let view = TrainingBatch.View(
            images: images[1], affines: (0..<batch).map { _ in .flip },
            masks: (0..<batch).map { _ in Buffer(repeating: 1, count: side * side) })
        let pairs = TrainingBatch(images: images[0], views: [view])
        let engine = BatchGradient(
            shape: shape, groupSize: group, keptBytes: kept << 30, pool: pool)
        let objective = Objective(
            kind: .uncollapsed, displacementRadius: displacementRadius, lambdas: [.A: 1, .B: 1.5],
            weights: [.A: 0.5, .B: 0.5])
        var optimizer = AdamOptimizer(for: weights)
        var loss = 0.0
        func step() {
            // Nobody cancels it.
            guard
                let result = try? engine.run(pairs, objective: objective, weights: &weights)
            else { return }
            optimizer.step(
                &weights, gradients: result.gradients, heads: Head.allCases, rate: 1e-5,
                pool: pool)
            loss = result.loss[.A] ?? 0
        }
        step()
        let times = (0..<runs).map { _ in seconds(step) }
        try printJSON(
            Result(
                batch: batch, displacementRadius: displacementRadius,
                instructionSet: InstructionSet.name,
                loss: loss, pairsPerSecond: Double(batch) / median(times), seconds: times,
                threads: pool.threads))
    }
}
