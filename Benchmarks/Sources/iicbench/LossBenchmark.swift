import ArgumentParser
import Foundation
import IICInfer
import IICKernels
import IICTrain

struct LossBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loss",
        abstract: "Time the objective of one step: from head A's maps to the loss and back.",
        discussion: """
            Everything between the network's forward pass and its backward pass: resizing, flips, \
            masks, joints, information, and the gradients of the maps. Every other view is flipped.
            """)

    @Option(help: "Pairs of views.") var batch = 75
    @Option(help: "Pixels a side.") var side = 200
    @Option(help: "Classes.") var classes = 24
    @Option(help: "the displacement radius h: displacements go from −h to h pixels.")
    var displacementRadius = 10
    @Option(help: "\(LossKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var loss = "uncollapsed"
    @Option(help: "Threads (default: one a processor).") var threads: Int?
    @Option(name: .customLong("repeat"), help: "Runs.") var runs = 3
    @Option(
        help: ArgumentHelp(
            "Read logits of x's maps, then of the views', from this file, (2, N, H, W, K) as 32-bit "
                + "floats, instead of making noise.", valueName: "file"))
    var input: String?
    @Option(
        help: ArgumentHelp(
            "Write the gradients of the maps in the same layout to this file.", valueName: "file"))
    var dump: String?

    func validate() throws {
        guard batch > 0, side >= 16, classes > 0, runs > 0, threads ?? 1 > 0,
            displacementRadius >= 0
        else {
            throw ValidationError(
                "--batch, --classes, --threads and --repeat must be at least 1, --side 16.")
        }
        guard LossKind(rawValue: loss) != nil else {
            throw ValidationError("There is no loss “\(loss)”.")
        }
    }

    struct Result: Encodable {
        var batch: Int
        var displacementRadius: Int
        var loss: Double
        var mapSide: Int
        var seconds: [Double]
        var threads: Int
    }

    func run() throws {
        let pool = ComputePool(threads: threads)
        // The least network there is: only its heads' sizes matter.
        let architecture = Architecture(width: 1.0 / 64, overclusters: classes, classes: 2)
        let shape = NetworkShape(
            architecture: architecture, geometry: .paper, height: side, width: side)
        func zeros() -> [HeadMaps] {
            (0..<2).map { _ in
                HeadMaps(zerosFor: [.A], images: batch, shape: shape)
            }
        }
        let maps = zeros()
        try fill(maps)
        let pixels = side * side
        let nothing = (0..<batch).map { _ in Buffer<Float>(repeating: 0, count: 0) }
        let views = TrainingBatch.View(
            images: nothing, affines: (0..<batch).map { $0.isMultiple(of: 2) ? .flip : .identity },
            masks: (0..<batch).map { _ in Buffer(repeating: 1, count: pixels) })
        let objective = PairObjective(
            batch: TrainingBatch(images: nothing, views: [views]),
            objective: Objective(
                kind: LossKind(rawValue: loss) ?? .uncollapsed,
                displacementRadius: displacementRadius,
                lambdas: [.A: 1], weights: [.A: 1]),
            shape: shape, pool: pool)
        var value = 0.0
        var times: [Double] = []
        for run in 0...runs {
            let dMaps = zeros()
            let time = seconds {
                value = objective.run(maps: maps, dMaps: dMaps)[.A] ?? .nan
            }
            if run > 0 { times.append(time) }
            if run == runs, let dump {
                let values = dMaps.flatMap { ($0.maps[.A]?[0] ?? []).flatMap(\.array) }
                try values.withUnsafeBytes { Data($0) }.write(to: URL(filePath: dump))
            }
        }
        try printJSON(
            Result(
                batch: batch, displacementRadius: displacementRadius, loss: value,
                mapSide: shape.headHeight,
                seconds: times, threads: pool.threads))
    }

    /// Probabilities of the file’s logits, or of noise.
    private func fill(_ maps: [HeadMaps]) throws {
        var noise = Noise(seed: 7)
        let data = try input.map { try Data(contentsOf: URL(filePath: $0)) }
        var offset = 0
        for view in maps {
            for map in view.maps[.A]?[0] ?? [] {
                var span = map.mutableSpan()
                if let data {
                    guard data.count >= offset + 4 * map.count else {
                        throw ValidationError("“\(input ?? "")” is too short.")
                    }
                    data.withUnsafeBytes { bytes in
                        for index in 0..<map.count {
                            span[index] = bytes.loadUnaligned(
                                fromByteOffset: offset + 4 * index, as: Float.self)
                        }
                    }
                    offset += 4 * map.count
                } else {
                    for index in 0..<map.count { span[index] = noise.normal() }
                }
                softmax(&span, classes: classes)
            }
        }
    }
}
